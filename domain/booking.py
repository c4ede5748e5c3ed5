"""A booking made ahead: what it may become, and what follows from its money and its scans.

Three axes that are never folded into one (vocabulary 3.1): its life is stored and changed by the server only;
what is paid and who came are counted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain import vat
from domain.cart import Cart, CartLine, paid_lines
from domain.catalogue import Session
from domain.errors import Code, Refused
from domain.membership import Membership, needs_yes
from domain.money import Money
from domain.operation_till import BookedLine
from domain.timing import DAYS_AHEAD

MOST_LINES, MOST_TICKETS = 40, 500
MOST_UNPAID, MOST_ONLINE = (
    3,
    20,
)  # bookings of one guest, and tickets of each, made without anybody at a counter
MOST_FREE = 6  # tickets of all a guest's bookings that cost nothing and are kept until somebody comes
MOST_SUGGESTED = 3  # other times that a guest is told of
EXTENDED_MINUTES = 10  # more, while somebody pays for it
MOST_EXTENDED_MINUTES = 60  # all of that, beyond what the venue keeps it for


class Life(StrEnum):
    HELD = "held"
    UNDER_REVIEW = "under_review"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


# What was paid for after it ended is confirmed all the same, and a person looks at it: the guest has paid.
_AFTER_ALL = frozenset((Life.CONFIRMED,))
MOVES: dict[Life, frozenset[Life]] = {
    Life.HELD: frozenset((Life.UNDER_REVIEW, Life.CONFIRMED, Life.CANCELLED, Life.EXPIRED)),
    Life.UNDER_REVIEW: frozenset((Life.HELD, Life.CONFIRMED, Life.REJECTED, Life.CANCELLED, Life.EXPIRED)),
    Life.CONFIRMED: frozenset((Life.COMPLETED, Life.CANCELLED, Life.NO_SHOW)),
    Life.NO_SHOW: frozenset((Life.COMPLETED,)),
    Life.EXPIRED: _AFTER_ALL,
    Life.CANCELLED: _AFTER_ALL,
    Life.REJECTED: _AFTER_ALL,
    Life.COMPLETED: frozenset(),
}
HOLDS = frozenset((Life.HELD, Life.UNDER_REVIEW))  # while it keeps places
ENDED = frozenset((Life.REJECTED, Life.CANCELLED, Life.EXPIRED, Life.NO_SHOW, Life.COMPLETED))
PAID_FOR = frozenset((Life.CONFIRMED, Life.COMPLETED, Life.NO_SHOW))  # it was paid, and not called off


def check_move(now: Life, wanted: Life) -> None:
    """Refuses `booking_is` (with what it `is`) for a move that there is not."""
    if wanted not in MOVES[now]:
        raise Refused(Code.BOOKING_IS, life=now.value)


def check_near(day: date, today: date) -> None:
    """Refuses `booking_far` for a day that stations do not hold yet: nobody there would find what is booked for it."""
    if day > today + timedelta(days=DAYS_AHEAD):
        raise Refused(Code.BOOKING_FAR)


def day_of(sessions: Iterable[date], wanted: date | None, today: date) -> date:
    """The day of a booking: that of its sessions, else of goods alone the one that is wanted, else today.

    Refuses `booking_days` where its sessions are of more than one: each day's stations hold a booking with its day.
    Refuses `booking_far` for a day that stations do not hold yet, and `record_invalid` for one of goods that is over.
    """
    days = set(sessions)
    if len(days) > 1:
        raise Refused(Code.BOOKING_DAYS)
    day = next(iter(days), wanted or today)
    check_near(day, today)
    if day < today and not days:
        raise Refused(Code.RECORD_INVALID, record="booking")
    return day


def when_over(came: int, good: int) -> Life:
    """What a paid booking is once its day has ended: `came` of its tickets were used, `good` are those that could be.
    Of whom nobody could come, nobody stayed away."""
    return Life.COMPLETED if came or not good else Life.NO_SHOW


class How(StrEnum):
    """How a booking came to be for something else: somebody `changed` it, or it was paid as it was `before` a change of
    which the till had not heard; once it was paid, tickets of it `moved` to another session, or were `reissued` for the
    same one."""

    CHANGED = "changed"
    BEFORE = "before"
    MOVED = "moved"
    REISSUED = "reissued"


INSTEAD = (How.MOVED, How.REISSUED)  # tickets ended, and others are good in their places


class Paid(StrEnum):
    NONE_DUE = "none_due"
    UNPAID = "unpaid"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    OVER_PAID = "over_paid"


def paid(total: Money, came: Money, went_back: Money) -> Paid:
    """The payment axis: what is owed now (`total`, without what was voided), what came in and what went back. What was
    paid twice and came back once is paid."""
    left = came - went_back
    if went_back.minor and (left.minor < total.minor or not left.minor):
        return Paid.PART_REFUNDED if left.minor else Paid.REFUNDED
    if left.minor > total.minor:
        return Paid.OVER_PAID
    if not total.minor:
        return Paid.NONE_DUE
    if not left.minor:
        return Paid.UNPAID
    return Paid.PAID if left.minor == total.minor else Paid.PART_PAID


class Attendance(StrEnum):
    EXPECTED = "expected"
    INSIDE = "inside"
    LEFT = "left"
    NOT_USED = "not_used"


def attendance(tickets: int, entered: int, inside: int, *, over: bool) -> Attendance:
    """The attendance axis: `entered` of `tickets` came at all, `inside` are there; `over`: its day has ended."""
    if inside:
        return Attendance.INSIDE
    if entered:
        return Attendance.LEFT
    return Attendance.NOT_USED if over and tickets else Attendance.EXPECTED


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket that a booking will have: its id is fixed when places are held, so that whoever is paid can print it."""

    ticket_id: str
    product: int
    session: int
    places: int


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking is for, as it is kept: `number` is what people say (GH-7K2MPQ); `note` is in the private part.
    `adds_to` is the id of the paid booking to which it is more: the first, where several are."""

    number: str
    day: date
    lines: tuple[BookedLine, ...]
    tickets: tuple[Place, ...]
    adds_to: str = ""

    @property
    def total(self) -> Money:
        return Money(sum(line.gross.minor for line in self.lines), self.lines[0].gross.currency)

    def places(self) -> dict[int, int]:
        """Of each session so many."""
        found: dict[int, int] = {}
        for each in self.tickets:
            if each.places:
                found[each.session] = found.get(each.session, 0) + each.places
        return found


def room_wanted(booked: Booked, sessions: Iterable[Session]) -> dict[str, int]:
    """By activity the places that another session of it needs to have for all that is booked of one; `sessions` are
    those that it is booked for."""
    mine, wanted = booked.places(), dict[str, int]()
    for each in sessions:
        wanted[each.activity_id] = max(wanted.get(each.activity_id, 0), mine.get(each.number, 0))
    return wanted


def mark_of(body: str) -> str:
    """What stands for a booking as somebody saw it: each change gives its charges and tickets new ids."""
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def to_decide(cart: Cart, day: date, has: Sequence[Membership]) -> list[CartLine]:
    """The lines that wait for somebody's yes in a booking for `day`, for a guest who `has` these memberships."""
    return [
        line for line in cart.lines if needs_yes(line.product, line.session.day if line.session else day, has)
    ]


