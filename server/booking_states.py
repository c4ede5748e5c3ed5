"""What a booking was before each of its changes: what its places are kept under, and in which state it was paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import Booked, How, mark_of
from domain.errors import Code, Refused
from ledger import read_setup, tombstones
from ledger import tables as t
from ledger.puts import day_bucket
from ledger.read_money import CHARGE_STANDS, CHARGED
from ledger.rows import add_rows
from server.asked import Asked
from server.setup import SetUp
from server.ticket_names import carry

_CHANGES = (
    sa.select(t.reservation_change)
    .where(t.reservation_change.c.booking_id == sa.bindparam("booking"))
    .order_by(t.reservation_change.c.n.desc())
)
_LAST = _CHANGES.limit(1)
_KEPT_AS = _LAST.where(t.reservation_change.c.how == How.CHANGED.value)
_CHANGED_FIRST = sa.select(sa.func.min(t.reservation_change.c.at)).where(
    t.reservation_change.c.booking_id == sa.bindparam("booking"),
    t.reservation_change.c.how == How.CHANGED.value,
    t.reservation_change.c.at >= sa.bindparam("since", type_=sa.BigInteger),
)
_CHARGED = sa.select(t.charge.c.charge_id).where(t.charge.c.booking_id == sa.bindparam("booking"), CHARGED)
_STANDING = _CHARGED.where(CHARGE_STANDS)


def kept_as(connection: Connection, booking_id: str) -> str:
    """The id under which its places are kept: that of the last change, else its own."""
    last = connection.execute(_KEPT_AS, {"booking": booking_id}).first()
    return str(last.change_id) if last else booking_id


def since_ms(connection: Connection, row: Any) -> int:
    """Since when it waits for its payment (ms since 1970): booked, decided, or changed for the first time after that.
    So one that is changed again and again is not kept for ever."""
    return first_changed_ms(connection, row) or max(int(row.at), int(row.decided_at))


def first_changed_ms(connection: Connection, row: Any) -> int:
    """When it was changed for the first time since it was booked, or decided about; 0 where it was not."""
    since = max(int(row.at), int(row.decided_at))
    found = connection.execute(_CHANGED_FIRST, {"booking": row.booking_id, "since": since}).scalar()
    return int(found or 0)


def change_of(connection: Connection, change_id: str) -> Any:
    """None for one that was not made."""
    mine = t.reservation_change.c.change_id == change_id
    return connection.execute(sa.select(t.reservation_change).where(mine)).first()


def is_charged(connection: Connection, booking_id: str) -> bool:
    """Whether a till was paid for it, whatever of it went back."""
    return connection.execute(_CHARGED, {"booking": booking_id}).first() is not None


def paid_as(connection: Connection, row: Any) -> Booked:
    """The state in which a booking was paid: the present one where that was, else the newest that was; of those of
    which something stands, if there are any."""
    mine = {"booking": row.booking_id}
    charged = set(connection.execute(_STANDING, mine).scalars()) or set(
        connection.execute(_CHARGED, mine).scalars()
    )
    now = codec.loads(Booked, row.body)
    before = connection.execute(_CHANGES, {"booking": row.booking_id})
    states = (now, *(codec.loads(Booked, change.was) for change in before))
    return next((each for each in states if _is_among(each, charged)), now)


def _is_among(booked: Booked, charged: set[str]) -> bool:
    return any(line.charge_id in charged for line in booked.lines)


def check_seen(connection: Connection, asked: Asked, row: Any) -> None:
    """Refuses `booking_changed` where who asks had another state before them; earlier versions say none."""
    if (seen := asked.text("seen")) and seen != mark_of(row.body):
        raise stale(connection, row.booking_id, asked.ask.staff_id)


def stale(connection: Connection, booking_id: str, asker: str) -> Refused:
    """`booking_changed`, with by whom and when (ms since 1970)."""
    last = connection.execute(_LAST, {"booking": booking_id}).first()
    if last is None:
        return Refused(Code.BOOKING_CHANGED)
    known = last.staff_id and asker  # a guest is told no names of staff
    by = read_setup.staff_name_to(connection, last.staff_id, asker) if known else ""
    return Refused(Code.BOOKING_CHANGED, by=by, at=last.at)


def turn_into(
    row: Any,
    booked: Booked,
    change_id: str,
    how: How,
    setup: SetUp,
    who: tuple[str, str] = ("", ""),
    *,
    going: Mapping[str, str] | None = None,
) -> dict[str, str | int]:
    """Notes what a booking was, and moves it to the day on which it is now with all that was noted of it; the names of
    those who come go along. Returns what its row says then. `who`: staff and station; nobody where the server found it.
    `going`: of each ticket that moved here the one in whose place it is."""
    connection = setup.connection
    bucket = day_bucket(_last_day(connection, booked))
    carry(setup, row, (codec.loads(Booked, row.body), booked), going)
    noted = connection.execute(_CHANGES, {"booking": row.booking_id}).all()
    staff_id, station_id = who
    change: dict[str, str | int] = {
        "change_id": change_id, "booking_id": row.booking_id, "n": len(noted) + 1, "how": how.value, "was": row.body,
        "staff_id": staff_id, "station_id": station_id, "at": setup.now_ms, "bucket": bucket, "seq": 0,
    }  # fmt: skip
    if bucket != row.bucket:
        _leave(row.bucket, t.reservation, [row], setup)
        _leave(row.bucket, t.reservation_change, noted, setup)
        mine = t.reservation_change.c.booking_id == row.booking_id
        connection.execute(sa.update(t.reservation_change).where(mine).values(bucket=bucket, seq=0))
    add_rows(connection, [(t.reservation_change, change)])
    setup.touch(t.reservation_change)
    return {
        "body": codec.dumps(booked),
        "day": booked.day.isoformat(),
        "gross": booked.total.minor,
        "currency": booked.total.currency,
        "bucket": bucket,
    }


def _last_day(connection: Connection, booked: Booked) -> date:
    """Where some of its tickets moved to a later day, stations hold it until then: they hold days ahead for longer."""
    there = read_setup.sessions(connection, {place.session for place in booked.tickets} - {0})
    return max([booked.day, *(session.day for session in there)])


def _leave(bucket: str, table: sa.Table, rows: Any, setup: SetUp) -> None:
    for row in rows:
        tombstones.leave(setup.connection, table, row._mapping, bucket)
    setup.touch(tombstones.tombstone)
