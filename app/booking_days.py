"""How many bookings each day of a month has, and how full it is: counted in one question to the cache."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown import SessionTile
from app.shown_bookings import CalendarDay, Filled
from domain.booking import Booked, Life, room_wanted
from domain.catalogue import MOST_ACTIVITIES, Activity, Words
from domain.lease import HOLDER
from ledger import read_setup
from ledger import tables as t
from ledger.puts import day_bucket

_GONE = [life.value for life in (Life.REJECTED, Life.CANCELLED, Life.EXPIRED)]
_NONE = sa.literal(0)
_COUNTS = "bookings", "taken", "capacity"


def _part(
    day: sa.ColumnElement[str], activity: sa.ColumnElement[str], *counts: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """Bookings, places taken and capacity by day and activity."""
    columns = (count.label(name) for count, name in zip(counts, _COUNTS, strict=True))
    between = day.between(sa.bindparam("first"), sa.bindparam("last"))
    wanted = sa.select(day.label("day"), activity.label("activity"), *columns)
    return wanted.where(between).group_by(day, activity)


def _in_sessions(table: sa.Table, sign: int = 1) -> sa.Select[Any]:
    """Places of rows that name a session, on its day."""
    places = sa.func.sum(sign * table.c.places)
    joined = sa.join(t.session, table, table.c.session == t.session.c.number)
    return _part(t.session.c.day, t.session.c.activity_id, _NONE, places, _NONE).select_from(joined)


_OF_ANY = sa.literal("")  # a booking may be of several
_PARTS = sa.union_all(
    _part(t.reservation.c.day, _OF_ANY, sa.func.count(), _NONE, _NONE).where(
        t.reservation.c.life.not_in(_GONE)
    ),
    _part(t.session.c.day, t.session.c.activity_id, _NONE, _NONE, sa.func.sum(t.session.c.capacity)),
    _in_sessions(t.ticket).where(
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    ),
    _in_sessions(t.lease).where(t.lease.c.station_id == HOLDER),
    _in_sessions(t.lease_end, -1).where(t.lease_end.c.station_id == HOLDER),
).subquery("part")
_SUMS = (sa.func.sum(_PARTS.c[name]).label(name) for name in _COUNTS)
_BY_DAY = sa.select(_PARTS.c.day, _PARTS.c.activity, *_SUMS).group_by(_PARTS.c.day, _PARTS.c.activity)


def days_of_month(
    connection: Connection, month: date, held: Collection[str]
) -> tuple[tuple[CalendarDay, ...], tuple[Activity, ...]]:
    """The days of the month that `month` lies in, and the activities that have sessions in it, as the venue numbers
    them; `held` are the buckets of which all is here."""
    days = [month.replace(day=n + 1) for n in range(monthrange(month.year, month.month)[1])]
    asked = {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    bookings, filled = Counter[str](), defaultdict[str, list[Filled]](list)
    for row in connection.execute(_BY_DAY, asked):
        bookings[row.day] += int(row.bookings)
        if row.capacity:
            filled[row.day].append(Filled(row.activity, int(row.taken), int(row.capacity)))
    there = _activities(connection, {each.activity_id for some in filled.values() for each in some})
    order = [each.activity_id for each in there]

    def counted(day: date) -> CalendarDay:
        of_day = sorted(filled[day.isoformat()], key=lambda each: order.index(each.activity_id))
        return CalendarDay(day, bookings[day.isoformat()], tuple(of_day), known=day_bucket(day) in held)

    return tuple(map(counted, days)), there


def _activities(connection: Connection, wanted: Collection[str]) -> tuple[Activity, ...]:
    """One that is not known here is called by its id."""
    known = {each.activity_id: each for each in read_setup.activities(connection)}
    found = (known.get(each, Activity(each, Words(each, each), MOST_ACTIVITIES)) for each in wanted)
    return tuple(sorted(found, key=lambda each: (each.number, each.activity_id)))


def with_room(
    connection: Connection, booked: Booked, tiles: Iterable[SessionTile]
) -> tuple[SessionTile, ...]:
    """Those of the same activity as what is booked with as many places, but for its own; the nearest days first."""
    mine = booked.places()
    wanted = room_wanted(booked, read_setup.sessions(connection, mine))
    found = (
        each
        for each in tiles
        if each.activity_id in wanted and each.number not in mine and each.left >= wanted[each.activity_id]
    )
    return tuple(
        sorted(found, key=lambda tile: (abs((tile.starts_at.date() - booked.day).days), tile.starts_at))
    )
