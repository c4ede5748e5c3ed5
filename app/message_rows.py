"""Messages as screens show them: how each fares, whom it is about; and how many a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.left_open import count
from app.shown_messages import FAILED, MessageRow, State
from ledger import read_guests
from ledger import tables as t
from ledger.clock import from_ms, to_ms

COUNTED = timedelta(days=3)  # what nobody sent again by then, nobody will
_c = t.message.c
# What ended for good: a code is blank once it was given up and of no use once sent; what was said to somebody who
# is erased is blank.
OVER = sa.and_(_c.state.in_((State.GIVEN_UP, State.SENT)), sa.or_(_c.kind == "code", _c.address == ""))
_NUMBERS = sa.select(t.reservation.c.booking_id, t.reservation.c.number).where(
    t.reservation.c.booking_id.in_(sa.bindparam("bookings", expanding=True))
)


def failed_lately(connection: Connection, now: datetime) -> int:
    """How many messages of the last days were not sent and still can be."""
    since = to_ms(now - COUNTED)
    return count(connection, sa.and_(_c.state.in_(FAILED), _c.at >= since, sa.not_(OVER)))


def message_rows(connection: Connection, rows: Sequence[Any]) -> tuple[MessageRow, ...]:
    """Of these rows, in their order; names and numbers are asked for together."""
    known = read_guests.guests(connection, {row.guest_id for row in rows if row.guest_id})
    names = {each.guest_id: read_guests.now(connection, each).name for each in known}
    bookings = sorted({row.booking_id for row in rows if row.booking_id})
    found = connection.execute(_NUMBERS, {"bookings": bookings}).all()
    numbers = {row.booking_id: row.number for row in found}
    return tuple(_shown(row, names, numbers) for row in rows)


def _shown(row: Any, names: dict[str, str], numbers: dict[str, str]) -> MessageRow:
    return MessageRow(
        row.message_id, row.kind, row.channel, row.address, State(row.state), row.why, names.get(row.guest_id, ""),
        numbers.get(row.booking_id, ""), from_ms(row.at), row.tries, from_ms(row.next_at) if row.next_at else None,
        from_ms(row.sent_at) if row.sent_at else None,
    )  # fmt: skip
