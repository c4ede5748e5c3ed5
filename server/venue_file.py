"""A venue's own data from a TOML file: read whole, every mistake named by its line, nothing saved unless
all is right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.catalogue import (
    MOST_ACTIVITIES,
    Activity,
    Holds,
    MembershipPlan,
    Product,
    ProductKind,
    Seller,
    Session,
    StaffMember,
    StationInfo,
    Venue,
    Words,
)
from domain.errors import Refused
from domain.limits import RoleLimit
from domain.money import EXPONENTS, parse
from domain.policy import Policy
from domain.staff import ROLES, check_pin
from server.toml_entry import Entry, Lines
from server.venue_limits import line_of, read_limit, tables_of
from server.venue_policies import read_policy
from server.venue_times import session_of, starts_of

_PLACES = ("sell", "checkin")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TABLES = {
    "venue",
    "seller",
    "activity",
    "session",
    "policy",
    "membership",
    "product",
    "staff",
    "station",
    "limits",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """`line` of the file (1-based) and what is wrong there."""

    line: int
    what: str


class VenueFileWrong(Exception):
    """The file cannot be used; `mistakes` in the order of their lines."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"line {mistake.line}: {mistake.what}" for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class StaffEntry:
    member: StaffMember
    pin: str


@dataclass(slots=True)
class VenueFile:
    """What the file says, ready to be saved. `product_lines`: where the number of each product stands. `limits`: of
    the roles that it names."""

    venue: Venue
    activities: list[Activity] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    plans: list[MembershipPlan] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    staff: list[StaffEntry] = field(default_factory=list)
    stations: list[StationInfo] = field(default_factory=list)
    product_lines: dict[int, int] = field(default_factory=dict)
    limits: list[RoleLimit] = field(default_factory=list)


