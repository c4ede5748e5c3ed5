"""Places that are kept for bookings, and what ends them: payment, time, a person.

A hold is a lease of the server's own, so that every station counts it as taken; it ends exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec, lease
from domain import operation as op
from domain.booking import HOLDS, PAID_FOR, Booked, How, Life, check_move
from domain.errors import Code, Refused
from ledger import tables as t
from ledger import tombstones
from ledger.puts import day_bucket
from ledger.read_money import CHARGE_STANDS, SALE_STANDS
from ledger.rows import add_rows
from server import alerts
from server.access import Station
from server.booking_states import kept_as, paid_as, stale, turn_into
from server.database import lock_subjects
from server.leases import not_now
from server.refund_tasks import WAITS, locks_of, return_rejected
from server.setup import SetUp
from server.standing import judge, standing

_AT_ONCE = 50
_ROW = sa.select(t.reservation).where(t.reservation.c.booking_id == sa.bindparam("booking"))
STANDS = sa.and_(
    sa.exists().where(
        t.sale.c.booking_id == t.reservation.c.booking_id,
        SALE_STANDS,
    ),
    sa.exists().where(
        t.charge.c.booking_id == t.reservation.c.booking_id,
        CHARGE_STANDS,
    ),
)
"""A reservation was paid, and not all of it went back or was voided; a second payment does not bring that back."""
_FIRST = sa.select(t.reservation).order_by(t.reservation.c.booking_id).limit(_AT_ONCE)
_UNCONFIRMED = _FIRST.where(
    t.reservation.c.life.not_in([life.value for life in PAID_FOR]),
    STANDS,
    ~sa.and_(t.reservation.c.life == Life.REJECTED.value, WAITS),
)
_OVERDUE = _FIRST.where(t.reservation.c.life == Life.HELD.value, ~STANDS)


def row_of(connection: Connection, booking_id: str) -> Any:
    """The reservation as it stands; None for none. To be read under the booking's lock."""
    return connection.execute(_ROW, {"booking": booking_id}).first()


def booked_in(row: Any) -> Booked:
    return codec.loads(Booked, row.body)


# places --------------------------------------------------------------------------------------------------------


def hold(
    connection: Connection,
    station: Station,
    hold_id: str,
    wanted: Mapping[int, int],
    setup: SetUp,
    *,
    back: Mapping[int, int] = MappingProxyType({}),
) -> Refused | None:
    """Keeps places, of each session so many, of all of them or of none; under their locks. `back` are those that the
    same booking gives back for them. A refusal calls for what stations hold, as that of a lease does."""
    found = {number: standing(connection, number) for number in sorted(wanted)}
    there = {number: here for number, here in found.items() if here is not None}
    if len(there) < len(wanted):
        return Refused(Code.RECORD_INVALID, record="booking")
    for number, here in there.items():
        mine = back.get(number, 0)
        if wanted[number] - mine > max(here.free, 0):
            return not_now(connection, station, replace(here, free=here.free + mine), setup)
    for number, here in there.items():
        values = _part(number, wanted[number], setup) | {"lease_id": f"{hold_id}/{number}"}
        add_rows(connection, [(t.lease, values | {"bucket": day_bucket(here.session.day)})])
    setup.touch(t.lease)
    return None


def release(connection: Connection, hold_id: str, wanted: Mapping[int, int], how: str, setup: SetUp) -> None:
    """Ends a hold: its places are `used`, or `returned`. Ended before, it stays so."""
    for number, places in sorted(wanted.items()):
        values = _part(number, places, setup) | {
            "end_id": f"{hold_id}/{number}",
            "how": how,
            "used": 0,
        }
        began = sa.select(t.lease.c.bucket).where(t.lease.c.lease_id == f"{hold_id}/{number}")
        if (bucket := connection.execute(began).scalar()) is not None:
            add_rows(connection, [(t.lease_end, values | {"bucket": bucket})])
    setup.touch(t.lease_end, t.case_item)
    judge(connection, [f"session:{number}" for number in sorted(wanted)], setup.now_ms)


def _part(number: int, places: int, setup: SetUp) -> dict[str, str | int]:
    values: dict[str, str | int] = {
        "session": number,
        "station_id": lease.HOLDER,
        "incarnation": 0,
        "places": places,
    }
    return values | {"at": setup.now_ms, "op_id": "", "seq": 0}


# what becomes of it --------------------------------------------------------------------------------------------


