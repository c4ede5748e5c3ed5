"""What the server is asked to keep for a booking, and beside what a refusal of it is told."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.shown import Approval
from app.shown_bookings import BookingDesk
from app.views.booking_wish import Wish
from domain.errors import Code

WHO = {Code.GUEST_UNVERIFIED, Code.GUEST_BANNED, Code.GUEST_UNKNOWN, Code.GUEST_ERASED}
WHEN = {
    *(Code.CAPACITY_FULL, Code.PLACES_HELD, Code.SESSION_OVER, Code.SESSION_NEEDED, Code.RECOVERING),
    *(Code.BOOKING_DAYS, Code.BOOKING_FAR),
}
WHAT = {
    *(Code.GOODS_FULL, Code.CART_EMPTY, Code.QUANTITY_RANGE, Code.SALE_TOO_LARGE),
    *(Code.UNKNOWN_PRODUCT, Code.PRODUCT_WITHDRAWN),
}


class Asked(NamedTuple):
    """What the server was asked to keep, and as what: the same is asked again as the same booking."""

    booking_id: str
    guest_id: str
    lines: tuple[tuple[int, int, int], ...]
    note: str
    names: tuple[str, ...] = ()
    day: date | None = None  # of goods alone
    approval: Approval | None = None  # of a second person, for who is banned


def asked_now(before: Asked, wish: Wish, desk: BookingDesk, *, names: bool) -> Asked:
    """Under the id of before, if it is the same: its answer may have been lost."""
    guest_id, who = wish.guest.guest_id if wish.guest else "", wish.named(desk) if names else ()
    day = desk.day if wish.goods_alone(desk) else None
    now = Asked(before.booking_id, guest_id, wish.asked(desk), wish.note, who, day)
    return now if now == before else now._replace(booking_id=desk.booking_id)
