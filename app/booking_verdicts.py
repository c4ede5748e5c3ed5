"""What waits for a decision about bookings, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown_bookings import BookingRow, Verdict
from domain.booking import Life
from ledger import tables as t

Which = Mapping[Verdict, sa.ColumnElement[bool]]


def verdicts(today: date) -> dict[Verdict, sa.ColumnElement[bool]]:
    """Which bookings; what is paid now was decided before."""
    c, stands = t.reservation.c, (Life.HELD.value, Life.CONFIRMED.value)
    ahead = c.day >= today.isoformat()
    found: dict[Verdict, sa.ColumnElement[bool]] = {
        Verdict.WAITING: c.life == Life.UNDER_REVIEW.value,
        Verdict.APPROVED: sa.and_(c.life.in_(stands), c.decided_by != "", ahead),
        Verdict.REJECTED: sa.and_(c.life == Life.REJECTED.value, ahead),
    }
    return found | {Verdict.ALL: sa.or_(*found.values())}


def counts(connection: Connection, which: Which) -> dict[Verdict, int]:
    """How many there are of each."""
    counted = sa.select(*(sa.func.count().filter(each) for each in which.values())).select_from(t.reservation)
    found = connection.execute(counted.where(which[Verdict.ALL])).one()
    return dict(zip(which, found, strict=True))


def by_due(row: BookingRow) -> tuple[bool, datetime | date]:
    """That first which is due first."""
    return row.due is None, row.due or row.day
