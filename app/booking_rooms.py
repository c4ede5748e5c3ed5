"""How full that is which a booking is for, as it is now: sessions with their places, goods with their number a day.

Of a session that this station does not know nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.booking_sessions import sessions_by_number
from app.shown_bookings import BookingRoom
from domain.booking import HOLDS, Booked, How
from domain.booking_checks import Room
from domain.lease import HOLDER
from ledger import read_setup
from ledger import tables as t
from ledger.lease_book import balances_known
from ledger.read_goods import numbered, taken

_CHANGED = (
    sa.select(t.reservation_change.c.change_id)
    .where(
        t.reservation_change.c.booking_id == sa.bindparam("booking"),
        t.reservation_change.c.how == How.CHANGED.value,
    )
    .order_by(t.reservation_change.c.n.desc())
)
_KEPT = sa.select(t.lease.c.session, t.lease.c.places).where(
    t.lease.c.lease_id.in_(sa.bindparam("holds", expanding=True)),
    ~sa.exists().where(t.lease_end.c.end_id == t.lease.c.lease_id),
)


def booking_rooms(connection: Connection, row: Any, booked: Booked) -> tuple[BookingRoom, ...]:
    """Sessions by their start, then goods."""
    return (*_sessions(connection, row, booked), *_goods(connection, row, booked))


def _sessions(connection: Connection, row: Any, booked: Booked) -> Iterator[BookingRoom]:
    wanted = booked.places()
    known = {each.number: each for each in read_setup.sessions(connection, wanted)}
    shown, sold = sessions_by_number(connection, known), read_setup.places_sold(connection, list(known))
    kept, held = _kept(connection, row.booking_id, wanted), balances_known(connection, known)
    for number in sorted(known, key=lambda each: (known[each].starts_at, each)):
        all_taken = sold[number] + max(0, held[number].get(HOLDER, 0))
        room = Room(wanted[number], kept.get(number, 0), all_taken, known[number].capacity)
        yield BookingRoom(shown[number].activity, (shown[number].starts_at, shown[number].ends_at), room)


def _kept(connection: Connection, booking_id: str, wanted: dict[int, int]) -> dict[int, int]:
    """By session what is kept for the booking as it is now, and not given back."""
    last = connection.execute(_CHANGED, {"booking": booking_id}).scalar() or booking_id
    holds = [f"{last}/{number}" for number in wanted]
    return {session: int(places) for session, places in connection.execute(_KEPT, {"holds": holds})}


def _goods(connection: Connection, row: Any, booked: Booked) -> Iterator[BookingRoom]:
    known = numbered(connection, (line.product for line in booked.lines))
    gone = taken(connection, booked.day, known) if known else {}
    for number, product in known.items():
        wanted = sum(line.quantity for line in booked.lines if line.product == number)
        kept = wanted if row.life in HOLDS else 0
        yield BookingRoom(product.name, None, Room(wanted, kept, gone[number], product.per_day))
