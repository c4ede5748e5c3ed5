"""Questions about the venue's set-up: what is sold, when, by whom; rows in, frozen records out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from domain import codec
from domain.booking import Booked
from domain.catalogue import (
    Activity,
    MembershipPlan,
    Product,
    Session,
    StaffMember,
    StationInfo,
    Venue,
    Words,
)
from domain.errors import Code, Refused
from domain.lease import HOLDER
from domain.limits import RoleLimit, in_force
from domain.policy import Policy
from domain.staff import Permission, may
from ledger import tables as t
from ledger.clock import from_ms

T = TypeVar("T")
KINDS: dict[str, type[object]] = {
    "venue": Venue,
    "activity": Activity,
    "product": Product,
    "policy": Policy,
    "membership": MembershipPlan,
    "station": StationInfo,
    "limit": RoleLimit,
}


# Statements are built once: building one costs more than running it.
_BODIES = sa.select(t.record.c.body).where(t.record.c.kind == sa.bindparam("of"))
_BODY = _BODIES.where(t.record.c.record_id == sa.bindparam("id"))
_POLICY = sa.select(t.record.c.revision, t.record.c.body).where(
    t.record.c.kind == "policy", t.record.c.record_id == sa.bindparam("id")
)
_SESSION = sa.select(t.session).where(t.session.c.number == sa.bindparam("number"))
_SESSIONS_OF = sa.select(t.session).where(t.session.c.number.in_(sa.bindparam("numbers", expanding=True)))
_SESSIONS = sa.select(t.session).where(t.session.c.day == sa.bindparam("day")).order_by(t.session.c.starts_at)
_SOLD = (
    sa.select(t.ticket.c.session, sa.func.sum(t.ticket.c.places))
    .where(
        t.ticket.c.session.in_(sa.bindparam("numbers", expanding=True)),
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .group_by(t.ticket.c.session)
)
_STAFF_NAME = sa.select(t.staff.c.name).where(t.staff.c.staff_id == sa.bindparam("id"))
_LANGUAGE = sa.select(t.staff.c.language).where(t.staff.c.staff_id == sa.bindparam("id"))
_ROLE = sa.select(t.staff.c.role).where(t.staff.c.staff_id == sa.bindparam("id"), t.staff.c.active == 1)
_ONLINE = Words("Online", "عبر الإنترنت")
_SERVER = Words("The server", "الخادم")
_KEYS = sa.select(t.ticket_key.c.key_id, t.ticket_key.c.public)


def reads(kind: str, body: str) -> bool:
    """Whether a record's body is what its kind says; an empty one was withdrawn."""
    try:
        return not body or kind not in KINDS or bool(codec.loads(KINDS[kind], body))
    except Refused:
        return False


_read_once: Callable[[Any, str], Any] = lru_cache(maxsize=512)(codec.loads)


def _read(cls: type[T], body: str) -> T:
    """Records are frozen and few: one text is read once."""
    found: T = _read_once(cls, body)
    return found


def _records(connection: Connection, kind: str, cls: type[T]) -> list[T]:
    rows = connection.execute(_BODIES, {"of": kind}).scalars()
    return [_read(cls, body) for body in rows if body]


def _record(connection: Connection, kind: str, cls: type[T], record_id: str) -> T | None:
    body = connection.execute(_BODY, {"of": kind, "id": record_id}).scalar()
    return _read(cls, body) if body else None


def venue(connection: Connection) -> Venue:
    """The venue's settings; refuses `station_unknown` while nothing was fetched yet."""
    found = _record(connection, "venue", Venue, "venue")
    if found is None:
        raise Refused(Code.STATION_UNKNOWN)
    return found


def day_at(connection: Connection, moment: datetime) -> date:
    """The venue's day at a moment; refuses as `venue`."""
    return moment.astimezone(ZoneInfo(venue(connection).time_zone)).date()


def day_end(connection: Connection, day: date) -> datetime:
    """The midnight with which a day of the venue ends; refuses as `venue`."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(venue(connection).time_zone))


def products(connection: Connection) -> list[Product]:
    """What is sold, by position."""
    return sold_and_withdrawn(connection)[0]


def sold_and_withdrawn(connection: Connection) -> tuple[list[Product], list[Product]]:
    """What is sold, and what is not any more, each by position."""
    known = all_products(connection)
    return [each for each in known if not each.withdrawn], [each for each in known if each.withdrawn]


def all_products(connection: Connection) -> list[Product]:
    """What is sold or was, by position."""
    return sorted(
        _records(connection, "product", Product), key=lambda product: (product.position, product.number)
    )


def product_or_none(connection: Connection, number: int) -> Product | None:
    return _record(connection, "product", Product, str(number))


def product(connection: Connection, number: int) -> Product:
    """Refuses `unknown_product`."""
    found = product_or_none(connection, number)
    if found is None:
        raise Refused(Code.UNKNOWN_PRODUCT, product=number)
    return found


def product_name(connection: Connection, number: int) -> Words:
    found = product_or_none(connection, number)
    return found.name if found else Words(f"#{number}", f"#{number}")


def policy(connection: Connection, policy_id: str) -> tuple[Policy, int]:
    """A cancellation policy and the revision of its record; of what has none, one that gives nothing back by itself."""
    row = connection.execute(_POLICY, {"id": policy_id}).first() if policy_id else None
    if row is None or not row.body:
        return Policy("", Words("", ""), non_refundable=True), 0
    return _read(Policy, row.body), row.revision


def plans(connection: Connection) -> dict[str, MembershipPlan]:
    """What guests can be members of, by id."""
    return {each.plan_id: each for each in _records(connection, "membership", MembershipPlan)}


def own_limits(connection: Connection) -> list[RoleLimit]:
    """What the venue said of its roles by itself."""
    return _records(connection, "limit", RoleLimit)


def limits(connection: Connection, currency: str) -> tuple[RoleLimit, ...]:
    """How much each role may give away, as far as is known here."""
    return in_force(own_limits(connection), currency)


def activities(connection: Connection) -> list[Activity]:
    return _records(connection, "activity", Activity)


def station(connection: Connection, station_id: str) -> StationInfo:
    """Refuses `station_unknown`."""
    found = _record(connection, "station", StationInfo, station_id)
    if found is None:
        raise Refused(Code.STATION_UNKNOWN)
    return found


def station_label(connection: Connection, station_id: str) -> Words:
    """What people call a station; its id where it is not known."""
    found = _record(connection, "station", StationInfo, station_id)
    return found.label if found else Words(station_id, station_id)


def station_name(connection: Connection, station_id: str) -> str:
    """The name in its documents' numbers; its id where it is not known."""
    found = _record(connection, "station", StationInfo, station_id)
    return found.name if found else station_id


