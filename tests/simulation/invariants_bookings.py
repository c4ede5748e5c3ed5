"""Bookings made ahead: each lives once and in a possible order, is confirmed for money and called off without it, keeps
its places exactly while it may still be paid, and its guest hears of each step once.

What was said is read from the server's own journal, what was paid from rows and journals; no rule of the program is
asked.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from domain import codec
from domain import operation as op
from domain.booking import Booked, Place
from tests.simulation import invariants_lies
from tests.simulation.evidence import Evidence, Row

_SERVER = "SRV"  # in its own journal, and as the holder of places
_WAITS = ("held", "under_review")
_ENDED = ("expired", "cancelled", "rejected")
_MOVES: dict[str, tuple[tuple[str, ...], str]] = {  # what was said: of what it may be said, what comes of it
    "BookingChanged": (_WAITS, ""),
    "TicketsMoved": (("confirmed",), "confirmed"),
    "BookingExtended": (("held",), "held"),
    "BookingApproved": (("under_review",), "held"),
    "BookingRejected": (("under_review",), "rejected"),
    "BookingExpired": (_WAITS, "expired"),
    "BookingCancelled": ((*_WAITS, "confirmed"), "cancelled"),
    "BookingConfirmed": ((*_WAITS, *_ENDED), "confirmed"),
    "BookingOver": (("confirmed", "no_show"), ""),
}
_OVER = ("completed", "no_show")
_Said = (
    op.BookingHeld
    | op.BookingChanged
    | op.BookingApproved
    | op.BookingConfirmed
    | op.BookingCancelled
    | op.BookingExpired
    | op.BookingOver
)  # else only the kind counts


def lives(it: Evidence) -> Iterator[str]:
    """It begins once, as what it says; every step is one that there is, and the row is where the last one led."""
    rows = {row["booking_id"]: row for row in it.rows["reservation"]}
    story = story_of(it)
    for booking_id in rows.keys() ^ story.keys():
        yield f"booking: {booking_id} is {'in no journal' if booking_id in rows else 'no row'}"
    for booking_id in rows.keys() & story.keys():
        life = ""
        for said in story[booking_id]:
            told, life = _step(said, life)
            if told:
                yield f"booking: {booking_id} {told} {[type(each).__name__ for each in story[booking_id]]}"
        if rows[booking_id]["life"] != life:
            yield f"booking: {booking_id} is {rows[booking_id]['life']} and was {life} last"


def _step(said: _Said, life: str) -> tuple[str, str]:
    """(what is wrong with it, what the booking is then)."""
    name = type(said).__name__
    if isinstance(said, op.BookingHeld):
        return ("was made twice" if life else ""), ("under_review" if said.review else "held")
    before, after = _MOVES[name]
    wrong = f"{name} while {life}" if life not in before else ""
    if isinstance(said, op.BookingChanged):
        after = "under_review" if said.review else "held"
    if isinstance(said, op.BookingOver):
        after = said.life
        wrong = wrong or (f"{life} once more" if after == life else "")
    if isinstance(said, op.BookingConfirmed) and said.late is not (life in _ENDED):
        wrong = f"{name} late={said.late} while {life}"
    return wrong, after


def story_of(it: Evidence) -> dict[str, list[_Said]]:
    """What the server said of each booking, in its order."""
    story: dict[str, list[_Said]] = defaultdict(list)
    mine = [row for row in it.inbox.values() if row["station_id"] == _SERVER]
    for row in mine:
        if row["kind"] in _MOVES or row["kind"] == "BookingHeld":
            said = codec.loads(getattr(op, row["kind"]), row["public"])
            story[said.booking_id].append(said)
    return story


def late(it: Evidence) -> set[str]:
    """Bookings that were paid after they had ended, or as what they were not any more: their places may be somebody
    else's."""
    ended = {
        booking_id
        for booking_id, story in story_of(it).items()
        if any(isinstance(said, op.BookingConfirmed) and said.late for said in story)
    }
    said_no = {booking_id for booking_id, story in story_of(it).items() if _is_rejected(story)}
    return (
        ended
        | said_no
        | {subject.removeprefix("booking:") for subject, _ in invariants_lies.wrong_bookings(it.rows)}
    )


# money -------------------------------------------------------------------------------------------------------------


