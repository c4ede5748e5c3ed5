"""What leases come to: a station's own balance from its journal, everybody's as far as this database knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection

from domain.lease import HOLDER
from domain.operation import BookingMade
from ledger import tables as t
from ledger.clock import from_ms
from ledger.journal import lease_move

# Statements are built once: building one costs more than running it.
_MINE: sa.BindParameter[int] = sa.bindparam("incarnation")
_SESSIONS: sa.BindParameter[int] = sa.bindparam("sessions", expanding=True)
_BALANCES = (
    sa.select(lease_move.c.session, sa.func.sum(lease_move.c.places))
    .where(lease_move.c.incarnation == _MINE, lease_move.c.session.in_(_SESSIONS))
    .group_by(lease_move.c.session)
)
_USED = sa.select(sa.func.coalesce(sa.func.sum(lease_move.c.places), 0)).where(
    lease_move.c.incarnation == _MINE,
    lease_move.c.session == sa.bindparam("session"),
    lease_move.c.kind == BookingMade.__name__,
)
_HAS_LEASE = sa.select(lease_move.c.id).where(lease_move.c.lease_id == sa.bindparam("lease_id")).limit(1)


def balances(journal: Connection, incarnation: int, sessions: Iterable[int]) -> dict[int, int]:
    """How many places of each session this station may still sell, counted from its own operations under this
    incarnation; below zero what was sold beyond."""
    wanted = list(sessions)
    rows = journal.execute(_BALANCES, {"incarnation": incarnation, "sessions": wanted})
    return dict.fromkeys(wanted, 0) | {session: int(places) for session, places in rows}


def used(journal: Connection, incarnation: int, session: int) -> int:
    """How many places of a session were sold here under this incarnation."""
    return -int(journal.execute(_USED, {"incarnation": incarnation, "session": session}).scalar_one())


def has_lease(journal: Connection, lease_id: str) -> bool:
    return journal.execute(_HAS_LEASE, {"lease_id": lease_id}).first() is not None


# what the shared tables say -----------------------------------------------------------------------------------------


def _parts(*sold_how: sa.ColumnElement[bool], besides: Sequence[Any] = ()) -> Any:
    """(session, station, incarnation, places): leased, ended and sold, the last two below zero; and what is known
    `besides`."""
    leased = sa.select(t.lease.c.session, t.lease.c.station_id, t.lease.c.incarnation, t.lease.c.places)
    ended = sa.select(
        t.lease_end.c.session, t.lease_end.c.station_id, t.lease_end.c.incarnation, -t.lease_end.c.places
    )
    sold = (
        sa.select(t.ticket.c.session, t.booking.c.station_id, t.booking.c.incarnation, -t.ticket.c.places)
        .join_from(t.ticket, t.booking, t.booking.c.booking_id == t.ticket.c.booking_id)
        .where(t.booking.c.held == 0)
    )  # others were kept by the server
    return sa.union_all(
        leased.where(t.lease.c.session.in_(_SESSIONS)),
        ended.where(t.lease_end.c.session.in_(_SESSIONS)),
        sold.where(t.ticket.c.session.in_(_SESSIONS), *sold_how),
        *(more.where(more.selected_columns.session.in_(_SESSIONS)) for more in besides),
    ).subquery("part")


def _per_station(*sold_how: sa.ColumnElement[bool], besides: Sequence[Any] = ()) -> Any:
    part = _parts(*sold_how, besides=besides)
    left = sa.func.sum(part.c.places)
    return sa.select(part.c.session, part.c.station_id, left).group_by(
        part.c.session, part.c.station_id
    ), left


def _per_incarnation() -> Any:
    part = _parts()
    who = part.c.session, part.c.station_id, part.c.incarnation
    return sa.select(*who, sa.func.sum(part.c.places)).group_by(*who)


_KNOWN, _ = _per_station()
_APART = _per_incarnation()
_LEASED = sa.select(t.lease.c.station_id, sa.func.max(t.lease.c.incarnation)).group_by(t.lease.c.station_id)
_LEFT_BEHIND = sa.select(t.case_item.c.subject).where(t.case_item.c.kind == "places_left")


def overdrawn(*besides: Any) -> Any:
    """The statement of `overdrafts`; `besides`: (session, station, incarnation, places) of what else was sold of
    leases, below zero."""
    covered, left = _per_station(t.booking.c.override_id == "", besides=besides)
    return covered.having(left < 0)


def overdrafts(connection: Connection, statement: Any, sessions: Iterable[int]) -> list[tuple[int, str, int]]:
    """(session, station, places) of what was sold beyond a lease though nobody allowed it, by `overdrawn`. What a
    supervisor allowed is flagged by itself."""
    rows = connection.execute(statement, {"sessions": list(sessions)})
    return [(session, station_id, -int(places)) for session, station_id, places in rows]


def balances_known(connection: Connection, sessions: Iterable[int]) -> dict[int, dict[str, int]]:
    """By session and station what each may still sell, as far as this database knows."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for session, station_id, places in connection.execute(_KNOWN, {"sessions": list(sessions)}):
        found[session][station_id] = int(places)
    return found


