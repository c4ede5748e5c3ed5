"""Card money and voids against what documents say: counted here anew from the rows, each that differs a case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from server import left_alone
from tests.simulation.evidence import Evidence, Row

Rows = dict[str, list[Row]]


def wrong(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases that there must be."""
    rows = it.rows
    moved, asked = _moved(rows), {row["attempt_id"]: row for row in rows["card_attempt"]}
    done = {row["ask_id"] for row in rows["refund_done"]}
    over = {row["attempt_id"] for row in rows["refund_try"] if row["ask_id"] in done}
    paid, given = _named(rows)
    for attempt_id in paid.keys() | given.keys() | moved.keys():
        row = asked.get(attempt_id, {"direction": "", "sale_id": ""})
        fits = (
            paid[attempt_id][row["sale_id"]]
            if row["direction"] == "charge"
            else given[attempt_id].total() * bool(row["direction"])
        )
        if fits > moved[attempt_id] or paid[attempt_id].total() + given[attempt_id].total() > fits:
            yield f"attempt:{attempt_id}", "card_short"
        if attempt_id in over and moved[attempt_id] > given[attempt_id].total():
            yield f"attempt:{attempt_id}", "card_alone"
    yield from _otherwise(rows, moved, asked)
    yield from _alone(it, moved, asked, over)


def _moved(rows: Rows) -> Counter[str]:
    return Counter(
        {row["attempt_id"]: row["amount"] for row in rows["card_outcome"] if row["state"] == "captured"}
    )


def _named(rows: Rows) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """By attempt, what payments of which sale and refunds of which booking say of it."""
    fixed = {row["payment_id"] for row in rows["tender_fix"]}
    found: list[dict[str, Counter[str]]] = []
    for table, about in (("payment", "sale_id"), ("refund", "booking_id")):
        said: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows[table]:
            if row["attempt_id"] and not (table == "payment" and row["payment_id"] in fixed):
                said[row["attempt_id"]][row[about]] += row["amount"]
        found.append(said)
    return found[0], found[1]


# voids ---------------------------------------------------------------------------------------------------------------


def _otherwise(rows: Rows, moved: Counter[str], asked: dict[str, Row]) -> Iterator[tuple[str, str]]:
    sales = {row["sale_id"]: row for row in rows["sale"]}
    papers = {row["document_id"]: row for row in rows["document"]}
    of = {row["op_id"]: row["booking_id"] for name in ("charge_void", "refund") for row in rows[name]}
    for void in rows["sale_void"]:
        if void["op_id"] not in of:
            continue
        sale, paper = sales.get(void["sale_id"]), papers[void["document_id"]]
        if (
            sale is None
            or _differs(rows, void, sale, paper)
            or _gave_otherwise(rows, void, sale, moved, asked)
        ):
            yield f"booking:{of[void['op_id']]}", "void_otherwise"


def _differs(rows: Rows, void: Row, sale: Row, paper: Row) -> bool:
    voided = {row["sale_id"] for row in rows["sale_void"]}
    booking_id = sale["booking_id"]
    is_over = all(row["sale_id"] in voided for row in rows["sale"] if row["booking_id"] == booking_id)
    for of, end, key in (("ticket", "ticket_cancel", "ticket_id"), ("charge", "charge_void", "charge_id")):
        ended = {row[key]: row["void_id"] for row in rows[end]}
        mine = {row[key] for row in rows[of] if row["booking_id"] == booking_id}
        all_of = {row[key] for row in rows[of]}
        by_it = {each for each, why in ended.items() if why == void["void_id"] and each in all_of}
        if (is_over and mine - ended.keys()) or by_it - mine:
            return True
    return (
        paper["station_id"] != sale["station_id"]
        or paper["gross"] != sale["gross"]
        or paper["staff_id"] == void["approver_id"]
    )


def _gave_otherwise(rows: Rows, void: Row, sale: Row, moved: Counter[str], asked: dict[str, Row]) -> bool:
    fixed = {row["payment_id"] for row in rows["tender_fix"]}
    payments = {
        row["payment_id"]: row
        for row in rows["payment"]
        if row["sale_id"] == sale["sale_id"] and row["payment_id"] not in fixed
    }
    parts = [row for row in rows["refund"] if row["op_id"] == void["op_id"]]
    if {row["payment_id"]: row["amount"] for row in parts} != {
        key: row["amount"] for key, row in payments.items()
    }:
        return True
    tried: dict[str, set[str]] = defaultdict(set)
    for attempt_id, row in asked.items():
        if row["direction"] == "reversal":
            tried[row["original_id"]].add(attempt_id)
    began = False
    for part in parts:
        back = tried[payments[part["payment_id"]]["attempt_id"]] if part["payment_id"] in payments else set()
        taken = {each for each in back if moved[each]}
        began |= bool(back)
        if part["method"] == "card" and part["attempt_id"] not in taken:
            return True
        if part["method"] != payments[part["payment_id"]]["method"] and (taken or not back):
            return True
    return bool(void["shift_id"] != sale["shift_id"] and not began)


# what is alone -------------------------------------------------------------------------------------------------------


def _alone(
    it: Evidence, moved: Counter[str], asked: dict[str, Row], over: set[str]
) -> Iterator[tuple[str, str]]:
    """Of what was there long enough when the server last looked."""
    rows, upto = it.rows, it.world.server.looked_at - left_alone.AFTER_MS
    arrived = {op_id: row["received_at"] for op_id, row in it.inbox.items()}
    halves = {
        name: {row["booking_id"]: arrived[row["op_id"]] for row in rows[name]} for name in ("booking", "sale")
    }
    for name, other in (("booking", "sale"), ("sale", "booking")):
        for booking_id, at in halves[name].items():
            if booking_id not in halves[other] and at <= upto:
                yield f"alone:booking/{booking_id}", "half_told"
    paid, given = _named(rows)
    back: Counter[str] = Counter()
    for attempt_id, row in asked.items():
        back[row["original_id"]] += moved[attempt_id] * (row["original_id"] != "")
    took = sorted(
        (row for row in rows["card_outcome"] if row["state"] == "captured"),
        key=lambda row: -arrived[row["op_id"]],
    )
    first = {row["attempt_id"]: arrived[row["op_id"]] for row in took}
    for attempt_id, minor in moved.items():
        row = asked.get(attempt_id)
        if row is None or first[attempt_id] > upto or attempt_id in over:
            continue
        if row["direction"] == "charge":
            is_alone = minor - back[attempt_id] > paid[attempt_id].total()
        else:
            is_alone = minor > given[attempt_id].total() and bool(paid[row["original_id"]])
        if is_alone:
            yield f"alone:attempt/{attempt_id}", "card_alone"