def becomes(row: Any, life: Life, said: op.Operation, setup: SetUp, **more: str | int) -> None:
    """Moves a reservation on, under its lock, and journals what was said; refuses `booking_is` for no move of it. Who
    keeps no places any more gives them back; nobody is asked to decide any more."""
    check_move(Life(row.life), life)
    mine = t.reservation.c.booking_id == row.booking_id
    setup.connection.execute(sa.update(t.reservation).where(mine).values(life=life.value, seq=0, **more))
    setup.touch(t.reservation)
    setup.note(said)
    if alerts.end(setup.connection, review_of(row.booking_id)):
        setup.touch(t.alert, tombstones.tombstone)
    if Life(row.life) in HOLDS and life not in HOLDS:
        is_used = life is Life.CONFIRMED and "body" not in more  # else it was paid as something else
        hold_id, how = kept_as(setup.connection, row.booking_id), "used" if is_used else "returned"
        release(setup.connection, hold_id, booked_in(row).places(), how, setup)


def review_of(booking_id: str) -> str:
    """The id of the alert that a booking waits for somebody's yes."""
    return f"review:{booking_id}"


def settle_due(connection: Connection, setup: SetUp) -> list[tuple[Any, Life]]:
    """Confirms what was paid, whatever became of it meanwhile: the guest has paid; but what was rejected goes back.
    Ends what was not paid in time. Returns the rows of the confirmed, each with what it was before."""
    overdue = _OVERDUE.where(t.reservation.c.expires_at <= setup.now_ms)
    waiting = [row.booking_id for which in (_UNCONFIRMED, overdue) for row in connection.execute(which)]
    if not waiting:
        return []
    also = set[str]().union(*(locks_of(connection, booking_id) for booking_id in waiting))
    mine = t.reservation.c.booking_id.in_(lock(connection, waiting, also))
    paid = connection.execute(_UNCONFIRMED.where(mine)).all()
    confirmed = [row for row in paid if not _goes_back(connection, row, setup)]
    for row in confirmed:
        _confirm(row, setup)
    for row in connection.execute(overdue.where(mine)).all():
        becomes(row, Life.EXPIRED, op.BookingExpired(row.booking_id), setup)
    return [(row_of(connection, row.booking_id), Life(row.life)) for row in confirmed]


def _goes_back(connection: Connection, row: Any, setup: SetUp) -> bool:
    """Whether what was paid goes back by itself: what somebody had rejected."""
    return row.life == Life.REJECTED and return_rejected(connection, row.booking_id, setup)


def _confirm(row: Any, setup: SetUp) -> None:
    """As what it was paid for: a till may not have heard of a change. Then, and when it had ended, a person looks."""
    paid, late = paid_as(setup.connection, row), Life(row.life) not in HOLDS
    before = paid != booked_in(row)
    more = turn_into(row, paid, setup.ids.new(), How.BEFORE, setup) if before else {}
    said = op.BookingConfirmed(row.booking_id, late, before)
    becomes(row, Life.CONFIRMED, said, setup, expires_at=0, **more)
    if late or before:
        judge(setup.connection, [f"booking:{row.booking_id}"], setup.now_ms)
        setup.touch(t.case_item)


def locked(connection: Connection, booking_id: str, asker: str, also: Iterable[str] = ()) -> Any:
    """A reservation under the locks of `lock`; refuses `booking_unknown`, and `booking_changed` when a colleague
    changed it at this moment."""
    stays = lock(connection, [booking_id], also)
    row = row_of(connection, booking_id)
    if row is None:
        raise Refused(Code.BOOKING_UNKNOWN)
    if not stays:
        raise stale(connection, booking_id, asker)
    return row


def lock(connection: Connection, booking_ids: Sequence[str], also: Iterable[str] = ()) -> list[str]:
    """Locks reservations with the sessions whose places they keep and the guests who are told, all at once: one after
    the other, two who decide about several would wait for each other. Returns those that were not changed meanwhile: of
    the others other sessions would have to be locked."""
    about = {f"booking:{booking_id}" for booking_id in booking_ids} | set(also)
    wanted = sa.select(t.reservation).where(t.reservation.c.booking_id.in_(booking_ids))
    seen = {row.booking_id: row for row in connection.execute(wanted)}
    for row in seen.values():
        about |= {f"guest:{row.guest_id}", *(f"session:{number}" for number in booked_in(row).places())}
    lock_subjects(connection, about)
    now = connection.execute(wanted).all()
    return [row.booking_id for row in now if (was := seen.get(row.booking_id)) and was.body == row.body]