def sells(connection: Connection, station_id: str) -> bool:
    """Whether a station has a till, as far as is known."""
    found = _record(connection, "station", StationInfo, station_id)
    return found is not None and "sell" in found.places


def stations(connection: Connection) -> list[StationInfo]:
    return _records(connection, "station", StationInfo)


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    m = row._mapping
    day = date.fromisoformat(m["day"])
    starts, ends = from_ms(m["starts_at"]), from_ms(m["ends_at"])
    return Session(m["number"], m["activity_id"], starts, ends, m["capacity"], day)


def sessions_of(connection: Connection, day: date) -> list[Session]:
    """The sessions of a day by their start."""
    return [_session(row) for row in connection.execute(_SESSIONS, {"day": day.isoformat()})]


def sessions(connection: Connection, numbers: Iterable[int]) -> list[Session]:
    """Those of the numbers that are known."""
    wanted = sorted(set(numbers))
    asked = (wanted[at : at + 500] for at in range(0, len(wanted), 500))
    return [_session(row) for part in asked for row in connection.execute(_SESSIONS_OF, {"numbers": part})]


def last_end(connection: Connection, numbers: Iterable[int]) -> datetime | None:
    """When the last of these sessions ends; None where none of them is known."""
    return max((each.ends_at for each in sessions(connection, numbers)), default=None)


def ends_at(connection: Connection, booked: Booked) -> datetime:
    """From when on nobody can come on a booking any more: its last session ends; of what has none that is known, its
    day."""
    ends = last_end(connection, (place.session for place in booked.tickets))
    return day_end(connection, booked.day) if ends is None else ends


def is_over(connection: Connection, booked: Booked, now: datetime) -> bool:
    return ends_at(connection, booked) <= now


def session(connection: Connection, number: int) -> Session | None:
    row = connection.execute(_SESSION, {"number": number}).first()
    return _session(row) if row else None


def places_sold(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Places taken in each session, counted from tickets that were not cancelled."""
    wanted = list(numbers)
    sold = {number: int(places) for number, places in connection.execute(_SOLD, {"numbers": wanted})}
    return {number: sold.get(number, 0) for number in wanted}


@dataclass(frozen=True, slots=True)
class StaffRow:
    member: StaffMember
    verifier: str
    active: bool


def staff(connection: Connection) -> list[StaffRow]:
    rows = connection.execute(sa.select(t.staff).order_by(t.staff.c.staff_id))
    return [_staff_row(row) for row in rows]


def staff_of(connection: Connection, staff_id: str) -> StaffRow | None:
    """Somebody who works here, or did."""
    found = connection.execute(sa.select(t.staff).where(t.staff.c.staff_id == staff_id)).first()
    return None if found is None else _staff_row(found)


def _staff_row(row: sa.Row[tuple[object, ...]]) -> StaffRow:
    m = row._mapping
    member = StaffMember(m["staff_id"], codec.loads(Words, m["name"]), m["role"], m["language"])
    return StaffRow(member, m["verifier"], bool(m["active"]))


def staff_name(connection: Connection, staff_id: str) -> Words:
    """Of what nobody did, the server's."""
    if staff_id == HOLDER:
        return _SERVER
    name = connection.execute(_STAFF_NAME, {"id": staff_id}).scalar()
    return _read(Words, name) if name else Words(staff_id, staff_id)


def maker(connection: Connection, staff_id: str) -> Words:
    """Who did something about a guest: a member of staff, the server, or, where none is named, the guest by
    themselves."""
    if staff_id == HOLDER:
        return _SERVER
    return staff_name(connection, staff_id) if staff_id else _ONLINE


def staff_name_to(connection: Connection, staff_id: str, reader_id: str) -> str:
    """Somebody's name in the language of the member of staff who reads it."""
    language = connection.execute(_LANGUAGE, {"id": reader_id}).scalar() or "en"
    return staff_name(connection, staff_id).get(language)


def staff_role(connection: Connection, staff_id: str) -> str:
    return connection.execute(_ROLE, {"id": staff_id}).scalar() or ""


def require(connection: Connection, staff_id: str, permission: Permission) -> None:
    """Refuses `not_allowed` to whoever may not by their role now."""
    if not may(staff_role(connection, staff_id), permission):
        raise Refused(Code.NOT_ALLOWED, permission=permission.value)


def ticket_keys(connection: Connection) -> dict[int, Ed25519PublicKey]:
    """Public keys by key id."""
    return {key_id: _public_key(public) for key_id, public in connection.execute(_KEYS)}


@lru_cache(maxsize=256)
def _public_key(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