def read(text: str, now: datetime) -> VenueFile:
    """The venue in `text`. `now` places sessions that repeat around the present. Raises VenueFileWrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise VenueFileWrong([Mistake(int(found[1]) if found else 1, str(error))]) from error
    reader = _Reader(raw, Lines(text), now)
    result = reader.everything()
    if reader.mistakes:
        raise VenueFileWrong(sorted(reader.mistakes, key=lambda mistake: mistake.line))
    return result


class _Reader:
    def __init__(self, raw: dict[str, Any], lines: Lines, now: datetime) -> None:
        self.raw, self.lines, self.now = raw, lines, now
        self.mistakes: list[Mistake] = []
        self.wrong_tables: set[str] = set()
        self.currency = "SAR"
        self.zone = ZoneInfo("UTC")
        self.known: dict[str, set[str]] = {}
        self.numbers: dict[str, int] = {}

    def everything(self) -> VenueFile:
        for name in set(self.raw) - _TABLES:
            self.mistakes.append(Mistake(self.lines.of(name, 0, ""), f"[{name}] is not known"))
        seller = self._one("seller", self._seller)
        venue = self._one("venue", lambda entry: self._venue(entry, seller))
        result = VenueFile(venue)
        result.activities = list(self._each("activity", self._activity))
        result.sessions = [part for some in self._each("session", self._sessions) for part in some]
        if "policy" in self.raw:
            result.policies = list(self._each("policy", self._policy))
        if "membership" in self.raw:
            result.plans = list(self._each("membership", self._plan))
        result.products = list(self._each("product", self._product))
        for at, product in enumerate(result.products):
            result.product_lines[product.number] = self.lines.of("product", at, "number")
        result.staff = list(self._each("staff", self._staff))
        result.stations = list(self._each("station", self._station))
        result.limits = list(self._limits())
        return result

    def _limits(self) -> Iterator[RoleLimit]:
        tables, wrong = tables_of(self.raw.get("limits", {}))
        self.mistakes += (Mistake(line_of(self.lines, name, ""), what) for name, what in wrong)
        for role, raw in tables:
            entry = Entry(raw)
            made = read_limit(entry, role, self.currency)
            entry.nothing_else()
            if not entry.mistakes:
                yield made
            for key, what in entry.mistakes:
                self.mistakes.append(Mistake(line_of(self.lines, role, key), what))

    def _one(self, table: str, make: Callable[[Entry], Any]) -> Any:
        if table not in self.raw:
            self.mistakes.append(Mistake(1, f"[{table}] is missing"))
            return None
        return next(iter(self._made(table, [self.raw[table]], make)), None)

    def _each(self, table: str, make: Callable[[Entry], Any]) -> Iterator[Any]:
        found = self.raw.get(table, [])
        if not isinstance(found, list) or not found:
            self.mistakes.append(
                Mistake(self.lines.of(table, 0, ""), f"[[{table}]] is missing: at least one")
            )
            return
        yield from self._made(table, found, make)

    def _made(self, table: str, found: list[Any], make: Callable[[Entry], Any]) -> Iterator[Any]:
        for index, raw in enumerate(found):
            entry = Entry(raw)
            made = make(entry) if entry.raw or not entry.mistakes else None
            entry.nothing_else()
            for key, what in entry.mistakes:
                self.mistakes.append(Mistake(self.lines.of(table, index, key), what))
            if entry.mistakes:
                self.wrong_tables.add(table)
            else:
                yield made

    def _unique(self, entry: Entry, table: str, key: str, value: str) -> str:
        seen = self.known.setdefault(table, set())
        if value in seen and entry.is_fine(key):
            entry.wrong(key, f"{key} = {value} is there twice")
        seen.add(value)
        return value

    def _activity_of(self, entry: Entry, *, none: bool = False) -> str:
        """The activity that an entry names. While an activity is wrong itself, nobody is told that it is unknown."""
        known = sorted(self.known.get("activity", ()))
        if "activity" in self.wrong_tables or not known:
            return entry.text("activity", "" if none else None)
        return entry.one_of("activity", ["", *known] if none else known, "" if none else None)

    def _seller(self, entry: Entry) -> Seller:
        vat = entry.text("vat_number")
        if not re.fullmatch(r"3\d{13}3", vat):
            entry.wrong("vat_number", "vat_number wants 15 digits, the first and last a 3")
        seller = Seller(entry.words("name"), entry.words("address"), vat, entry.text("cr_number"))
        if len(seller.name.ar.encode()) > 255:
            entry.wrong("name", "name.ar is longer than the 255 bytes an invoice QR can carry")
        return seller

    def _venue(self, entry: Entry, seller: Seller | None) -> Venue:
        currency = entry.one_of("currency", sorted(EXPONENTS))
        self.currency = currency if entry.is_fine("currency") else "KWD"  # takes any amount there is
        zone = entry.text("time_zone")
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            entry.wrong("time_zone", f"time_zone = {zone!r} is not known")
        notes = [self._note(entry, text) for text in entry.texts("denominations")]
        limit = entry.money("difference_limit", self.currency)
        out = entry.money("cash_out_limit", self.currency, "0")
        early = entry.whole("early_minutes", 0, 600, 30)
        empty = Seller(Words("", ""), Words("", ""), "", "")
        name, seller = entry.words("name"), seller or empty
        week = _DAYS.index(entry.one_of("week_starts", list(_DAYS), "sunday")) + 1
        verified = entry.flag("verified_only", default=True)
        holds = self._holds(entry)
        return Venue(
            name, seller, self.currency, zone, tuple(notes), limit, early, out, verified, week, holds
        )

    def _holds(self, entry: Entry) -> Holds:
        usual, most = Holds(), 30 * 24 * 60
        return Holds(
            entry.whole("hold_minutes", 5, most, usual.counter),
            entry.whole("hold_online_minutes", 5, most, usual.online),
            entry.whole("hold_approved_minutes", 5, most, usual.approved),
        )

    def _note(self, entry: Entry, text: str) -> int:
        try:
            return parse(text, self.currency).minor
        except Refused:
            entry.wrong("denominations", f"denominations: {text!r} is no amount of {self.currency}")
            return 0

    def _activity(self, entry: Entry) -> Activity:
        number = entry.whole("number", 1, MOST_ACTIVITIES - 1)
        self._unique(entry, "activity number", "number", str(number))
        made = Activity(self._unique(entry, "activity", "id", entry.text("id")), entry.words("name"), number)
        self.numbers[made.activity_id] = number
        return made

    def _sessions(self, entry: Entry) -> list[Session]:
        activity = self._activity_of(entry)
        capacity = entry.whole("capacity", 1, 100_000)
        times, among = starts_of(entry, self.now.astimezone(self.zone)), self.numbers.get(activity, 0)
        return [session_of(activity, among, each, capacity) for each in times]

    def _policy(self, entry: Entry) -> Policy:
        made = read_policy(entry, self.currency)
        self._unique(entry, "policy", "id", made.policy_id)
        return made

    def _plan(self, entry: Entry) -> MembershipPlan:
        return MembershipPlan(self._unique(entry, "membership", "id", entry.text("id")), entry.words("name"))

    def _named(self, entry: Entry, table: str) -> str:
        """The entry of a table that another names, if any; while one of that table is wrong itself, nobody is told that
        it is unknown."""
        known = sorted(self.known.get(table, ()))
        is_wrong = table in self.wrong_tables
        return entry.text(table, "") if is_wrong else entry.one_of(table, ["", *known], "")

    def _product(self, entry: Entry) -> Product:
        number = entry.whole("number", 1, 2**32 - 1)
        self._unique(entry, "product", "number", str(number))
        kind = ProductKind(entry.one_of("kind", [kind.value for kind in ProductKind]))
        activity = self._activity_of(entry, none=True)
        places = entry.whole("places", 0, 100, 1 if kind is ProductKind.TICKET else 0)
        if bool(places) != bool(activity) and entry.is_fine("kind", "places", "activity"):
            entry.wrong("activity", "a product with places names its activity, and only such a product")
        vat = entry.whole("vat_percent", 0, 100)
        return Product(
            number,
            kind,
            entry.words("name"),
            entry.money("price", self.currency),
            vat * 100,
            entry.text("icon"),
            entry.text("category"),
            places,
            activity,
            entry.whole("position", 0, 10_000, number),
            entry.flag("favourite"),
            entry.flag("approval"),
            policy=self._named(entry, "policy"),
            membership=self._named(entry, "membership"),
            per_day=self._per_day(entry, places),
        )

    def _per_day(self, entry: Entry, places: int) -> int:
        per_day = entry.whole("per_day", 0, 100_000, 0)
        if per_day and places:
            entry.wrong("per_day", "a product with places has as many as its sessions, not so many a day")
        return per_day

    def _staff(self, entry: Entry) -> StaffEntry:
        staff_id = self._unique(entry, "staff", "id", entry.text("id"))
        role = entry.one_of("role", sorted(ROLES))
        language = entry.one_of("language", ["ar", "en"])
        pin = entry.text("pin")
        try:
            check_pin(pin)
        except Refused:
            entry.wrong("pin", "pin wants 4 to 8 digits, not all the same and no plain run")
        return StaffEntry(StaffMember(staff_id, entry.words("name"), role, language), pin)

    def _device(self, entry: Entry, key: str, shape: str, wanted: str) -> str:
        value = entry.text(key, "files" if key == "printer" else "")
        if not re.fullmatch(shape, value):
            entry.wrong(key, f"{key} = {value!r} wants {wanted}")
        return value

    def _station(self, entry: Entry) -> StationInfo:
        name = self._unique(entry, "station", "name", entry.text("name"))
        if not re.fullmatch(r"[A-Z]{2,6}[0-9]{1,2}", name):
            entry.wrong("name", "name wants 2 to 6 capital letters and a number, such as POS1")
        places = entry.texts("places")
        if not set(places) <= set(_PLACES):
            entry.wrong("places", f"places may hold {', '.join(_PLACES)}")
        return StationInfo(
            name.lower(),
            name,
            entry.words("label"),
            tuple(places),
            entry.words("gate") if "gate" in entry.raw else Words("", ""),
            self._device(entry, "terminal", r"[^@\s]*(@[^\s:@]+:\d{1,5})?", "NAME or NAME@HOST:PORT"),
            self._device(entry, "printer", r"files|tcp://[^\s:/]+(:\d{1,5})?", "files or tcp://HOST:PORT"),
        )
