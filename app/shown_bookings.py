"""What the bookings' service hands to screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.shown import SessionTile
from domain.booking import Attendance, How, Life, Paid
from domain.booking_checks import Check, Room
from domain.catalogue import Activity, MembershipPlan, Product, Words
from domain.money import Money


@dataclass(frozen=True, slots=True)
class Made:
    """The server kept the places: what the booking is called, and until when; None while somebody decides about it.
    `free`: there is nothing to pay."""

    booking_id: str
    number: str
    until: datetime | None
    review: bool
    free: bool = False


@dataclass(frozen=True, slots=True)
class BookedSession:
    """A session that a booking is for."""

    number: int
    activity_id: str
    activity: Words
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking in a list, on its three axes. `until` is set while it must be paid; `sessions` are the earliest first,
    `phone` of its guest as whoever is signed in may read it. While it waits for a decision, `against` are the checks
    that speak against it, and `due` is when it ends without one."""

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
    sessions: tuple[BookedSession, ...] = ()
    phone: str = ""
    against: tuple[Check, ...] = ()
    due: datetime | None = None


class Verdict(StrEnum):
    """Of bookings that somebody decides about: they wait for it, a yes or a no was said."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Approvals:
    """Bookings of a verdict, and how many there are of each."""

    rows: tuple[BookingRow, ...]
    counts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class BookingLine:
    """So many of a product, for how much in all; the number of its session (0: none), and `times` of that."""

    quantity: int
    name: Words
    gross: Money
    session: int
    times: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True)
class BookingGuest:
    """Whom a booking is for. `reach` is how they are told of it: `mail`, `sms`, or empty when nobody can tell them;
    `language` the one in which they are."""

    guest_id: str
    phone: str
    reach: str
    language: str


@dataclass(frozen=True, slots=True)
class BookingChange:
    """A booking came to be for something else; `by` nobody where it was paid as it was before (domain.booking.How).
    `what`, `day` and `total` are those of before."""

    how: How
    by: Words | None
    at: datetime
    what: tuple[tuple[int, Words], ...]
    day: date
    total: Money


@dataclass(frozen=True, slots=True)
class BookingTicket:
    """A good ticket of a paid booking; `used`: somebody came in on it. `short` is the code printed under it, `session`
    the number of its session, with its `times`."""

    ticket_id: str
    name: Words
    short: str
    session: int
    times: tuple[datetime, datetime] | None
    used: bool


@dataclass(frozen=True, slots=True)
class SoldTickets:
    """The good tickets of a sale, and their sessions. `may_revoke`: the role of whoever is signed in, else a second
    person may here."""

    booking_id: str
    good: tuple[BookingTicket, ...]
    sessions: tuple[BookedSession, ...]
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class Revoked:
    """So many tickets were ended by somebody, who said why."""

    by: Words
    at: datetime
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class BookingLink:
    """Another booking that belongs to one: it was added to it, or is what that was added to."""

    booking_id: str
    number: str
    life: Life


@dataclass(frozen=True, slots=True)
class BookingSeat:
    """A ticket that a booking has or will have, with the number of its session and its `times`, and who comes on it:
    `guest` is empty where nobody said."""

    ticket_id: str
    name: Words
    session: int
    times: tuple[datetime, datetime] | None
    guest: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who has the booking open at another `station`."""

    name: Words
    station: Words
    since: datetime


@dataclass(frozen=True, slots=True)
class BookingRoom:
    """What there is of a session (with its `times`), or of goods on the booking's day, and how much of it is taken."""

    name: Words
    times: tuple[datetime, datetime] | None
    room: Room


@dataclass(frozen=True, slots=True)
class BookingPage:
    """All about one booking; `note` is what the guest asked for, `reason` why it was rejected or called off, `decided`
    who decided and when. `checks` were made by themselves, while it waits for a decision. `sale_id` is where it was
    paid, as far as that is known here. `may_decide`, `may_pay`, `may_refund` and `may_change`: the role of whoever is
    signed in, and its life, allow it. `mark` stands for it as it is now, `wished` are product, session and quantity of
    its lines, `changes` the earlier ones first. `good` are its tickets, once it is confirmed; `may_revoke` them: the
    role of whoever is signed in, else a second person may here. It may be more of the paid booking `first`; `added` are
    those that are more of it. `seats` say who comes on which ticket. `going_back` is asked for and not paid out yet.
    While it waits for a decision, `colleagues` have it open elsewhere, and `rooms` say how full that is which it is
    for. What was paid `stays` where it is called off now and nothing goes back; None where its refund calls it off."""

    row: BookingRow
    guest: BookingGuest
    lines: tuple[BookingLine, ...]
    note: str
    reason: str
    made_by: Words
    made_at: datetime
    decided: tuple[Words, datetime] | None
    tickets: int
    entered: int
    may_decide: bool
    may_pay: bool
    online: bool
    sale_id: str = ""
    may_refund: bool = False
    checks: tuple[tuple[Check, bool], ...] = ()
    may_change: bool = False
    mark: str = ""
    wished: tuple[tuple[int, int, int], ...] = ()
    changes: tuple[BookingChange, ...] = ()
    good: tuple[BookingTicket, ...] = ()
    may_revoke: bool = False
    revoked: tuple[Revoked, ...] = ()
    first: BookingLink | None = None
    added: tuple[BookingLink, ...] = ()
    seats: tuple[BookingSeat, ...] = ()
    going_back: Money | None = None
    colleagues: tuple[Colleague, ...] = ()
    rooms: tuple[BookingRoom, ...] = ()
    stays: Money | None = None


@dataclass(frozen=True, slots=True)
class BookingDesk:
    """What a booking for a `day` is made from. This station knows the days from `today` to `last`. One booking may be
    asked for as `booking_id`, however often. `may_pay`: the role of whoever is signed in. `plans` of memberships. Of
    what there is so many a day, so many are `left` of a product on that day, as far as this station knows. What is
    `withdrawn` is not sold any more; what was booked of it stays."""

    booking_id: str
    today: date
    day: date
    last: date
    sessions: tuple[SessionTile, ...]
    products: tuple[Product, ...]
    currency: str
    verified_only: bool
    may_pay: bool
    online: bool
    plans: tuple[MembershipPlan, ...] = ()
    left: Mapping[int, int] = field(default_factory=dict)
    withdrawn: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """How many places of an activity are `taken` on a day (sold, or kept for a booking) of the `capacity` of its
    sessions."""

    activity_id: str
    taken: int
    capacity: int

    @property
    def percent(self) -> int:
        return self.taken * 100 // self.capacity if self.capacity else 0


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """`bookings` that stand, and how full each activity is that has sessions: none when the venue is closed. Of a day
    that is not `known` this station has no data."""

    day: date
    bookings: int
    filled: tuple[Filled, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """All days of a month, and the day (1: Monday, 7: Sunday) that its weeks begin with; `activities` are those that
    have sessions in it."""

    today: date
    days: tuple[CalendarDay, ...]
    week_start: int
    activities: tuple[Activity, ...] = ()