def paid_for(it: Evidence) -> Iterator[str]:
    """Confirmed once at most, and only where a till took money; what a till sold is confirmed, unless all went back, or
    goes back since it had been rejected; of what went back whole nothing is confirmed. What was rejected is confirmed
    only where it does not go back."""
    sold = {fact.operation.booking_id for fact in it.of(op.SaleClosed)}  # type: ignore[union-attr]
    stands, waiting, begun, used = _standing(it), *_returning(it), _used(it)
    for booking_id, story in story_of(it).items():
        times = sum(isinstance(said, op.BookingConfirmed) for said in story)
        if times > 1:
            yield f"booking: {booking_id} confirmed {times} times"
        if times and booking_id not in sold:
            yield f"booking: {booking_id} confirmed without a payment"
        if times and _is_rejected(story) and booking_id not in begun | used:
            yield f"booking: {booking_id} was rejected and confirmed, and nothing goes back"
    for row in it.rows["reservation"]:
        if row["life"] in _OVER and row["booking_id"] in sold:
            continue  # that its day came and went stays true, whatever goes back afterwards
        is_confirmed = row["life"] not in (*_WAITS, *_ENDED)
        if row["life"] == "rejected" and row["booking_id"] in waiting:
            continue
        if is_confirmed != (row["booking_id"] in stands):
            left = "something" if row["booking_id"] in stands else "nothing"
            yield f"booking: {row['booking_id']} is {row['life']} and {left} of it is paid"


def _is_rejected(story: list[_Said]) -> bool:
    return any(type(said).__name__ == "BookingRejected" for said in story)


def _returning(it: Evidence) -> tuple[set[str], set[str]]:
    """Bookings of which a refund is not over, and of which the server began one by itself."""
    over = {row["ask_id"] for row in it.rows["refund_done"]}
    over |= {row["ask_id"] for row in it.rows["refund_decision"] if row["decision"] != "approved"}
    asks = it.rows["refund_ask"]
    waiting = {row["booking_id"] for row in asks if row["ask_id"] not in over}
    return waiting, {row["booking_id"] for row in asks if '"reason":"REJECTED"' in row["body"]}


def _used(it: Evidence) -> set[str]:
    """Bookings on a ticket of which somebody came in, whatever became of that."""
    booked = {row["ticket_id"]: row["booking_id"] for row in it.rows["ticket"]}
    return {booked.get(row["ticket_id"], "") for row in it.rows["admission"]}


def charged(it: Evidence) -> Iterator[str]:
    """What was booked is charged as it was booked in one of its states, once, however many were paid; each till is paid
    for it once. What a till charged otherwise is a case."""
    there: dict[str, dict[str, int]] = defaultdict(dict)
    off = Counter[str]()
    for row in it.rows["discount"]:
        off[row["charge_id"]] += row["amount"]
    for row in it.rows["charge"]:
        there[row["booking_id"]][row["charge_id"]] = row["gross"] + off[row["charge_id"]]
    lied_about = invariants_lies.lied_about(it)
    for booking_id, story in story_of(it).items():
        if booking_id not in lied_about:
            yield from _charged_otherwise(booking_id, states(story), there.get(booking_id, {}))
    for station in it.stations:
        made = (fact.operation for fact in station.facts if isinstance(fact.operation, op.BookingMade))
        for booking_id, times in Counter(each.booking_id for each in made).items():
            if times > 1:
                yield f"paid {times} times at {station.machine.host}: {booking_id}"


def _charged_otherwise(booking_id: str, states: list[Booked], found: dict[str, int]) -> Iterator[str]:
    for booked in states:
        wanted = {line.charge_id: line.gross.minor for line in booked.lines}
        charged = {key: found.pop(key) for key in wanted if key in found}
        if charged and charged != wanted:
            yield f"charged: {booking_id} {charged}, booked {wanted}"
    if found:
        yield f"charged: {booking_id} {found}, never booked"


def _standing(it: Evidence) -> set[str]:
    """Bookings with a sale that was not voided and a charge that was not, and of which not all was credited."""
    voided = {row["sale_id"] for row in it.rows["sale_void"]}
    sold = {row["booking_id"] for row in it.rows["sale"] if row["sale_id"] not in voided}
    back = Counter[str]()
    for row in it.rows["refund_line"]:
        back[row["charge_id"]] += row["pieces"]
    void = {row["charge_id"] for row in it.rows["charge_void"]}
    charged = (row for row in it.rows["charge"] if row["charge_id"] not in void)
    return sold & {row["booking_id"] for row in charged if row["quantity"] > back[row["charge_id"]]}


# places ------------------------------------------------------------------------------------------------------------


def places(it: Evidence) -> Iterator[str]:
    """For each session of a booking one hold of its places, ended once it is not waited for any more: used if it was
    confirmed then, else returned."""
    holds = {row["lease_id"]: row for row in it.rows["lease"] if row["station_id"] == _SERVER}
    ends = {row["end_id"]: row for row in it.rows["lease_end"] if row["station_id"] == _SERVER}
    wanted: dict[str, tuple[int, str]] = {}
    for booking_id, story in story_of(it).items():
        kept, *later = _kept(booking_id, story)
        for at, (hold_id, booked) in enumerate([kept, *later]):
            how = "returned" if at < len(later) else _how_it_ended(story)
            for session, n in _places(booked).items():
                wanted[f"{hold_id}/{session}"] = n, how
    for hold_id in holds.keys() | ends.keys() | wanted.keys():
        hold, end = holds.get(hold_id), ends.get(hold_id)
        found = (hold["places"] if hold else 0), (end["how"] if end else "")
        if found != wanted.get(hold_id):
            yield f"places: {hold_id} should be {wanted.get(hold_id)}, is {found}"
        if hold and end and hold["places"] != end["places"]:
            yield f"places: {hold_id} held {hold['places']}, ended {end['places']}"


