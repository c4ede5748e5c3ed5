"""Money: what was taken is on the server, what a drawer holds follows from what happened, no card is charged twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from domain import operation as op
from domain.card import AttemptState, contradicts
from tests.simulation import invariants_refunds
from tests.simulation.credits import credited
from tests.simulation.evidence import Evidence, Row, StationEvidence

_SIGN = {"cash_in": 1, "cash_out": -1, "drop": -1, "no_sale": 0}
_OPEN = {AttemptState.ASKED, AttemptState.UNKNOWN, AttemptState.PARKED}


def money_in(it: Evidence) -> Iterator[str]:
    """Tenders and refunds of all journals are the server's payments and refunds."""
    told: Counter[str] = Counter()
    for fact in it.of(op.SaleClosed, op.SaleVoided, op.RefundPaid, op.TenderCorrected):
        match fact.operation:
            case op.TenderCorrected(said=said):
                told[f"in {said.method}"] += said.amount.minor
            case op.SaleClosed():
                told.update(
                    {f"in {part.method}": part.amount.minor for part in _merged(fact.operation.tenders)}
                )
            case op.SaleVoided() | op.RefundPaid():
                told.update(
                    {f"back {part.method}": part.amount.minor for part in _merged(fact.operation.refunds)}
                )
    there: Counter[str] = Counter()
    for name, table in (("in", "payment"), ("back", "refund")):
        for row in it.rows[table]:
            there[f"{name} {row['method']}"] += row["amount"]
    if +told != +there:
        yield f"money: told {dict(+told)}, on the server {dict(+there)}"
    fixed = {fact.operation.fix_id: fact.operation.payment_id for fact in it.of(op.TenderCorrected)}
    rows = {row["fix_id"]: row["payment_id"] for row in it.rows["tender_fix"]}
    if fixed != rows:
        yield f"corrections: told {fixed}, on the server {rows}"


def standing(rows: dict[str, list[Row]]) -> list[Row]:
    """The payments that were not corrected."""
    fixed = {row["payment_id"] for row in rows["tender_fix"]}
    return [row for row in rows["payment"] if row["payment_id"] not in fixed]


def discounts(it: Evidence) -> Iterator[str]:
    """What was off is on the server as it was given, and on the receipt."""
    given = {fact.operation.booking_id: fact.operation for fact in it.of(op.BookingMade)}
    told = {
        off.off_id: (off.charge_id, off.amount.minor) for made in given.values() for off in made.discounts
    }
    there = {row["off_id"]: (row["charge_id"], row["amount"]) for row in it.rows["discount"]}
    if told != there:
        yield f"discounts: told {told}, on the server {there}"
    for fact in it.of(op.SaleClosed):
        printed = sum(line.off.minor for line in fact.operation.receipt.lines if line.off)
        made = given.get(fact.operation.booking_id)
        if made is not None and printed != sum(off.amount.minor for off in made.discounts):
            yield f"discounts: {fact.operation.number} says {printed}"


def _merged(
    parts: tuple[op.TenderPart, ...] | tuple[op.RefundPart, ...],
) -> Iterator[op.TenderPart | op.RefundPart]:
    """One part a method, with the sum: a Counter's update keeps only the last of equal keys."""
    for method in dict.fromkeys(part.method for part in parts):
        same = [part for part in parts if part.method == method]
        total = same[0].amount
        for part in same[1:]:
            total = total + part.amount
        yield op.TenderPart("", method, total, total)


def drawers(it: Evidence) -> Iterator[str]:
    """What a count was compared with is float + cash of that shift, at that moment, from the journal alone."""
    for station in it.stations:
        if not station.machine.copied:
            yield from _drawer(station)
    yield from _shifts_on_server(it)


def _drawer(station: StationEvidence) -> Iterator[str]:
    holds: dict[str, int] = defaultdict(int)
    for fact in station.facts:
        said = fact.operation
        if isinstance(said, op.ShiftCounted) and said.expected.minor != holds[said.shift_id]:
            yield f"drawer: {said.shift_id} expected {said.expected.minor}, holds {holds[said.shift_id]}"
        shift_id, minor = _cash(said)
        holds[shift_id] += minor


def _cash(said: op.Operation) -> tuple[str, int]:
    """(shift, minor units into its drawer)."""
    match said:
        case op.ShiftOpened(shift_id, opening, _):
            return shift_id, opening.minor
        case op.CashMoved():
            return said.shift_id, _SIGN[said.move] * said.amount.minor
        case op.SaleClosed():
            return said.shift_id, sum(part.amount.minor for part in said.tenders if part.method == "cash")
        case op.TenderCorrected(was=was, said=now):
            return said.shift_id, now.amount.minor * ((now.method == "cash") - (was == "cash"))
        case op.SaleVoided() | op.RefundPaid():
            return said.shift_id, -sum(part.amount.minor for part in said.refunds if part.method == "cash")
        case _:
            return "", 0


def _shifts_on_server(it: Evidence) -> Iterator[str]:
    told: Counter[str] = Counter()
    for fact in it.facts.values():
        shift_id, minor = _cash(fact.operation)
        told[shift_id] += minor
    there: Counter[str] = Counter()
    for row in it.rows["shift"]:
        there[row["shift_id"]] += row["opening"]
    for row in it.rows["cash_move"]:
        there[row["shift_id"]] += _SIGN[row["move"]] * row["amount"]
    for rows, sign in ((standing(it.rows), 1), (it.rows["refund"], -1)):
        for row in rows:
            there[row["shift_id"]] += sign * row["amount"] * (row["method"] == "cash")
    for shift_id in told.keys() | there.keys():
        if told[shift_id] != there[shift_id]:
            yield f"shift: {shift_id} told {told[shift_id]}, on the server {there[shift_id]}"


