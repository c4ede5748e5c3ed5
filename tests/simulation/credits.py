"""What of the charges of bookings was credited, told from rows."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.simulation.evidence import Row


def credited(rows: dict[str, list[Row]]) -> Counter[str]:
    """By booking, by how much less its charges cost: for what was given up, and for what stays, but for sales of which
    all went back: further tills had invoiced the same charges by these."""
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
    whole, credited_whole = Counter[str](), sales_credited_whole(rows)
    for row in (row for row in rows["sale"] if row["sale_id"] in credited_whole):
        whole[row["booking_id"]] += row["gross"]
    for booking_id, minor in reduced.items():
        less[booking_id] += max(0, minor - min(max(0, again[booking_id]), whole[booking_id]))
    return less


def sales_credited_whole(rows: dict[str, list[Row]]) -> set[str]:
    """Sales that were not voided, and of which all went back while what they sold stayed."""
    sale_of = defaultdict[str, list[str]](list)
    for row in rows["refund_done"]:
        sale_of[row["ask_id"]].append(row["sale_id"])
    back, voided = Counter[str](), {row["sale_id"] for row in rows["sale_void"]}
    for row in rows["refund_line"]:
        for sale_id in sale_of[row["ask_id"]] if not row["pieces"] else ():
            back[sale_id] += row["gross"]
    return {
        row["sale_id"]
        for row in rows["sale"]
        if row["sale_id"] not in voided and back[row["sale_id"]] >= row["gross"]
    }
