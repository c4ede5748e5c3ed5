"""Questions of the gate: what is known of a ticket, who is inside, the last scans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import INSTEAD
from domain.catalogue import Words
from domain.visit import Ended, Entry, Known
from ledger import bans
from ledger import tables as t
from ledger.clock import from_ms
from ledger.read_money import owed
from ledger.read_setup import staff_name

_LIVE = ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id)
_AMONG: sa.BindParameter[str] = sa.bindparam("tickets", expanding=True)
_ENDED_AMONG = sa.select(t.ticket_cancel.c.ticket_id).where(t.ticket_cancel.c.ticket_id.in_(_AMONG))
_USED_AMONG = sa.select(t.admission.c.ticket_id).where(t.admission.c.ticket_id.in_(_AMONG), _LIVE)
# Statements are built once: building one costs more than running it.
_TICKET = sa.select(t.ticket).where(t.ticket.c.ticket_id == sa.bindparam("ticket"))
_NAME = sa.select(t.ticket_name.c.name).where(t.ticket_name.c.ticket_id == sa.bindparam("ticket"))
_CANCELED = sa.select(t.ticket_cancel.c.void_id).where(t.ticket_cancel.c.ticket_id == sa.bindparam("ticket"))
_INSTEAD = sa.select(t.reservation_change.c.how).where(
    t.reservation_change.c.change_id == sa.bindparam("end"),
    t.reservation_change.c.how.in_([how.value for how in INSTEAD]),
)
_REVOKED = sa.select(t.ticket_revoke.c.ticket_id).where(
    t.ticket_revoke.c.ticket_id == sa.bindparam("ticket"), t.ticket_revoke.c.revoke_id == sa.bindparam("end")
)
_ENTRIES = (
    sa.select(t.admission)
    .where(t.admission.c.ticket_id == sa.bindparam("ticket"), _LIVE, t.admission.c.again == 0)
    .order_by(t.admission.c.at, t.admission.c.admission_id)
)
_PARTY = sa.select(
    t.ticket.c.product,
    sa.exists().where(t.admission.c.ticket_id == t.ticket.c.ticket_id, _LIVE).label("inside"),
).where(
    t.ticket.c.booking_id == sa.bindparam("booking"),
    ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
)


def ended_among(connection: Connection, ticket_ids: Collection[str]) -> set[str]:
    """Those of the tickets that ended."""
    return set(connection.execute(_ENDED_AMONG, {"tickets": list(ticket_ids)}).scalars())


def used_among(connection: Connection, ticket_ids: Collection[str]) -> set[str]:
    """Those of the tickets on which somebody came in."""
    return set(connection.execute(_USED_AMONG, {"tickets": list(ticket_ids)}).scalars())


def known(connection: Connection, ticket_id: str, language: str) -> Known:
    """All that decides about a ticket; an unknown ticket id gives Known() whose `sold` is False."""
    entries = entries_of(connection, ticket_id, language)
    found = connection.execute(_TICKET, {"ticket": ticket_id}).first()
    debt = owed(connection, found.booking_id) if found and found.booking_id else 0
    banned = found is not None and bans.is_unwelcome(connection, found.booking_id)
    return Known(found is not None, _ended(connection, ticket_id), debt, entries, banned)


def _ended(connection: Connection, ticket_id: str) -> Ended | None:
    """By what its end names; None while it is good."""
    end = connection.execute(_CANCELED, {"ticket": ticket_id}).scalar()
    if end is None:
        return None
    if (instead := connection.execute(_INSTEAD, {"end": end}).scalar()) is not None:
        return Ended(instead)
    revoked = connection.execute(_REVOKED, {"ticket": ticket_id, "end": end}).first()
    return Ended.CANCELED if revoked is None else Ended.REVOKED


def gate_name(stored: str) -> Words:
    """A gate's names as a row keeps them; rows of before gates had two names hold the one."""
    return codec.loads(Words, stored) if stored.startswith("{") else Words(stored, stored)


def entries_of(connection: Connection, ticket_id: str, language: str) -> tuple[Entry, ...]:
    """First entries that were not undone, oldest first; re-entries that staff allowed are no entries of their own."""
    return tuple(
        Entry(
            row.admission_id,
            from_ms(row.at),
            gate_name(row.gate),
            staff_name(connection, row.staff_id).get(language),
        )
        for row in connection.execute(_ENTRIES, {"ticket": ticket_id})
    )


@dataclass(frozen=True, slots=True)
class TicketRow:
    ticket_id: str
    booking_id: str
    product: int
    session: int
    day: date


def ticket(connection: Connection, ticket_id: str) -> TicketRow | None:
    row = connection.execute(_TICKET, {"ticket": ticket_id}).first()
    if row is None:
        return None
    return TicketRow(row.ticket_id, row.booking_id, row.product, row.session, date.fromisoformat(row.day))


def guest_of(connection: Connection, ticket_id: str) -> str:
    """Who comes on a ticket, as it was written in the booking; empty for nobody."""
    return connection.execute(_NAME, {"ticket": ticket_id}).scalar() or ""


