"""What of the charges of bookings was credited, told from rows."""

from __future__ import annotations

from collections import Counter

from tests.simulation.evidence import Row


def credited(rows: dict[str, list[Row]]) -> Counter[str]:
    """By booking, by how much less its charges cost: for what was given up, and for what stays as far as that is more
    than what further tills invoiced for the same charges."""
    void = {row["charge_id"] for row in rows["charge_void"]}
    voided = {row["sale_id"] for row in rows["sale_void"]}
    again, less, reduced = Counter[str](), Counter[str](), Counter[str]()
    for row in rows["sale"]:
        again[row["booking_id"]] += row["gross"] * (row["sale_id"] not in voided)
    for row in rows["charge"]:
        again[row["booking_id"]] -= row["gross"] * (row["charge_id"] not in void)
    for row in rows["refund_line"]:
        found = less if row["pieces"] else reduced
        found[row["booking_id"]] += row["gross"] * (row["charge_id"] not in void)
    for booking_id, minor in reduced.items():
        less[booking_id] += max(0, minor - max(0, again[booking_id]))
    return less
