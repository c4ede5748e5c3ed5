"""Places that are kept for bookings, and what ends them: payment, time, a person.

A hold is a lease of the server's own, so that every station counts it as taken; it ends exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.booking import HOLDS, Booked, Life, check_move
from domain.errors import Code, Refused
from ledger import tables as t
from ledger.puts import day_bucket
from ledger.rows import add_rows
from server.access import Station
from server.database import lock_subjects
from server.leases import HOLDER, not_now
from server.setup import SetUp
from server.standing import judge, standing

_AT_ONCE = 50
_ROW = sa.select(t.reservation).where(t.reservation.c.booking_id == sa.bindparam("booking"))
_PAID = sa.exists().where(
    t.sale.c.booking_id == t.reservation.c.booking_id,
    ~sa.exists().where(t.sale_void.c.sale_id == t.sale.c.sale_id),
)


def row_of(connection: Connection, booking_id: str) -> Any:
    """The reservation as it stands; None for none. To be read under the booking's lock."""
    return connection.execute(_ROW, {"booking": booking_id}).first()


def booked_in(row: Any) -> Booked:
    return codec.loads(Booked, row.body)


# places --------------------------------------------------------------------------------------------------------


def hold(
    connection: Connection, station: Station, booking_id: str, wanted: Mapping[int, int], setup: SetUp
) -> Refused | None:
    """Keeps places, of each session so many, of all of them or of none; under their locks. A refusal calls for what
    stations hold, as that of a lease does."""
    there = {number: standing(connection, number) for number in sorted(wanted)}
    for number, here in there.items():
        if here is None:
            return Refused(Code.RECORD_INVALID, record="booking")
        if wanted[number] > here.free:
            return not_now(connection, station, here, setup)
    for number, here in there.items():
        values = _part(number, wanted[number], setup) | {"lease_id": f"{booking_id}/{number}"}
        add_rows(
            connection,
            [(t.lease, values | {"bucket": day_bucket(here.session.day if here else setup.now.date())})],
        )
    setup.touch(t.lease)
    return None


def release(
    connection: Connection, booking_id: str, wanted: Mapping[int, int], how: str, setup: SetUp
) -> None:
    """Ends a hold: its places are `used`, or `returned`. Ended before, it stays so."""
    for number, places in sorted(wanted.items()):
        values = _part(number, places, setup) | {
            "end_id": f"{booking_id}/{number}",
            "how": how,
            "used": 0,
        }
        began = sa.select(t.lease.c.bucket).where(t.lease.c.lease_id == f"{booking_id}/{number}")
        if (bucket := connection.execute(began).scalar()) is not None:
            add_rows(connection, [(t.lease_end, values | {"bucket": bucket})])
    setup.touch(t.lease_end, t.case_item)
    judge(connection, [f"session:{number}" for number in sorted(wanted)], setup.now_ms)


def _part(number: int, places: int, setup: SetUp) -> dict[str, str | int]:
    values: dict[str, str | int] = {
        "session": number,
        "station_id": HOLDER,
        "incarnation": 0,
        "places": places,
    }
    return values | {"at": setup.now_ms, "op_id": "", "seq": 0}


# what becomes of it --------------------------------------------------------------------------------------------


def becomes(row: Any, life: Life, said: op.Operation, setup: SetUp, **more: str | int) -> None:
    """Moves a reservation on, under its lock, and journals what was said; refuses `booking_is` for no move of it. Who
    keeps no places any more gives them back."""
    check_move(Life(row.life), life)
    mine = t.reservation.c.booking_id == row.booking_id
    setup.connection.execute(sa.update(t.reservation).where(mine).values(life=life.value, seq=0, **more))
    setup.touch(t.reservation)
    setup.note(said)
    if Life(row.life) in HOLDS and life not in HOLDS:
        how = "used" if life is Life.CONFIRMED else "returned"
        release(setup.connection, row.booking_id, booked_in(row).places(), how, setup)


def confirm_paid(connection: Connection, setup: SetUp) -> list[Any]:
    """What was paid is confirmed, whatever became of it meanwhile: the guest has paid. Returns the rows as before."""
    unconfirmed = t.reservation.c.life.not_in(
        (Life.CONFIRMED.value, Life.COMPLETED.value, Life.NO_SHOW.value)
    )
    wanted = sa.select(t.reservation.c.booking_id).where(unconfirmed, _PAID).limit(_AT_ONCE)
    done = []
    for booking_id in connection.execute(wanted).scalars().all():
        _lock(connection, booking_id)
        row = row_of(connection, booking_id)
        life = Life(row.life)
        if life not in (Life.CONFIRMED, Life.COMPLETED, Life.NO_SHOW):
            late = life not in HOLDS
            becomes(row, Life.CONFIRMED, op.BookingConfirmed(booking_id, late), setup, expires_at=0)
            if late:
                judge(connection, [f"booking:{booking_id}"], setup.now_ms)
            done.append(row)
    return done


def expire_due(connection: Connection, setup: SetUp) -> list[Any]:
    """What was not paid in time ends, and its places are free. Returns the rows as they were."""
    held, due = t.reservation.c.life == Life.HELD.value, t.reservation.c.expires_at <= setup.now_ms
    wanted = sa.select(t.reservation.c.booking_id).where(held, due, ~_PAID).limit(_AT_ONCE)
    done = []
    for booking_id in connection.execute(wanted).scalars().all():
        _lock(connection, booking_id)
        row = row_of(connection, booking_id)
        if row.life == Life.HELD and row.expires_at <= setup.now_ms:
            becomes(row, Life.EXPIRED, op.BookingExpired(booking_id), setup)
            done.append(row)
    return done


def _lock(connection: Connection, booking_id: str) -> None:
    row = row_of(connection, booking_id)
    sessions = {f"session:{number}" for number in booked_in(row).places()}
    lock_subjects(connection, {f"booking:{booking_id}", *sessions})
