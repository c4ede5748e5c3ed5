"""What the API tells, as it is written on the wire. Moments are ISO 8601, money a count of minor units."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from domain.booking import Life, Paid
from domain.catalogue import ProductKind, Words
from domain.membership import Standing
from domain.money import Money
from domain.refund import State
from server.guest_names import SeatState

_Token = Annotated[str, Field(min_length=20)]


class Price(BaseModel):
    """`minor`: a whole number of the currency's smallest coins (halalas of a riyal), VAT included."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Money) -> Price:
        return cls(minor=amount.minor, currency=amount.currency)


class Name(BaseModel):
    """In both languages."""

    en: str
    ar: str

    @classmethod
    def of(cls, words: Words) -> Name:
        return cls(en=words.en, ar=words.ar)


class Product(BaseModel):
    """`approval`: a booking of it waits until somebody says yes; so does one for a guest who is no member of the plan
    `membership` on its day (empty: for anybody). A `ticket` needs a session of its `activity`. `per_day`: so many of it
    there are on a day; 0 where nobody counts them."""

    number: int
    kind: ProductKind
    name: Name
    price: Price
    activity: str
    places: int
    approval: bool
    membership: str
    per_day: int


class Session(BaseModel):
    """`places_left`: neither sold nor kept for anybody."""

    number: int
    activity: str
    name: Name
    day: date
    starts_at: datetime
    ends_at: datetime
    places_left: int


class CodeOnItsWay(BaseModel):
    """A code goes to the contact, if it is anybody's, and holds until then. `verification` goes back with the code;
    whoever has it may try, so it is kept where it was asked for."""

    until: datetime
    verification: str


class GuestToken(BaseModel):
    """Told once; to be kept secret."""

    token: _Token
    expires_at: datetime


class Membership(BaseModel):
    """`since` and `until` are its first and last day; `standing` is of today."""

    plan: str
    name: Name
    number: str
    since: date
    until: date
    standing: Standing


class Me(BaseModel):
    """`verified` are the contacts that were proved theirs: `phone`, `email`."""

    id: str
    name: str
    phone: str
    email: str
    language: str
    verified: list[Literal["phone", "email"]]
    memberships: list[Membership]


class BookedLine(BaseModel):
    product: int
    name: Name
    session: int
    quantity: int
    total: Price


class Booking(BaseModel):
    """`until`: when it ends unless it is paid at a counter; null where nothing ends it by itself. `adds_to` is the id
    of the paid booking to which it is more; empty for one by itself. `paid` is what came in for it and went back."""

    id: str
    number: str
    life: Life
    paid: Paid
    day: date
    lines: list[BookedLine]
    total: Price
    until: datetime | None
    made_at: datetime
    adds_to: str


class BookedTicket(BaseModel):
    """A ticket that a booking has or will have; `guest` comes on it, empty where nobody said who. Its place is `kept`
    until a counter gives it, then it is `good` until somebody came in (`used`), it `ended`, or its time is `over`."""

    ticket: str
    product: int
    name: Name
    session: int
    guest: str
    state: SeatState


class BookedTickets(BaseModel):
    """In the order of the booking's lines."""

    tickets: list[BookedTicket]


class GuestRefund(BaseModel):
    """`state`: it is `requested` until somebody at the venue says yes, and `done` when the money is back; once it is
    `refused` or `withdrawn`, another can be begun."""

    id: str
    state: State
    amount: Price
    asked_at: datetime


class CalledOff(Booking):
    """`refund`: of what was paid; the booking stays until it is done."""

    refund: GuestRefund | None


class Cancellation(BaseModel):
    """`back` goes back and `fee` stays; both are nothing while it is not paid. It holds `until` then, null where no
    time decides. `refund`: the last that was begun, which is under way or over."""

    back: Price
    fee: Price
    until: datetime | None
    refund: GuestRefund | None


class StaffBooking(Booking):
    guest: str
    note: str
    reason: str
    staff: str
    station: str


class StaffGuest(BaseModel):
    id: str
    name: str
    phone: str
    email: str
    language: str
    is_verified: bool
    flags: list[str]


class StaffGuestPage(StaffGuest):
    """With their memberships, and what they booked, the newest first, a hundred at most."""

    memberships: list[Membership]
    bookings: list[StaffBooking]


class StaffDecision(BaseModel):
    """`state`: what it came to be; `note`: why, as far as somebody said it and it is not forgotten."""

    state: State
    staff: str
    at: datetime
    note: str


class StaffRefund(BaseModel):
    """`station`: where it is paid, empty while no station has taken up what the server began; then `staff`, who asked,
    is empty too. `note`: what they wrote; `decisions` by their time. `stays`: only money goes back, no ticket ends."""

    id: str
    state: State
    sale: str
    booking: str
    document: str
    amount: Price
    reason: str
    staff: str
    station: str
    asked_at: datetime
    note: str
    stays: bool
    decisions: list[StaffDecision]


class StaffMessage(BaseModel):
    """`address` is masked."""

    id: str
    kind: str
    channel: str
    state: str
    guest: str
    booking: str
    address: str
    tries: int
    why: str
    made_at: datetime


class StaffSettlement(BaseModel):
    way: str
    note: str
    staff: str
    at: datetime


class StaffFact(BaseModel):
    name: str
    value: str


class StaffCase(BaseModel):
    id: str
    kind: str
    subject: str
    facts: list[StaffFact]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    settlements: list[StaffSettlement]


class StaffToken(BaseModel):
    """Told once; it ends by itself, and when who signed in is not what they were then."""

    token: _Token
    expires_at: datetime
    permissions: list[str]
