"""What callers of the API say, as it is written on the wire. Moments are ISO 8601, money a count of minor units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from domain.guest import MOST_CONTACT, MOST_NAME
from domain.money import LARGEST_MINOR
from domain.text import MOST as MOST_NOTE
from server.api.bodies import Day, Said, Text
from server.message_kinds import Channel

_Number = Annotated[int, Field(ge=0, le=4_294_967_295)]
_Contact = Annotated[Text, Field(max_length=MOST_CONTACT)]
_Name = Annotated[Text, Field(min_length=1, max_length=MOST_NAME)]
_Code = Annotated[Text, Field(min_length=1, max_length=40)]
_Verification = Annotated[Text, Field(max_length=400)]
_Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR)]
_Language = Literal["en", "ar"]
MOST_NAMED = 50  # of tickets at a time


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
    """`day`: of goods alone, up to two weeks ahead; today where none is said. With lines for sessions, all of one day,
    the day is theirs, and one that is said besides is a problem (`body_invalid`)."""

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


class Told(Said):
    """An amount as it was told: so many minor units of that currency."""

    minor: _Minor
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class CallOff(Said):
    """`reason`: kept where no refund begins. `back`: what goes back as it was told, whole or its minor units alone;
    another amount by now is a problem (`quote_expired`)."""

    reason: Annotated[Text, Field(max_length=MOST_NOTE)] = ""
    back: Told | _Minor | None = None

    @field_validator("back", mode="wrap")
    @classmethod
    def _back(cls, said: object, read: ValidatorFunctionWrapHandler) -> object:
        """What is wrong is named by its field, not by which of the two ways it comes near."""
        try:
            return read(said)
        except ValidationError as error:
            raise ValueError("no amount") from error

    @property
    def told(self) -> tuple[int, str] | None:
        """Minor units and their currency, which is empty where it was not said."""
        match self.back:
            case Told(minor=minor, currency=currency):
                return minor, currency
            case int(minor):
                return minor, ""
        return None


class StaffSignIn(Said):
    """Who proved their PIN: its proof is in a header."""

    staff: Annotated[Text, Field(min_length=1, max_length=64)]


SAID: tuple[type[Said], ...] = (
    Register, AskCode, SignIn, Change, AskOwnCode, Prove, Book, NameTickets, CallOff, StaffSignIn,
)  # fmt: skip