def tickets_of(connection: Connection, day: date) -> list[TicketRow]:
    """The tickets of a day."""
    found = sa.select(t.ticket).where(t.ticket.c.day == day.isoformat())
    return [
        TicketRow(row.ticket_id, row.booking_id, row.product, row.session, day)
        for row in connection.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class AdmissionRow:
    ticket_id: str
    product: int
    session: int
    day: date
    at: datetime


def admission(connection: Connection, admission_id: str) -> AdmissionRow | None:
    """An admission that was not undone."""
    found = sa.select(t.admission, t.ticket.c.product.label("product"))
    found = found.join_from(
        t.admission, t.ticket, t.ticket.c.ticket_id == t.admission.c.ticket_id, isouter=True
    )
    row = connection.execute(found.where(t.admission.c.admission_id == admission_id, _LIVE)).first()
    if row is None:
        return None
    return AdmissionRow(
        row.ticket_id, row.product or 0, row.session, date.fromisoformat(row.day), from_ms(row.at)
    )


@dataclass(frozen=True, slots=True)
class Group:
    """A booking's guests: how many there are, how many are in, how many of each product."""

    of: int
    inside: int
    mix: tuple[tuple[int, int], ...]


def group(connection: Connection, booking_id: str) -> Group:
    tickets = connection.execute(_PARTY, {"booking": booking_id}).all()
    inside = sum(bool(row.inside) for row in tickets)
    mix: dict[int, int] = {}
    for row in tickets:
        mix[row.product] = mix.get(row.product, 0) + 1
    return Group(len(tickets), inside, tuple(mix.items()))


@dataclass(frozen=True, slots=True)
class Scan:
    """`code` is `ok`, `ok_reentry` or why it was refused."""

    code: str
    ticket_id: str
    product: int
    gate: Words
    at: datetime


def last_scans(connection: Connection, day: date, most: int, ticket_id: str = "") -> list[Scan]:
    """Admissions and refusals of `day`, newest first; of one ticket when given."""
    text_day = day.isoformat()
    ins = sa.select(
        t.admission.c.again, t.admission.c.ticket_id, t.ticket.c.product, t.admission.c.gate, t.admission.c.at
    )
    ins = ins.join_from(t.admission, t.ticket, t.ticket.c.ticket_id == t.admission.c.ticket_id, isouter=True)
    outs = sa.select(
        t.scan_refused.c.why,
        t.scan_refused.c.ticket_id,
        t.ticket.c.product,
        t.scan_refused.c.gate,
        t.scan_refused.c.at,
    )
    outs = outs.join_from(
        t.scan_refused, t.ticket, t.ticket.c.ticket_id == t.scan_refused.c.ticket_id, isouter=True
    )
    if ticket_id:
        ins, outs = (
            ins.where(t.admission.c.ticket_id == ticket_id),
            outs.where(t.scan_refused.c.ticket_id == ticket_id),
        )
    else:
        ins, outs = ins.where(t.admission.c.day == text_day), outs.where(t.scan_refused.c.day == text_day)
    scans = [
        Scan("ok_reentry" if row[0] else "ok", row[1], row[2] or 0, gate_name(row[3]), from_ms(row[4]))
        for row in connection.execute(ins.where(_LIVE).order_by(t.admission.c.at.desc()).limit(most))
    ]
    scans += [
        Scan(row[0], row[1], row[2] or 0, gate_name(row[3]), from_ms(row[4]))
        for row in connection.execute(outs.order_by(t.scan_refused.c.at.desc()).limit(most))
    ]
    return sorted(scans, key=lambda scan: scan.at, reverse=True)[:most]


def came(connection: Connection, day: date) -> int:
    """Guests who came in on `day`."""
    counted = sa.select(sa.func.count(sa.distinct(t.admission.c.ticket_id)))
    return connection.execute(counted.where(t.admission.c.day == day.isoformat(), _LIVE)).scalar_one()


# Counted apart: asking of each ticket whether it was cancelled takes ten times as long.
_DAY_OF = (
    sa.select(t.ticket.c.day).where(t.ticket.c.ticket_id == t.ticket_cancel.c.ticket_id).scalar_subquery()
)
_EXPECTED = sa.select(
    sa.select(sa.func.count()).where(t.ticket.c.day == sa.bindparam("day")).scalar_subquery(),
    sa.select(sa.func.count())
    .select_from(t.ticket_cancel)
    .where(sa.bindparam("day") == _DAY_OF)
    .scalar_subquery(),
)


def expected(connection: Connection, day: date) -> int:
    """Tickets of `day` that were not cancelled."""
    sold, canceled = connection.execute(_EXPECTED, {"day": day.isoformat()}).one()
    return int(sold - canceled)


_IN_SESSIONS = sa.and_(
    t.ticket.c.session.in_(sa.bindparam("sessions", expanding=True)),
    ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
)
_ARRIVED = sa.select(
    sa.select(sa.func.count(sa.distinct(t.admission.c.ticket_id)))
    .join_from(t.ticket, t.admission, t.admission.c.ticket_id == t.ticket.c.ticket_id)
    .where(_IN_SESSIONS, _LIVE)
    .scalar_subquery(),
    sa.select(sa.func.count()).select_from(t.ticket).where(_IN_SESSIONS).scalar_subquery(),
)


def arrived(connection: Connection, sessions: list[int]) -> tuple[int, int]:
    """How many tickets of these sessions came in, and how many there are that were not cancelled."""
    came_in, there = connection.execute(_ARRIVED, {"sessions": sessions}).one()
    return int(came_in), int(there)
