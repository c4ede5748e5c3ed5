"""Questions about the venue's set-up: what is sold, when, by whom; rows in, frozen records out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from domain import codec
from domain.catalogue import Activity, Product, Session, StaffMember, StationInfo, Venue, Words
from domain.errors import Code, Refused
from ledger import tables as t
from ledger.clock import from_ms

T = TypeVar("T")
KINDS: dict[str, type[object]] = {
    "venue": Venue,
    "activity": Activity,
    "product": Product,
    "station": StationInfo,
}


def _records(connection: Connection, kind: str, cls: type[T]) -> list[T]:
    rows = connection.execute(sa.select(t.record.c.body).where(t.record.c.kind == kind)).scalars()
    return [codec.loads(cls, body) for body in rows if body]


def _record(connection: Connection, kind: str, cls: type[T], record_id: str) -> T | None:
    found = sa.select(t.record.c.body).where(t.record.c.kind == kind, t.record.c.record_id == record_id)
    body = connection.execute(found).scalar()
    return codec.loads(cls, body) if body else None


def venue(connection: Connection) -> Venue:
    """The venue's settings; refuses `station_unknown` while nothing was fetched yet."""
    found = _record(connection, "venue", Venue, "venue")
    if found is None:
        raise Refused(Code.STATION_UNKNOWN)
    return found


def products(connection: Connection) -> list[Product]:
    """All products by position."""
    return sorted(
        _records(connection, "product", Product), key=lambda product: (product.position, product.number)
    )


def product(connection: Connection, number: int) -> Product:
    """Refuses `unknown_product`."""
    found = _record(connection, "product", Product, str(number))
    if found is None:
        raise Refused(Code.UNKNOWN_PRODUCT, product=number)
    return found


def product_name(connection: Connection, number: int) -> Words:
    found = _record(connection, "product", Product, str(number))
    return found.name if found else Words(f"#{number}", f"#{number}")


def activities(connection: Connection) -> list[Activity]:
    return _records(connection, "activity", Activity)


def station(connection: Connection, station_id: str) -> StationInfo:
    """Refuses `station_unknown`."""
    found = _record(connection, "station", StationInfo, station_id)
    if found is None:
        raise Refused(Code.STATION_UNKNOWN)
    return found


def stations(connection: Connection) -> list[StationInfo]:
    return _records(connection, "station", StationInfo)


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    m = row._mapping
    day = date.fromisoformat(m["day"])
    starts, ends = from_ms(m["starts_at"]), from_ms(m["ends_at"])
    return Session(m["number"], m["activity_id"], starts, ends, m["capacity"], day)


def sessions_of(connection: Connection, day: date) -> list[Session]:
    """The sessions of a day by their start."""
    found = sa.select(t.session).where(t.session.c.day == day.isoformat()).order_by(t.session.c.starts_at)
    return [_session(row) for row in connection.execute(found)]


def session(connection: Connection, number: int) -> Session | None:
    row = connection.execute(sa.select(t.session).where(t.session.c.number == number)).first()
    return _session(row) if row else None


def places_sold(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Places taken in each session, counted from tickets that were not cancelled."""
    wanted = list(numbers)
    live = ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id)
    counted = sa.select(t.ticket.c.session, sa.func.sum(t.ticket.c.places)).where(
        t.ticket.c.session.in_(wanted), live
    )
    sold = {
        number: int(places) for number, places in connection.execute(counted.group_by(t.ticket.c.session))
    }
    return {number: sold.get(number, 0) for number in wanted}


@dataclass(frozen=True, slots=True)
class StaffRow:
    member: StaffMember
    verifier: str
    active: bool


def staff(connection: Connection) -> list[StaffRow]:
    rows = connection.execute(sa.select(t.staff).order_by(t.staff.c.staff_id))
    return [_staff_row(row) for row in rows]


def _staff_row(row: sa.Row[tuple[object, ...]]) -> StaffRow:
    m = row._mapping
    member = StaffMember(m["staff_id"], codec.loads(Words, m["name"]), m["role"], m["language"])
    return StaffRow(member, m["verifier"], bool(m["active"]))


def staff_name(connection: Connection, staff_id: str) -> Words:
    name = connection.execute(sa.select(t.staff.c.name).where(t.staff.c.staff_id == staff_id)).scalar()
    return codec.loads(Words, name) if name else Words(staff_id, staff_id)


def staff_role(connection: Connection, staff_id: str) -> str:
    found = sa.select(t.staff.c.role).where(t.staff.c.staff_id == staff_id, t.staff.c.active == 1)
    return connection.execute(found).scalar() or ""


def ticket_keys(connection: Connection) -> dict[int, Ed25519PublicKey]:
    """Public keys by key id."""
    rows = connection.execute(sa.select(t.ticket_key.c.key_id, t.ticket_key.c.public))
    return {key_id: Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)) for key_id, public in rows}
