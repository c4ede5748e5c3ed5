"""Bookings that nobody decided about in time: they end by themselves, as what was not paid does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Life
from ledger import read_setup
from ledger import tables as t
from server.holding import STANDS, becomes, booked_in, lock
from server.setup import SetUp

_AT_ONCE = 50
_BEGUN = (
    sa.select(t.reservation)
    .where(
        t.reservation.c.life == Life.UNDER_REVIEW.value,
        t.reservation.c.day <= sa.bindparam("today"),
        ~STANDS,  # else it is about to be confirmed
    )
    .order_by(t.reservation.c.booking_id)
)


def end_undecided(connection: Connection, setup: SetUp) -> list[Any]:
    """Ends what still waits for a decision and is over, so many at once. Returns their rows as they were."""
    over = _over(connection, setup)[:_AT_ONCE]
    if not over:
        return []
    stays = set(lock(connection, [row.booking_id for row in over]))
    ended = [row for row in _over(connection, setup) if row.booking_id in stays]
    for row in ended:
        becomes(row, Life.EXPIRED, op.BookingExpired(row.booking_id), setup)
    return ended


def _over(connection: Connection, setup: SetUp) -> list[Any]:
    waits = sa.select(t.reservation.c.booking_id).where(t.reservation.c.life == Life.UNDER_REVIEW.value)
    if connection.execute(waits.limit(1)).first() is None:  # nor need there be a venue yet
        return []
    today = read_setup.day_at(connection, setup.now)
    rows = connection.execute(_BEGUN, {"today": today.isoformat()}).all()
    return [row for row in rows if read_setup.is_over(connection, booked_in(row), setup.now)]
