"""What the API tells and takes, as it is written on the wire. Moments are ISO 8601, money a count of minor units."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from domain.booking import Life
from domain.catalogue import ProductKind, Words
from domain.guest import MOST_CONTACT, MOST_NAME
from domain.membership import Standing
from domain.money import LARGEST_MINOR, Money
from domain.refund import State
from domain.text import MOST as MOST_NOTE
from server.api.bodies import Day, Said, Text
from server.message_kinds import Channel

_Number = Annotated[int, Field(ge=0, le=4_294_967_295)]
_Contact = Annotated[Text, Field(max_length=MOST_CONTACT)]
_Name = Annotated[Text, Field(min_length=1, max_length=MOST_NAME)]
_Code = Annotated[Text, Field(min_length=1, max_length=40)]
_Verification = Annotated[Text, Field(max_length=400)]
_Language = Literal["en", "ar"]
_Token = Annotated[str, Field(min_length=20)]
MOST_NAMED = 50  # of tickets at a time


# what is said ---------------------------------------------------------------------------------------------------------


class Register(Said):
    """Who somebody is; at least one contact, and the code goes to the e-mail address where both are given."""

    name: _Name
    phone: _Contact = ""
    email: _Contact = ""
    language: _Language = "ar"


class AskCode(Said):
    """`contact`: a phone number or an e-mail address. `verification`: of the code before, to go on under it."""

    contact: _Contact
    verification: _Verification = ""


class SignIn(Said):
    """The code that came to a contact, and the verification under which it was asked for."""

    contact: _Contact
    code: _Code
    verification: _Verification


class Change(Said):
    """What is otherwise from now on; an empty contact takes it away."""

    name: _Name | None = None
    phone: _Contact | None = None
    email: _Contact | None = None
    language: _Language | None = None


class AskOwnCode(Said):
    channel: Channel
    verification: _Verification = ""


class Prove(Said):
    code: _Code
    verification: _Verification


class WantedLine(Said):
    """`session`: 0 for what belongs to none."""

    product: Annotated[int, Field(ge=1, le=4_294_967_295)]
    session: _Number = 0
    quantity: Annotated[int, Field(ge=1, le=500)]


class Book(Said):
    """`day`: of goods alone, up to a year ahead; today where none is said. With a line for a session the day is that of
    the session, and one that is said besides is a problem (`body_invalid`)."""

    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=40)]
    note: Annotated[Text, Field(max_length=MOST_NOTE)] = ""
    day: Day | None = None

    @field_validator("day")
    @classmethod
    def _of_goods_alone(cls, day: date | None, said: ValidationInfo) -> date | None:
        if day is not None and any(line.session for line in said.data.get("lines", ())):
            raise ValueError("the day is that of the session")
        return day


class TicketGuest(Said):
    """Who comes on a ticket; an empty name takes one away."""

    ticket: Annotated[Text, Field(min_length=1, max_length=64)]
    guest: Annotated[Text, Field(max_length=200)]


class NameTickets(Said):
    """Fifty tickets at a time; what is said of the others stays. The same ticket twice is a problem
    (`body_invalid`)."""

    names: Annotated[list[TicketGuest], Field(min_length=1, max_length=MOST_NAMED)]

    @field_validator("names")
    @classmethod
    def _each_once(cls, names: list[TicketGuest]) -> list[TicketGuest]:
        if len({each.ticket for each in names}) < len(names):
            raise ValueError("a ticket is named twice")
        return names


class CallOff(Said):
    """`reason`: kept of what is not paid only. `back`: what goes back as it was told, in minor units; another amount by
    now is a problem (`quote_expired`)."""

    reason: Annotated[Text, Field(max_length=MOST_NOTE)] = ""
    back: Annotated[int, Field(ge=0, le=LARGEST_MINOR)] | None = None


class StaffSignIn(Said):
    """Who proved their PIN: its proof is in a header."""

    staff: Annotated[Text, Field(min_length=1, max_length=64)]


SAID: tuple[type[Said], ...] = (
    Register, AskCode, SignIn, Change, AskOwnCode, Prove, Book, NameTickets, CallOff, StaffSignIn,
)  # fmt: skip


# what is told ---------------------------------------------------------------------------------------------------------


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
    of the paid booking to which it is more; empty for one by itself."""

    id: str
    number: str
    life: Life
    day: date
    lines: list[BookedLine]
    total: Price
    until: datetime | None
    made_at: datetime
    adds_to: str


class BookedTicket(BaseModel):
    """A ticket that a booking has or will have; `guest` comes on it, empty where nobody said who."""

    ticket: str
    product: int
    name: Name
    session: int
    guest: str


class BookedTickets(BaseModel):
    """In the order of the booking's lines."""

    tickets: list[BookedTicket]


class GuestRefund(BaseModel):
    """`state`: it is `requested` until somebody at the venue says yes, and `done` when the money is back."""

    id: str
    state: State
    amount: Price
    asked_at: datetime


class CalledOff(Booking):
    """`refund`: of what was paid; the booking stays until it is done."""

    refund: GuestRefund | None


class Cancellation(BaseModel):
    """`back` goes back and `fee` stays; both are nothing while it is not paid. It holds `until` then, null where no
    time decides. `refund`: it is called off, and this is under way."""

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


class StaffRefund(BaseModel):
    """`station`: where it is paid, empty while no station has taken up what the server began; then `staff`, who asked,
    is empty too."""

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
