"""What was paid and called off without a refund: all that was left of it ended, no money moved, and none was due.

All is told from rows; no rule of the program is asked.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from tests.simulation.credits import sales_credited_whole
from tests.simulation.evidence import Evidence, Row
from tests.simulation.invariants_lies import lies

_RIYADH = timedelta(hours=3)  # where the venue is


def ended_whole(it: Evidence) -> Iterator[str]:
    """Each charge of it is given up to the last piece, every ticket ended, and it is called off."""
    given, back = _given(it), Counter[str]()
    for row in it.rows["refund_line"]:
        back[row["charge_id"]] += row["pieces"]
    lives = {row["booking_id"]: row["life"] for row in it.rows["reservation"]}
    ended = {row["ticket_id"] for row in it.rows["ticket_cancel"]}
    for booking_id, lines in given.items():
        if lives.get(booking_id) != "cancelled" or any(line["gross"] or line["vat"] for line in lines):
            yield f"given up: {booking_id} is {lives.get(booking_id)}, by {lines}"
    for row in it.rows["charge"]:
        if row["booking_id"] in given and back[row["charge_id"]] < row["quantity"]:
            yield f"given up: {back[row['charge_id']]} of {row['quantity']} of {row['charge_id']}"
    for row in it.rows["ticket"]:
        if row["booking_id"] in given and row["ticket_id"] not in ended:
            yield f"given up: {row['ticket_id']} is good"


def nothing_was_due(it: Evidence) -> Iterator[str]:
    """Of what the venue gives something back until its day is over, nothing had a price left; and no refund of it was
    on its way."""
    when = {} if lies(it) else _ended_at(it)
    left = Counter({row["charge_id"]: row["gross"] for row in it.rows["charge"]})
    further = _of_further_sales(it)
    for row in (row for row in it.rows["refund_line"] if row["ask_id"] not in further):
        left[row["charge_id"]] -= row["gross"]
    days = {row["number"]: date.fromisoformat(row["day"]) for row in it.rows["session"]}
    paying, moved = _with_policy(it), {row["booking_id"] for row in it.rows["reservation_change"]}
    for row in it.rows["charge"]:
        booking_id, day = row["booking_id"], days.get(row["session"], date.min)
        is_due = row["product"] in paying and left[row["charge_id"]] > 0
        if booking_id in when and is_due and booking_id not in moved and _day(when[booking_id]) <= day:
            yield f"given up: {row['charge_id']}, {left[row['charge_id']]} of it for {day}"
    yield from _while_open(it, when)


def _of_further_sales(it: Evidence) -> set[str]:
    """Refunds by which a sale went back whole while what it sold stayed, and stays paid by another sale."""
    whole = sales_credited_whole(it.rows)
    voided = {row["sale_id"] for row in it.rows["sale_void"]}
    paid = {row["booking_id"] for row in it.rows["sale"] if row["sale_id"] not in voided | whole}
    return {
        row["ask_id"]
        for row in it.rows["refund_done"]
        if row["sale_id"] in whole and row["booking_id"] in paid
    }


def _while_open(it: Evidence, when: Mapping[str, int]) -> Iterator[str]:
    over = {row["ask_id"]: 0 for row in it.rows["refund_done"]}
    over |= {row["ask_id"]: row["at"] for row in it.rows["refund_decision"] if row["decision"] != "approved"}
    for row in it.rows["refund_ask"]:
        at = when.get(row["booking_id"], 0)
        if row["at"] <= at < over.get(row["ask_id"], at + 1):
            yield f"given up: {row['booking_id']} while {row['ask_id']} was open"


def _given(it: Evidence) -> dict[str, list[Row]]:
    given: dict[str, list[Row]] = defaultdict(list)
    for row in it.rows["refund_line"]:
        if not row["ask_id"]:
            given[row["booking_id"]].append(row)
    return given


def _ended_at(it: Evidence) -> dict[str, int]:
    """By booking when it was called off (ms since 1970)."""
    given = _given(it)
    return {
        row["booking_id"]: row["decided_at"] for row in it.rows["reservation"] if row["booking_id"] in given
    }


def _day(at: int) -> date:
    return (datetime.fromtimestamp(at / 1000, UTC) + _RIYADH).date()


def _with_policy(it: Evidence) -> set[int]:
    bodies = [
        json.loads(row["body"]) for row in it.rows["record"] if row["kind"] == "product" and row["body"]
    ]
    return {body["number"] for body in bodies if body.get("policy")}


CHECKS = (ended_whole, nothing_was_due)
