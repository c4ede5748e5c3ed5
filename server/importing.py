"""Saving a venue file: one transaction, each changed record journalled; importing the same file again changes nothing.
A product that the file names no more is not sold any more, and stays known for what was sold of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.catalogue import Product
from domain.errors import Code, Refused
from domain.limits import defaults
from domain.money import EXPONENTS
from ledger import tables as t
from ledger import verifier
from ledger.clock import Clock, Ids
from ledger.read_setup import all_products, own_limits, staff, staff_of
from server import tables as own
from server.settings import Secrets
from server.setup import SetUp, StaffRecord
from server.venue_file import Mistake, StaffEntry, VenueFile, VenueFileWrong


@dataclass(frozen=True, slots=True)
class Saved:
    """How many records changed; what was sold before and is not any more (`withdrawn`), and what is sold again
    (`back`); the names of enrolled stations that the file does not name; the roles whose limits nobody said in a
    currency that they were not made for (`unsaid`)."""

    changed: int
    withdrawn: tuple[Product, ...] = ()
    back: tuple[Product, ...] = ()
    unnamed: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()


def save(connection: Connection, content: VenueFile, kept: Secrets, clock: Clock, ids: Ids) -> Saved:
    """Saves all records. Raises VenueFileWrong where a number is another product's."""
    known = {each.number: each for each in all_products(connection)}
    if mistakes := [*_other_products(content, known)]:
        raise VenueFileWrong(mistakes)
    setup = SetUp(connection, clock, ids)
    setup.key(kept.key_id, kept.public_key())
    for kind, record_id, body in _records(content):
        setup.record(kind, record_id, body)
    named = {product.number for product in content.products}
    gone = [each for each in known.values() if each.number not in named and not each.withdrawn]
    for product in gone:
        setup.record("product", str(product.number), replace(product, withdrawn=True))
    _drop_limits(setup, content)
    for session in content.sessions:
        setup.session(session)
    _save_staff(setup, content.staff, kept.pepper)
    setup.publish()
    back = (each for each in known.values() if each.withdrawn and each.number in named)
    unnamed = _unnamed(connection, content)
    return Saved(setup.changed, tuple(gone), tuple(back), unnamed, _unsaid(content))


def _records(content: VenueFile) -> Iterator[tuple[str, str, object]]:
    """Kind, id and body of each that has no table of its own."""
    yield "venue", "venue", content.venue
    yield from (("activity", each.activity_id, each) for each in content.activities)
    yield from (("policy", each.policy_id, each) for each in content.policies)
    yield from (("membership", each.plan_id, each) for each in content.plans)
    yield from (("product", str(each.number), each) for each in content.products)
    yield from (("station", each.station_id, each) for each in content.stations)
    yield from (("limit", each.role, each) for each in content.limits)


def _drop_limits(setup: SetUp, content: VenueFile) -> None:
    """A role of which the file says nothing any more goes by its defaults again."""
    usual = {limit.role: limit for limit in defaults(content.venue.currency)}
    named = {limit.role for limit in content.limits}
    for role in sorted({limit.role for limit in own_limits(setup.connection)} & usual.keys() - named):
        setup.record("limit", role, usual[role])


def _unsaid(content: VenueFile) -> tuple[str, ...]:
    """Default amounts are whole units of money about the worth of a riyal, which has two decimals."""
    currency, named = content.venue.currency, {limit.role for limit in content.limits}
    if EXPONENTS[currency] == 2:
        return ()
    counted = (limit for limit in defaults(currency) if limit.discount_sale is not None)
    return tuple(sorted(limit.role for limit in counted if limit.role not in named))


def _save_staff(setup: SetUp, entries: Sequence[StaffEntry], pepper: str) -> None:
    """Who is not named does not work here any more."""
    for entry in entries:
        setup.staff(_staff(setup.connection, entry, pepper))
    named = {entry.member.staff_id for entry in entries}
    for row in staff(setup.connection):
        if row.active and row.member.staff_id not in named:
            setup.staff(StaffRecord(row.member, "", active=False))


def _other_products(content: VenueFile, known: Mapping[int, Product]) -> Iterator[Mistake]:
    """Products under the number of another."""
    for product in content.products:
        was = known.get(product.number)
        if was is not None and (other := _is_other(was, product)):
            what = f"number = {was.number} is {was.name.en!r}, {other}: what is otherwise wants a number of its own"
            yield Mistake(content.product_lines[product.number], what)


def _is_other(was: Product, now: Product) -> str:
    """What a number stands for is of one kind, for one activity, with so many places, for that was sold under it; and
    what comes back after it was taken out has one of its names still. What of this is not so, empty for nothing."""
    for key, name in (("kind", "kind"), ("activity_id", "activity"), ("places", "places")):
        if (before := getattr(was, key)) != getattr(now, key):
            return f"with {name} = {before!s}" if before != "" else f"with no {name}"
    is_renamed = was.name.en != now.name.en and was.name.ar != now.name.ar
    return "which was taken out" if was.withdrawn and is_renamed else ""


def _unnamed(connection: Connection, content: VenueFile) -> tuple[str, ...]:
    """Stations that are enrolled and not shut out."""
    named = {each.station_id for each in content.stations}
    c = own.station.c
    rows = connection.execute(sa.select(c.station_id, c.name).where(c.fenced == 0).order_by(c.name)).all()
    return tuple(row.name for row in rows if row.station_id not in named)


def _staff(connection: Connection, entry: StaffEntry, pepper: str) -> StaffRecord:
    """The file's PIN is a person's first one; a PIN that is there already is theirs and stays."""
    staff_id = entry.member.staff_id
    found = connection.execute(sa.select(t.staff.c.verifier).where(t.staff.c.staff_id == staff_id)).scalar()
    return StaffRecord(entry.member, "" if found else verifier.make(entry.pin, staff_id, pepper))


def save_pin(connection: Connection, who: tuple[str, str], kept: Secrets, clock: Clock, ids: Ids) -> None:
    """A new PIN for (staff id, PIN); refuses `record_invalid` when there is nobody of that id."""
    staff_id, pin = who
    found = staff_of(connection, staff_id)
    if found is None:
        raise Refused(Code.RECORD_INVALID, record="staff")
    setup = SetUp(connection, clock, ids)
    setup.staff(StaffRecord(found.member, verifier.make(pin, staff_id, kept.pepper), found.active))
    setup.publish()
