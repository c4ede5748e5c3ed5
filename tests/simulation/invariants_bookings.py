"""Bookings made ahead: each lives once and in a possible order, is confirmed for money and called off without it, keeps
its places exactly while it may still be paid, and its guest hears of each step once.

What was said is read from the server's own journal, what was paid from rows and journals; no rule of the program is
asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from domain import codec
from domain import operation as op
from tests.simulation.evidence import Evidence

_SERVER = "SRV"  # in its own journal, and as the holder of places
_WAITS = ("held", "under_review")
_ENDED = ("expired", "cancelled", "rejected")
_MOVES: dict[str, tuple[tuple[str, ...], str]] = {  # what was said: of what it may be said, what comes of it
    "BookingExtended": (("held",), "held"),
    "BookingApproved": (("under_review",), "held"),
    "BookingRejected": (("under_review",), "rejected"),
    "BookingExpired": (("held",), "expired"),
    "BookingCancelled": ((*_WAITS, "confirmed"), "cancelled"),
    "BookingConfirmed": ((*_WAITS, *_ENDED), "confirmed"),
}
_LETTERS = {
    "BookingApproved": "approved",
    "BookingRejected": "rejected",
    "BookingConfirmed": "confirmed",
    "BookingCancelled": "cancelled",
}
_Said = op.BookingHeld | op.BookingConfirmed | op.BookingCancelled  # and those of which only the kind counts


def lives(it: Evidence) -> Iterator[str]:
    """It begins once, as what it says; every step is one that there is, and the row is where the last one led."""
    rows = {row["booking_id"]: row for row in it.rows["reservation"]}
    story = _story(it)
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
    if isinstance(said, op.BookingConfirmed) and said.late is not (life in _ENDED):
        wrong = f"{name} late={said.late} while {life}"
    return wrong, after


def _story(it: Evidence) -> dict[str, list[_Said]]:
    """What the server said of each booking, in its order."""
    story: dict[str, list[_Said]] = defaultdict(list)
    mine = [row for row in it.inbox.values() if row["station_id"] == _SERVER]
    for row in sorted(mine, key=lambda row: row["received_at"]):
        if row["kind"] in _MOVES or row["kind"] == "BookingHeld":
            said = codec.loads(getattr(op, row["kind"]), row["public"])
            story[said.booking_id].append(said)
    return story


def late(it: Evidence) -> set[str]:
    """Bookings that were confirmed after they had ended: their places may be somebody else's."""
    return {
        booking_id
        for booking_id, story in _story(it).items()
        if any(isinstance(said, op.BookingConfirmed) and said.late for said in story)
    }


# money -------------------------------------------------------------------------------------------------------------


def paid_for(it: Evidence) -> Iterator[str]:
    """Confirmed once at most, and only where a till took money; what a till sold is confirmed, unless all went back; of
    what went back whole nothing is confirmed."""
    sold = {fact.operation.booking_id for fact in it.of(op.SaleClosed)}  # type: ignore[union-attr]
    stands = _standing(it)
    for booking_id, story in _story(it).items():
        times = sum(isinstance(said, op.BookingConfirmed) for said in story)
        if times > 1:
            yield f"booking: {booking_id} confirmed {times} times"
        if times and booking_id not in sold:
            yield f"booking: {booking_id} confirmed without a payment"
    for row in it.rows["reservation"]:
        is_confirmed = row["life"] not in (*_WAITS, *_ENDED)
        if is_confirmed != (row["booking_id"] in stands):
            left = "something" if row["booking_id"] in stands else "nothing"
            yield f"booking: {row['booking_id']} is {row['life']} and {left} of it is paid"