def cards(it: Evidence) -> Iterator[str]:
    """What the terminals moved is what sales say, sale by sale; the rest is a sale still being paid, or has a case."""
    moved: Counter[str] = Counter()
    for terminal in it.world.terminals:
        for charged in terminal.arrived.values():
            moved[charged.sale_id] += -charged.minor if charged.original_id else charged.minor
    booked: Counter[str] = Counter()
    sale_of = {row["payment_id"]: row["sale_id"] for row in it.rows["payment"]}
    for table, sign in (("payment", 1), ("refund", -1)):
        for row in it.rows[table]:
            if row["method"] == "card" and row["attempt_id"]:
                booked[row.get("sale_id") or sale_of[row["payment_id"]]] += sign * row["amount"]
    excused = {sale_id for station in it.stations for sale_id in station.open_sales} | _begun_voids(it)
    excused |= invariants_refunds.begun(it.rows) | _by_no_card(it)
    for sale_id in moved.keys() | booked.keys():
        if moved[sale_id] != booked[sale_id] and sale_id not in excused:
            yield f"card: {sale_id} moved {moved[sale_id]}, booked {booked[sale_id]}"
    for sale_id, due in _due(it).items():
        if moved[sale_id] > due:
            yield f"charged twice: {sale_id} moved {moved[sale_id]} of {due}"
    yield from _unrecorded(it)


def _by_no_card(it: Evidence) -> set[str]:
    """Sales that a lying till says were paid by a card that it never asked."""
    asked = {row["attempt_id"] for row in it.rows["card_attempt"]}
    lied = (row for row in it.rows["payment"] if row["attempt_id"] and row["attempt_id"] not in asked)
    return {row["sale_id"] for row in lied} if it.world.lies else set()


def _begun_voids(it: Evidence) -> set[str]:
    """Sales whose card went back and whose credit note is still to come: every page of their till offers to finish."""
    ended = {row["sale_id"] for row in it.rows["sale_void"]}
    asked = {
        row["attempt_id"]: row["sale_id"] for row in it.rows["card_attempt"] if row["direction"] == "reversal"
    }
    return set(asked.values()) - ended


def _due(it: Evidence) -> dict[str, int]:
    return {row["sale_id"]: row["gross"] for row in it.rows["sale"]}


def _unrecorded(it: Evidence) -> Iterator[str]:
    asked = {row["attempt_id"] for row in it.rows["card_attempt"]}
    for terminal in it.world.terminals:
        for attempt_id in terminal.arrived.keys() - asked:
            yield f"asked without a record: {attempt_id}"
    known = {attempt_id for terminal in it.world.terminals for attempt_id in terminal.arrived}
    for attempt_id, states in states_of(it.rows).items():
        if AttemptState.CAPTURED in states and attempt_id not in known:
            yield f"captured by nobody: {attempt_id}"


def states_of(rows: dict[str, list[Row]]) -> dict[str, set[AttemptState]]:
    states: dict[str, set[AttemptState]] = {row["attempt_id"]: set() for row in rows["card_attempt"]}
    for row in rows["card_outcome"]:
        states.setdefault(row["attempt_id"], set()).add(AttemptState(row["state"]))
    return states


def wrong_attempts(rows: dict[str, list[Row]]) -> Iterator[tuple[str, str]]:
    """What needs a person: an answer that is missing, two that do not agree."""
    failed = {row["attempt_id"] for row in rows["refund_fail"]}
    for attempt_id, states in states_of(rows).items():
        if contradicts(states) or (attempt_id in failed and AttemptState.CAPTURED in states):
            yield f"attempt:{attempt_id}", "card_contradiction"
        if states and states <= _OPEN:
            yield f"attempt:{attempt_id}", "card_unknown"


def over_paid(rows: dict[str, list[Row]]) -> Iterator[tuple[str, str]]:
    void = {row["charge_id"] for row in rows["charge_void"]}
    owed: Counter[str] = Counter({row["booking_id"]: 0 for row in rows["booking"]})
    for row in rows["charge"]:
        owed[row["booking_id"]] += row["gross"] * (row["charge_id"] not in void)
    for booking_id, minor in credited(rows).items():
        owed[booking_id] -= minor
    for some, sign in ((standing(rows), -1), (rows["refund"], 1)):
        for row in some:
            owed[row["booking_id"]] += sign * row["amount"]
    voided = {row["sale_id"] for row in rows["sale_void"]}
    sold = {row["booking_id"] for row in rows["sale"] if row["sale_id"] not in voided}
    ahead = {row["booking_id"] for row in rows["booking"] if row["held"]}
    ahead |= {row["booking_id"] for row in rows["reservation"]}
    for booking_id, minor in owed.items():
        if minor < 0:
            yield f"booking:{booking_id}", "over_paid"
        if minor > 0 and booking_id in sold - ahead:
            yield f"booking:{booking_id}", "sold_short"


CHECKS = (money_in, discounts, drawers, cards)
