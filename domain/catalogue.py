"""What the venue sells, when, and who works there: rows of the catalogue as frozen records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.money import Money


class ProductKind(StrEnum):
    TICKET = "ticket"
    RENTAL = "rental"
    LOCKER = "locker"
    FOOD = "food"
    GOODS = "goods"


MOST_ACTIVITIES = 64  # the number of a session is its first minute times this, and the number of its activity


@dataclass(frozen=True, slots=True)
class Words:
    """One phrase in both languages of the venue."""

    en: str
    ar: str

    def get(self, language: str) -> str:
        return self.ar if language == "ar" else self.en


@dataclass(frozen=True, slots=True)
class Activity:
    """Something people come to do; its sessions hold the places. `number` (1..63) is part of their numbers for good."""

    activity_id: str
    name: Words
    number: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of time of an activity. `number` is the short integer inside tickets (1..4294967295)."""

    number: int
    activity_id: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    day: date


@dataclass(frozen=True, slots=True)
class Product:
    """A thing on a tile. `price` is VAT-inclusive, `vat_rate` in basis points. `number` is the short
    integer of tickets.

    A ticket admits one guest to a session of `activity_id` and takes `places` of it; other kinds take none. With
    `approval` somebody must say yes to a booking of it. `policy` is the cancellation policy of what was sold; without
    one nothing goes back by itself. `membership`: the plan that its buyers are members of; empty for anybody. So many
    of what takes no places there are on a day: `per_day`; 0 where nobody counts them. What was `withdrawn` is not sold
    any more, and stays what it is for what was sold of it.
    """

    number: int
    kind: ProductKind
    name: Words
    price: Money
    vat_rate: int
    icon: str
    category: str
    places: int = 0
    activity_id: str = ""
    position: int = 0
    favourite: bool = False
    approval: bool = False
    policy: str = ""
    membership: str = ""
    per_day: int = 0
    withdrawn: bool = False

    def goes_with(self, activity_id: str) -> bool:
        """Whether it is for the sessions of an activity: it is of that one, or of none."""
        return self.activity_id in ("", activity_id)


@dataclass(frozen=True, slots=True)
class MembershipPlan:
    """What guests can be members of."""

    plan_id: str
    name: Words


@dataclass(frozen=True, slots=True)
class Seller:
    """What the law wants on a simplified tax invoice. `vat_number`: 15 digits, first and last 3."""

    name: Words
    address: Words
    vat_number: str
    cr_number: str


@dataclass(frozen=True, slots=True)
class Holds:
    """For how many minutes places are kept until they are paid: booked at a counter, booked by guests themselves (who
    must come first), and after somebody's yes (the guest has to hear of it first)."""

    counter: int = 15
    online: int = 60
    approved: int = 24 * 60


@dataclass(frozen=True, slots=True)
class Venue:
    """The venue's own settings. `number` (1..255) tells its tickets from another venue's. Cash out of more than
    `cash_out_limit` needs a supervisor; without one, any cash out does. `verified_only`: only a guest who proved a
    contact theirs may book ahead."""

    name: Words
    seller: Seller
    currency: str
    time_zone: str
    denominations: tuple[int, ...]
    difference_limit: Money
    early_minutes: int = 30
    cash_out_limit: Money | None = None
    verified_only: bool = True
    week_start: int = 7
    holds: Holds = Holds()


@dataclass(frozen=True, slots=True)
class StationInfo:
    """A counter PC: `name` is the short name of documents (POS1), `gate` what its gate is called (empty: as `name`)."""

    station_id: str
    name: str
    label: Words
    places: tuple[str, ...]
    gate: Words = Words("", "")
    terminal: str = ""
    printer: str = ""


@dataclass(frozen=True, slots=True)
class StaffMember:
    staff_id: str
    name: Words
    role: str
    language: str


def to_tell(names: Mapping[str, Words], there: Iterable[str]) -> dict[str, Words]:
    """The names of the activities that are `there`, by their ids; none where it is one, and nobody needs to be told.
    One that is not known is called by its id."""
    found = set(there)
    return {each: names.get(each, Words(each, each)) for each in found} if len(found) > 1 else {}
