"""What the bookings' service hands to screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.booking import Attendance, Life, Paid
from domain.catalogue import Words
from domain.money import Money


@dataclass(frozen=True, slots=True)
class Made:
    """The server kept the places: what the booking is called, and until when; None while somebody decides about it."""

    booking_id: str
    number: str
    until: datetime | None
    review: bool


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking in a list, on its three axes. `until` is set while it must be paid."""

    booking_id: str
    number: str
    guest: str
    day: date
    what: tuple[tuple[int, Words], ...]
    total: Money
    life: Life
    paid: Paid
    attendance: Attendance
    until: datetime | None


@dataclass(frozen=True, slots=True)
class BookingPage:
    """All about one booking; `note` is what the guest asked for, `reason` why it was rejected or called off, `decided`
    who decided and when."""

    row: BookingRow
    guest_id: str
    note: str
    reason: str
    made_by: Words
    made_at: datetime
    decided: tuple[Words, datetime] | None
    tickets: int
    entered: int
    may_decide: bool
    online: bool
