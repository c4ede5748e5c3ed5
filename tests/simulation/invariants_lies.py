"""What tills say that is not so: recognised here by what the server had said before, and never by the program's own
rules. All of it is kept, and each is somebody's open case."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from domain import codec
from domain import operation as op
from tests.simulation.credits import credited
from tests.simulation.evidence import Evidence, Row

Rows = dict[str, list[Row]]


def wrong_bookings(rows: Rows) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases that there must be: paid as what it is not any more, or as more than one; paid
    otherwise than in any of its states, or as a booking that there is not."""
    voided = {row["charge_id"] for row in rows["charge_void"]}
    standing: dict[str, list[Row]] = defaultdict(list)
    for row in rows["charge"]:
        if row["charge_id"] not in voided:
            standing[row["booking_id"]].append(row)
    known = _known_states(rows)
    before = {row["booking_id"] for row in rows["reservation_change"] if row["how"] == "before"}
    for row in rows["booking"]:
        booking_id = row["booking_id"]
        charges = standing[booking_id]
        ids = {charge["charge_id"] for charge in charges}
        if booking_id in known:
            now, *earlier = ({line["charge_id"] for line in state["lines"]} for state in known[booking_id])
            stands = charges or _good_tickets(rows, booking_id)
            if (booking_id in before and stands) or ids & set[str]().union(*earlier) - now:
                yield f"booking:{booking_id}", "paid_before"
            kept = {_place(each) for state in known[booking_id] for each in state["tickets"]}
            left = {_place(row) for row in _good_tickets(rows, booking_id)} - kept  # after a void too
            if left or (charges and _is_otherwise(rows, known[booking_id], charges)):
                yield f"booking:{booking_id}", "paid_otherwise"
        elif row["held"] and (charges or _good_tickets(rows, booking_id)):
            yield f"booking:{booking_id}", "paid_unknown"


def _known_states(rows: Rows) -> dict[str, list[Row]]:
    """All that each booking has been, the present state first."""
    found: dict[str, list[Row]] = {
        row["booking_id"]: [json.loads(row["body"])] for row in rows["reservation"]
    }
    for row in rows["reservation_change"]:
        found[row["booking_id"]].append(json.loads(row["was"]))
    return found


def _is_otherwise(rows: Rows, states: list[Row], charges: list[Row]) -> bool:
    """Whether a booking made ahead was charged, or has tickets, as in none of the states that were paid; or less came
    in for it than was charged, once a sale of each till is there."""
    booking_id = charges[0]["booking_id"]
    ids = {row["charge_id"] for row in charges}
    paid = [state for state in states if ids & {line["charge_id"] for line in state["lines"]}] or states[:1]
    off = Counter[tuple[str, str]]()
    for row in rows["discount"]:
        off[row["charge_id"], row["op_id"]] += row["amount"]
    told = {(*_told(row), row["gross"] + off[row["charge_id"], row["op_id"]]) for row in charges}
    kept = {(*_told(line), line["gross"][0]) for state in paid for line in state["lines"]}
    promised = {_place(each) for state in paid for each in state["tickets"]}
    there = {row["ticket_id"] for row in rows["ticket"] if row["booking_id"] == booking_id}
    missing = {ticket_id for ticket_id, *_ in promised} - there
    beyond = {_place(row) for row in _good_tickets(rows, booking_id)} - promised
    return told != kept or bool(missing or beyond) or _is_short(rows, booking_id, charges)


def _told(line: Row) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("charge_id", "product", "session", "quantity", "rate"))


def _place(ticket: Row) -> tuple[Any, ...]:
    return tuple(ticket[name] for name in ("ticket_id", "product", "session", "places"))


def _good_tickets(rows: Rows, booking_id: str) -> list[Row]:
    ended = {row["ticket_id"] for row in rows["ticket_cancel"]}
    mine = (row for row in rows["ticket"] if row["booking_id"] == booking_id)
    return [row for row in mine if row["ticket_id"] not in ended]


def _is_short(rows: Rows, booking_id: str, charges: list[Row]) -> bool:
    voided = {row["sale_id"] for row in rows["sale_void"]}
    sales = [row for row in rows["sale"] if row["booking_id"] == booking_id and row["sale_id"] not in voided]
    tills = {row["op_id"] for row in charges}
    fixed = {row["payment_id"] for row in rows["tender_fix"]}
    owed = sum(row["gross"] for row in charges) - credited(rows)[booking_id]
    for row in (row for row in rows["payment"] if row["booking_id"] == booking_id):
        owed -= row["amount"] * (row["payment_id"] not in fixed)
    owed += sum(row["amount"] for row in rows["refund"] if row["booking_id"] == booking_id)
    return owed > 0 and 0 < len(tills) <= len(sales)