def charged(it: Evidence) -> Iterator[str]:
    """What was booked is charged as it was booked, once, however many were paid; each till is paid for it once."""
    there: dict[str, dict[str, int]] = defaultdict(dict)
    off = Counter[str]()
    for row in it.rows["discount"]:
        off[row["charge_id"]] += row["amount"]
    for row in it.rows["charge"]:
        there[row["booking_id"]][row["charge_id"]] = row["gross"] + off[row["charge_id"]]
    for booking_id, (first, *_) in _story(it).items():
        if booking_id in there and isinstance(first, op.BookingHeld):
            wanted = {line.charge_id: line.gross.minor for line in first.booked.lines}
            if there[booking_id] != wanted:
                yield f"charged: {booking_id} {there[booking_id]}, booked {wanted}"
    for station in it.stations:
        made = (fact.operation for fact in station.facts if isinstance(fact.operation, op.BookingMade))
        for booking_id, times in Counter(each.booking_id for each in made).items():
            if times > 1:
                yield f"paid {times} times at {station.machine.host}: {booking_id}"


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
    for booking_id, story in _story(it).items():
        how = _how_it_ended(story)
        for session, n in _kept(story).items():
            wanted[f"{booking_id}/{session}"] = n, how
    for hold_id in holds.keys() | ends.keys() | wanted.keys():
        hold, end = holds.get(hold_id), ends.get(hold_id)
        found = (hold["places"] if hold else 0), (end["how"] if end else "")
        if found != wanted.get(hold_id):
            yield f"places: {hold_id} should be {wanted.get(hold_id)}, is {found}"
        if hold and end and hold["places"] != end["places"]:
            yield f"places: {hold_id} held {hold['places']}, ended {end['places']}"


def _kept(story: list[_Said]) -> Counter[int]:
    kept: Counter[int] = Counter()
    for said in story[:1]:
        if isinstance(said, op.BookingHeld):
            for place in said.booked.tickets:
                kept[place.session] += place.places
    return +kept


def _how_it_ended(story: list[_Said]) -> str:
    """By the first step after which it does not wait any more; empty while it does."""
    after = (_MOVES[type(said).__name__][1] for said in story[1:] if not isinstance(said, op.BookingHeld))
    life = next((each for each in after if each not in _WAITS), "")
    return "used" if life == "confirmed" else "returned" if life else ""


# what guests hear --------------------------------------------------------------------------------------------------


def told(it: Evidence) -> Iterator[str]:
    """A message for each step, and not one more; those whose contact changed meanwhile may have had none."""
    wanted = _causes(it)
    there = Counter((row["booking_id"], row["kind"]) for row in it.rows["message"] if row["booking_id"])
    changed = {
        row["guest_id"] for row in it.rows["guest_entry"] if row["kind"] not in ("registered", "verified")
    }
    sure = {row["booking_id"] for row in it.rows["reservation"] if row["guest_id"] not in changed}
    for key in wanted.keys() | there.keys():
        if key[1] == "refund_failed":
            continue  # an attempt may fail before or after the refund was paid: see its own tests
        if there[key] > wanted[key] or (there[key] < wanted[key] and key[0] in sure):
            yield f"told: {key[1]} of {key[0]} {there[key]} times for {wanted[key]}"


def _causes(it: Evidence) -> Counter[tuple[str, str]]:
    """(booking, message) as often as something was said that brings it about."""
    causes: Counter[tuple[str, str]] = Counter()
    refunds = Counter(
        booking_id for _, booking_id in {(row["ask_id"], row["booking_id"]) for row in it.rows["refund_done"]}
    )
    for booking_id, story in _story(it).items():
        paid = False
        for said in story:
            if isinstance(said, op.BookingHeld):
                causes[booking_id, "under_review" if said.review else "booking_received"] += 1
            elif letter := _LETTERS.get(type(said).__name__):
                causes[booking_id, letter] += 1
            paid |= isinstance(said, op.BookingConfirmed)
            by_void = paid and isinstance(said, op.BookingCancelled) and not refunds[booking_id]
            causes[booking_id, "refund_done"] += by_void
        causes[booking_id, "refund_done"] += refunds[booking_id]
    return +causes


CHECKS = (lives, paid_for, charged, places, told)