def out_of_reach(connection: Connection, sessions: Iterable[int], present: dict[str, int]) -> Counter[int]:
    """By session the places that no counter can sell: kept for bookings, or held by an incarnation of a station that
    has a successor. `present`: which incarnation a station is, where that is known for sure."""
    found, latest = Counter[int](), _latest(connection) | present
    for session, station_id, incarnation, places in connection.execute(_APART, {"sessions": list(sessions)}):
        if places > 0 and (station_id == HOLDER or incarnation < latest.get(station_id, 0)):
            found[session] += int(places)
    return found


def _latest(connection: Connection) -> dict[str, int]:
    """Which incarnation each station is at least: by its leases, and by what it is known to have left behind."""
    latest = defaultdict[str, int](int)
    for station_id, incarnation in connection.execute(_LEASED):
        latest[station_id] = int(incarnation)
    for subject in connection.execute(_LEFT_BEHIND).scalars():
        _, _, incarnation, station_id = str(subject).split(":", 3)
        latest[station_id] = max(latest[station_id], int(incarnation) + 1)
    return latest


_CALLED = sa.select(t.lease_call.c.session, t.lease_call.c.at).where(
    t.lease_call.c.session.in_(_SESSIONS), t.lease_call.c.station_id == ""
)
_RECENT = (
    sa.select(t.ticket.c.session, sa.func.sum(t.ticket.c.places))
    .join_from(t.ticket, t.booking, t.booking.c.booking_id == t.ticket.c.booking_id)
    .where(
        t.booking.c.station_id == sa.bindparam("station"),
        t.booking.c.at >= sa.bindparam("since", type_=BigInteger),
        t.ticket.c.session.in_(_SESSIONS),
    )
    .group_by(t.ticket.c.session)
)


def called_at(connection: Connection, sessions: Iterable[int]) -> dict[int, int]:
    """When places of a session were last called for (server's time, ms since 1970)."""
    return {row.session: row.at for row in connection.execute(_CALLED, {"sessions": list(sessions)})}


def sold_since(
    connection: Connection, station_id: str, since_ms: int, sessions: Iterable[int]
) -> dict[int, int]:
    """Places of each session that a station sold since then."""
    values = {"station": station_id, "since": since_ms, "sessions": list(sessions)}
    return {session: int(places) for session, places in connection.execute(_RECENT, values)}


_FOR_ME = (
    sa.select(t.lease)
    .where(
        t.lease.c.station_id == sa.bindparam("station"),
        t.lease.c.incarnation == _MINE,
        sa.exists().where(t.result.c.result_id == t.lease.c.lease_id),
    )
    .order_by(t.lease.c.lease_id)
)
_CUT = (
    sa.select(t.lease_end)
    .where(
        t.lease_end.c.station_id == sa.bindparam("station"),
        t.lease_end.c.incarnation == _MINE,
        t.lease_end.c.how == "revoked",
    )
    .order_by(t.lease_end.c.end_id)
)


@dataclass(frozen=True, slots=True)
class Given:
    """A lease that the server granted to this station, or a part that it took back (`row_id` is the lease's or the
    revocation's)."""

    row_id: str
    session: int
    day: date
    places: int


def granted(cache: Connection, station_id: str, incarnation: int) -> list[Given]:
    """Leases whose answer is here too: until then they may not be used."""
    rows = cache.execute(_FOR_ME, {"station": station_id, "incarnation": incarnation})
    return [Given(row.lease_id, row.session, _day(row.bucket), row.places) for row in rows]


def revoked(cache: Connection, station_id: str, incarnation: int) -> list[Given]:
    """Their day is that of the lease; the session may have gone where this station does not see it."""
    days = {given.session: given.day for given in granted(cache, station_id, incarnation)}
    rows = cache.execute(_CUT, {"station": station_id, "incarnation": incarnation})
    return [
        Given(row.end_id, row.session, days.get(row.session, from_ms(row.at).date()), row.places)
        for row in rows
    ]


def _day(bucket: str) -> date:
    return date.fromisoformat(bucket.partition(":")[2])
