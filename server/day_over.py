"""Paid bookings whose day has ended: completed where somebody came, else a no-show.

A gate that had no line tells of its guests afterwards: a no-show of the last month is completed then.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Life, when_over
from ledger import read_setup
from ledger import tables as t
from server.holding import STANDS, becomes, lock
from server.setup import SetUp

_AT_ONCE = 50
_LATEST = timedelta(days=31)
_TODAY: sa.BindParameter[str] = sa.bindparam("today")
_MINE = t.ticket.c.booking_id == t.reservation.c.booking_id
_GOOD = ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id)
_USED = sa.exists().where(
    t.admission.c.ticket_id == t.ticket.c.ticket_id,
    ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id),
)
_ANY = (
    sa.select(t.reservation.c.booking_id)
    .where(t.reservation.c.life.in_((Life.CONFIRMED.value, Life.NO_SHOW.value)))
    .limit(1)
)
_COUNT = sa.select(sa.func.count()).select_from(t.ticket).where(_MINE)
_FOUND = (
    sa.select(
        t.reservation,
        _COUNT.where(_USED).scalar_subquery().label("came"),
        _COUNT.where(_GOOD).scalar_subquery().label("good"),
    )
    .order_by(t.reservation.c.booking_id)
    .limit(_AT_ONCE)
)
_ENDED = _FOUND.where(
    t.reservation.c.life == Life.CONFIRMED.value,
    t.reservation.c.day < _TODAY,
    ~sa.exists().where(_MINE, _GOOD, t.ticket.c.day >= _TODAY),  # some of them may have moved
    STANDS,  # else it is about to be called off
)
_CAME_LATE = _FOUND.where(
    t.reservation.c.life == Life.NO_SHOW.value,
    t.reservation.c.day >= sa.bindparam("since"),
    sa.exists().where(_MINE, _USED),
)


def end_days(connection: Connection, setup: SetUp) -> None:
    """Of each kind so many at once; by the venue's own days, and no guest is told."""
    if connection.execute(_ANY).first() is None:  # nor need there be a venue yet
        return
    today = read_setup.day_at(connection, setup.now)
    days = {"today": today.isoformat(), "since": (today - _LATEST).isoformat()}
    looked = (connection.execute(which, days).all() for which in (_ENDED, _CAME_LATE))
    waiting = [row.booking_id for found in looked for row in found]
    if not waiting:
        return
    mine = t.reservation.c.booking_id.in_(lock(connection, waiting))
    for which in (_ENDED, _CAME_LATE):
        for row in connection.execute(which.where(mine), days).all():
            _end(row, setup)


def _end(row: Any, setup: SetUp) -> None:
    life = when_over(row.came, row.good)
    becomes(row, life, op.BookingOver(row.booking_id, life.value, row.came), setup)