def wrong_prices(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of walk-ins at what the catalogue had not until the server got them; a history is
    shorter than the days for which a till may go by an older price."""
    kept = {row["booking_id"] for row in it.rows["reservation"]}
    had = set[tuple[int, int, int]]()
    for op_id, row in it.inbox.items():
        if row["kind"] == "RecordSaved":
            said = codec.loads(op.RecordSaved, row["public"])
            body = json.loads(said.new) if said.kind == "product" else None
            had |= {(body["number"], body["price"][0], body["vat_rate"])} if body else set()
        elif row["kind"] == "BookingMade" and op_id in it.facts:
            made = it.facts[op_id].operation
            assert isinstance(made, op.BookingMade)
            if (
                not made.held
                and made.booking_id not in kept
                and not all(_is_had(had, made, n) for n in made.lines)
            ):
                yield f"operation:{op_id}", "price_otherwise"


def wrong_tickets(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of walk-ins with other tickets than they were charged for; what products give does
    not change in a history."""
    kept = {row["booking_id"] for row in it.rows["reservation"]}
    places = {
        body["number"]: (body["kind"], body["places"])
        for row in it.rows["record"]
        if row["kind"] == "product" and (body := json.loads(row["body"]))
    }
    for op_id, fact in it.facts.items():
        made = fact.operation
        if (
            op_id not in it.inbox
            or not isinstance(made, op.BookingMade)
            or made.held
            or made.booking_id in kept
        ):
            continue
        paid = Counter[tuple[int, int]]()
        for line in made.lines:
            paid[line.product, line.session] += line.quantity * (places[line.product][0] == "ticket")
        given = Counter((ticket.product, ticket.session) for ticket in made.tickets)
        timed = all(bool(each.session) == (places[each.product][1] > 0) for each in made.tickets)
        if (
            +paid != given
            or not timed
            or any(each.places != places[each.product][1] for each in made.tickets)
        ):
            yield f"operation:{op_id}", "tickets_otherwise"


def _is_had(had: set[tuple[int, int, int]], made: op.BookingMade, line: op.BookedLine) -> bool:
    off = sum(each.amount.minor for each in made.discounts if each.charge_id == line.charge_id)
    return (line.product, (line.gross.minor + off) / line.quantity, line.rate) in had


def wrong_guests(rows: Rows) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of what was paid while its guest was banned, as the server told gates, and to which
    nobody who may has said yes since that began."""
    paid = {row["booking_id"]: row["at"] for row in rows["booking"]}
    voided = {row["charge_id"] for row in rows["charge_void"]}
    for row in (row for row in rows["reservation"] if row["booking_id"] in paid):
        booking_id = row["booking_id"]
        since = _banned_since(rows, row["guest_id"], paid[booking_id])
        asked = since is not None and _is_asked(rows, booking_id, since)
        stands = any(c["booking_id"] == booking_id and c["charge_id"] not in voided for c in rows["charge"])
        if since is not None and not asked and (stands or _good_tickets(rows, booking_id)):
            yield f"booking:{booking_id}", "paid_banned"


def wrong_entries(rows: Rows) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of who came in while whoever booked was banned, as gates were told, and nobody who
    may has said yes since that began."""
    guests = {row["booking_id"]: row["guest_id"] for row in rows["reservation"]}
    booked = {row["ticket_id"]: row["booking_id"] for row in rows["ticket"]}
    undone = {row["admission_id"] for row in rows["admission_undo"]}
    for entry in rows["admission"]:
        booking_id = booked.get(entry["ticket_id"], "")
        if entry["admission_id"] in undone or booking_id not in guests:
            continue
        since = _banned_since(rows, guests[booking_id], entry["at"])
        if since is not None and not _is_asked(rows, booking_id, since):
            yield f"ticket:{entry['ticket_id']}", "admitted_banned"


def _banned_since(rows: Rows, guest_id: str, at: int) -> int | None:
    """Since when somebody is banned at a moment, as gates were told."""
    mine = (mark for mark in rows["guest_ban"] if mark["guest_id"] == guest_id and mark["at"] <= at)
    marks = sorted((mark["at"], mark["entry_id"], mark["banned"]) for mark in mine)
    free = max((place for place, mark in enumerate(marks) if not mark[2]), default=-1)
    return marks[free + 1][0] if marks[free + 1 :] else None


def _is_asked(rows: Rows, booking_id: str, since: int) -> bool:
    may_be = {row["staff_id"] for row in rows["staff"] if row["role"] not in ("cashier", "gate")}
    said = (row for row in rows["sign_in"] if row["kind"] == "OverrideGiven" and row["at"] >= since)
    return any(
        (each["permission"], each["subject"]) == ("allow_banned", booking_id)
        and each["approver_id"] in may_be
        for each in (json.loads(row["facts"]) for row in said)
    )


def wrong_yeses(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of bags that went to the safe by no yes of their own: at each till, in its order,
    one yes to such a thing lets one of them."""
    for station in it.stations if lies(it) else ():
        given = 0
        for fact in station.facts:
            match fact.operation:
                case op.OverrideGiven(permission="approve_drop"):
                    given += 1
                case op.CashMoved(move="drop"):
                    if not given:
                        yield f"operation:{fact.envelope.op_id}", "not_permitted"
                    given = max(0, given - 1)


# places ------------------------------------------------------------------------------------------------------------


def unkept(it: Evidence) -> Counter[tuple[int, str, int]]:
    """By session, station and incarnation the places of tickets that a till called kept and that never were."""
    kept = _ever_kept(it)
    found: Counter[tuple[int, str, int]] = Counter()
    for op_id, fact in it.facts.items():
        said = fact.operation
        if not isinstance(said, op.BookingMade) or not said.held or op_id not in it.inbox:
            continue
        for each in said.tickets:
            what = each.ticket_id, each.product, each.session, each.places
            if each.session and what not in kept[said.booking_id]:
                whose = fact.envelope.station_id, fact.envelope.incarnation
                found[each.session, *whose] += each.places
    return found


def _ever_kept(it: Evidence) -> dict[str, set[tuple[Any, ...]]]:
    """The tickets of each booking by what the server said of it: held, changed, moved."""
    kept: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for row in it.inbox.values():
        if row["kind"] in ("BookingHeld", "BookingChanged"):
            said: Any = codec.loads(getattr(op, row["kind"]), row["public"])
            kept[said.booking_id] |= {
                (p.ticket_id, p.product, p.session, p.places) for p in said.booked.tickets
            }
        elif row["kind"] == "TicketsMoved":
            moved = codec.loads(op.TicketsMoved, row["public"])
            kept[moved.booking_id] |= {(p.ticket_id, p.product, p.session, p.places) for p in moved.tickets}
    return kept


def lied_about(it: Evidence) -> set[str]:
    """Bookings of which a till said what was not so: these cases stand by what it said, not by what was kept."""
    if not lies(it):
        return set()
    kinds = (
        "paid_otherwise",
        "paid_unknown",
        "over_paid",
    )  # one charge, paid twice: it is as one of them said
    return {row["subject"].partition(":")[2] for row in it.rows["case_item"] if row["kind"] in kinds}


def lies(it: Evidence) -> bool:
    """Whether the software of tills lies in this history."""
    return it.world.lies


# refunds -----------------------------------------------------------------------------------------------------------


def wrong_refunds(rows: Rows) -> Iterator[tuple[str, str]]:
    """Paid where it was not to be, or otherwise than it was asked for."""
    asks = {row["ask_id"]: row for row in rows["refund_ask"]}
    has = {ask_id: row["station_id"] for ask_id, row in asks.items()}
    for row in sorted(rows["refund_take"], key=lambda row: row["n"]):
        has[row["ask_id"]] = row["station_id"] if row["how"] == "taken" else ""
    for row in (row for row in rows["refund_done"] if row["ask_id"] in asks):
        if has[row["ask_id"]] != row["station_id"]:
            yield f"refund:{row['ask_id']}", "refund_elsewhere"
        if _is_paid_otherwise(rows, codec.loads(op.RefundAsked, asks[row["ask_id"]]["body"]), row):
            yield f"refund:{row['ask_id']}", "refund_otherwise"


def _is_paid_otherwise(rows: Rows, asked: op.RefundAsked, done: Row) -> bool:
    mine = [row for row in rows["refund"] if row["op_id"] == done["op_id"]]
    gave = sorted((row["payment_id"], row["amount"]) for row in mine)
    lines = sorted(
        (row["charge_id"], row["pieces"], row["gross"])
        for row in rows["refund_line"]
        if row["op_id"] == done["op_id"]
    )
    methods = {share.payment_id: share.method for share in asked.shares}
    in_cash = any(methods.get(row["payment_id"]) == "card" for row in mine if row["method"] == "cash")
    ended = {row["ticket_id"]: row["void_id"] for row in rows["ticket_cancel"]}
    by_it = {ticket_id for ticket_id, why in ended.items() if why == done["paid_id"]}
    return (
        gave != sorted((share.payment_id, share.amount.minor) for share in asked.shares)
        or lines != sorted((line.charge_id, line.pieces, line.gross.minor) for line in asked.lines)
        or (in_cash and not done["approver_id"])
        or not by_it <= set(asked.tickets) <= ended.keys()
        or (done["sale_id"], done["booking_id"]) != (asked.sale_id, asked.booking_id)
        or _is_unseen_by_cards(rows, done, mine)
        or _by_who_approved(rows, asked, done)
    )


def _by_who_approved(rows: Rows, asked: op.RefundAsked, done: Row) -> bool:
    yes = {
        row["staff_id"]
        for row in rows["refund_decision"]
        if row["ask_id"] == asked.ask_id and row["decision"] == "approved"
    }
    return not asked.station_id and done["staff_id"] in yes


def _is_unseen_by_cards(rows: Rows, done: Row, parts: list[Row]) -> bool:
    captured = {row["attempt_id"] for row in rows["card_outcome"] if row["state"] == "captured"}
    tried = {
        (row["attempt_id"], row["payment_id"])
        for row in rows["refund_try"]
        if row["ask_id"] == done["ask_id"] and row["attempt_id"] in captured
    }
    on_cards = {(row["attempt_id"], row["payment_id"]) for row in parts if row["method"] == "card"}
    return not on_cards <= tried
