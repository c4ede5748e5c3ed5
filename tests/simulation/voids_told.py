"""What guests hear of voids, told from what the server was told in its order; no rule of the program is asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.evidence import Evidence


@dataclass
class _Booking:
    """`left` are the pieces of each charge, `sales` those that stand."""

    left: Counter[str] = field(default_factory=Counter)
    sales: set[str] = field(default_factory=set)
    is_over: bool = False
    is_voided: bool = False
    is_refunded: bool = False

    @property
    def stands(self) -> bool:
        return bool(self.sales) and any(pieces > 0 for pieces in self.left.values())


def voids_told(it: Evidence) -> Iterator[tuple[str, str]]:
    """(booking, message) of each void that a guest hears of: as it ends what stood, at once where that had ended or
    something stays that another till was paid for. Not as it ends it where a refund was paid before, which was told
    already, or where nothing goes back."""
    bookings: dict[str, _Booking] = {}
    given_up = {row["booking_id"] for row in it.rows["refund_line"] if not row["ask_id"]}
    for row in it.inbox.values():
        said = json.loads(row["public"])
        booking_id = str(said.get("booking_id", ""))
        booking = bookings.setdefault(booking_id, _Booking(is_refunded=booking_id in given_up))
        if (kind := _hear(booking, row["kind"], said)) is not None:
            yield booking_id, kind


def _hear(booking: _Booking, kind: str, said: dict[str, Any]) -> str | None:
    match kind:
        case "BookingMade":
            for line in said["lines"]:
                booking.left.setdefault(line["charge_id"], line["quantity"])
        case "SaleClosed":
            booking.sales.add(said["sale_id"])
        case "BookingConfirmed":
            booking.is_over = False
        case "RefundPaid":
            booking.left.subtract({line["charge_id"]: line["pieces"] for line in said["lines"]})
            booking.is_refunded |= not booking.is_over
        case "SaleVoided":
            return _void(booking, said)
        case "BookingCancelled":
            told = booking.is_voided and not booking.is_refunded and not booking.is_over
            booking.is_over = True
            return "refund_done" if told else None
    return None


def _void(booking: _Booking, said: dict[str, Any]) -> str | None:
    booking.sales.discard(said["sale_id"])
    for charge_id in said["charges"]:
        booking.left[charge_id] = 0
    if not said["refunds"]:
        return None
    if booking.stands:
        return "reduced"
    if booking.is_over:
        return "refund_done"
    booking.is_voided = True
    return None