def _kept(booking_id: str, story: list[_Said]) -> list[tuple[str, Booked]]:
    """What its places were kept under, one state after the other."""
    changes = [(said.change_id, said.booked) for said in story if isinstance(said, op.BookingChanged)]
    return [(booking_id, booked) for booked in states(story)[:1]] + changes


def states(story: list[_Said]) -> list[Booked]:
    return [said.booked for said in story if isinstance(said, op.BookingHeld | op.BookingChanged)]


def _places(booked: Booked) -> Counter[int]:
    kept: Counter[int] = Counter()
    for place in booked.tickets:
        kept[place.session] += place.places
    return +kept


def _how_it_ended(story: list[_Said]) -> str:
    """By the first step after which it does not wait any more; empty while it does."""
    for said in story:
        if isinstance(said, op.BookingHeld | op.BookingChanged):
            continue
        life = _MOVES[type(said).__name__][1]
        if isinstance(said, op.BookingConfirmed):
            return "returned" if said.before else "used"
        if life not in _WAITS:
            return "returned"
    return ""


# what it is for ----------------------------------------------------------------------------------------------------


def is_what_was_said(it: Evidence) -> Iterator[str]:
    """A booking is what was said of it last; or, where that is not what was paid, the state that was, which is said.
    All that it was is there, each once. Of tickets that moved the old ones ended, and each has one in its place."""
    rows = {row["booking_id"]: row for row in it.rows["reservation"]}
    charged = {row["charge_id"] for row in it.rows["charge"]}
    noted: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(it.rows["reservation_change"], key=lambda row: row["n"]):
        noted[row["booking_id"]].append(row)
    for booking_id, row in rows.items():
        first = rows.get(codec.loads(Booked, row["body"]).adds_to)
        if first is not None and json.loads(first["body"]).get("adds_to"):
            yield f"state: {booking_id} adds to {first['booking_id']}, which adds to another"
    lied_about = invariants_lies.lied_about(it)
    for booking_id, story in story_of(it).items():
        bodies = [*(row["was"] for row in noted[booking_id]), rows[booking_id]["body"]]
        found = [codec.loads(Booked, body) for body in bodies]
        wrong, wanted = _followed(story, found)
        if wrong:
            yield f"state: {booking_id} {wrong}"
        if [(each.lines, each.tickets) for each in found] != [(each.lines, each.tickets) for each in wanted]:
            yield f"state: {booking_id} {len(found)} are kept of {len(wanted)} that were said"
        if booking_id in lied_about:
            continue
        if _is_confirmed(story) and not charged & {line.charge_id for line in found[-1].lines}:
            yield f"state: {booking_id} was confirmed and nothing of what it is was charged"
    yield from _moved(it)


def _followed(story: list[_Said], found: list[Booked]) -> tuple[str, list[Booked]]:
    """(what is wrong, what was said one after the other)."""
    states: list[Booked] = []
    wrong = ""
    for said in story:
        if isinstance(said, op.BookingHeld | op.BookingChanged):
            states.append(said.booked)
        elif isinstance(said, op.TicketsMoved):
            places = {
                was: Place(new.ticket_id, new.product, new.session, new.places) for was, new in _pairs(said)
            }
            tickets = tuple(places.get(each.ticket_id, each) for each in states[-1].tickets)
            states.append(replace(states[-1], tickets=tickets))
        elif isinstance(said, op.BookingConfirmed) and said.before:
            paid = found[len(states) : len(states) + 1]
            wrong = "" if paid and paid[0] in states[:-1] else "was confirmed as what it never was before"
            states += paid
    return wrong, states


def _pairs(said: op.TicketsMoved) -> list[tuple[str, op.IssuedTicket]]:
    return list(zip(said.was, said.tickets, strict=True))


def _moved(it: Evidence) -> Iterator[str]:
    ended = {row["ticket_id"]: row["void_id"] for row in it.rows["ticket_cancel"]}
    there = {row["ticket_id"]: row["session"] for row in it.rows["ticket"]}
    lied_about = invariants_lies.lied_about(it)
    for booking_id, story in story_of(it).items():
        if booking_id in lied_about:
            continue
        for said in (said for said in story if isinstance(said, op.TicketsMoved)):
            for was, new in _pairs(said):
                if ended.get(was) is None or there.get(new.ticket_id) != new.session:
                    yield f"moved: of {booking_id} {was} did not end, or nothing is good in its place"


def _is_confirmed(story: list[_Said]) -> bool:
    return any(isinstance(said, op.BookingConfirmed) for said in story)


CHECKS = (lives, paid_for, charged, places, is_what_was_said)
