"""What becomes of a booking made ahead; all of it is the server's own. The names of those who come are private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.booking import Booked
from domain.operation_till import IssuedTicket


@dataclass(frozen=True, slots=True)
class BookingHeld:
    """Places are kept for a guest: until `expires_at`, or until somebody decides where `review`."""

    booking_id: str
    guest_id: str
    booked: Booked
    expires_at: datetime | None
    review: bool


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """Before it was paid it became what is `booked` now, with its places kept under the id of the change; until
    `expires_at`, or until somebody decides where `review`."""

    booking_id: str
    change_id: str
    booked: Booked
    expires_at: datetime | None
    review: bool


@dataclass(frozen=True, slots=True)
class TicketsMoved:
    """Tickets `was` of a paid booking ended, and others are good instead, each in the place of one; no money moved.
    `day` is that of their session. `how`: moved to it, or reissued for the same, of which `day` is the first."""

    booking_id: str
    change_id: str
    day: date
    was: tuple[str, ...]
    tickets: tuple[IssuedTicket, ...]
    how: str = "moved"


@dataclass(frozen=True, slots=True)
class TicketRevoked:
    """Tickets of a booking, made ahead or at a till, ended and nothing is good in their places; their charges stand."""

    revoke_id: str
    booking_id: str
    tickets: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class TicketsNamed:
    """Somebody wrote who comes on tickets; the names are beside the booking only, and forgotten with its guest."""

    booking_id: str
    tickets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookingExtended:
    """It is being paid: it is kept until then."""

    booking_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BookingConfirmed:
    """It was paid, or costs nothing; `late`: after it had ended, `before`: as it was before a change. A person looks at
    either."""

    booking_id: str
    late: bool
    before: bool = False


@dataclass(frozen=True, slots=True)
class BookingApproved:
    """What needed somebody's yes has it, and is to be paid until `expires_at`."""

    booking_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BookingRejected:
    """`times` are the numbers of sessions that the guest is told of instead."""

    booking_id: str
    reason: str
    times: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    booking_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class BookingExpired:
    """Nobody paid in time, or decided before it was over."""

    booking_id: str


@dataclass(frozen=True, slots=True)
class BookingOver:
    """The day of a paid booking has ended: `came` of its tickets were used, so its `life` is completed or no_show. Said
    once more where a gate told later that somebody came."""

    booking_id: str
    life: str
    came: int