def is_to_decide(before: Booked, day: date, cart: Cart, has: Sequence[Membership] = ()) -> bool:
    """Whether somebody must say yes to a change: of what needs that there is more than before, or it is on another day
    or in another session."""
    had = Counter[tuple[int, int]]()
    for line in before.lines if day == before.day else ():
        had[line.product, line.session] += line.quantity
    wanted = Counter[tuple[int, int]]()
    for each in to_decide(cart, day, has):
        wanted[each.product.number, each.session.number if each.session else 0] += each.quantity
    return bool(wanted - had)


def charged_with(booked: Booked) -> dict[str, BookedLine]:
    """The line that each ticket was charged with, whatever session it is for now: both are in one order."""
    waiting = [ticket.ticket_id for ticket in booked.tickets]
    products = {ticket.ticket_id: ticket.product for ticket in booked.tickets}
    found: dict[str, BookedLine] = {}
    for line in booked.lines:
        mine = [ticket_id for ticket_id in waiting if products[ticket_id] == line.product][: line.quantity]
        found |= dict.fromkeys(mine, line)
        waiting = [ticket_id for ticket_id in waiting if ticket_id not in mine]
    return found


def moved(booked: Booked, others: Mapping[str, Place], day_of: Callable[[int], date]) -> Booked:
    """The same with other tickets in the places of some; `day_of` a session. Lines stay what was charged."""
    tickets = tuple(others.get(ticket.ticket_id, ticket) for ticket in booked.tickets)
    days = [day_of(ticket.session) for ticket in tickets if ticket.session]
    return replace(booked, day=min(days, default=booked.day), tickets=tickets)


def lines_of(cart: Cart, new_id: Callable[[], str]) -> tuple[BookedLine, ...]:
    """The charges of a cart, each with its share of the VAT."""
    paid = paid_lines(cart)
    shares = vat.by_line(paid)
    return tuple(
        BookedLine(
            new_id(), line.product.number, line.product.name, line.session.number if line.session else 0,
            line.quantity, gross, share, rate,
        )
        for line, (gross, rate), share in zip(cart.lines, paid, shares, strict=True)
    )  # fmt: skip


NUMBERED = "GH-"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another


def number_of(random: int) -> str:
    """What a booking is called among people, from a random number of 30 bits or more."""
    letters = []
    for _ in range(6):
        random, at = divmod(random, len(_LETTERS))
        letters.append(_LETTERS[at])
    return NUMBERED + "".join(letters)
