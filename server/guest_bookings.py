"""Bookings that guests make by themselves: once for each key, and nobody sees or changes another's."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from domain.text import tidy
from ledger import read_guests
from ledger import tables as t
from server import bookings
from server import tables as own
from server.bookings import Wanted
from server.database import lock_subjects
from server.guest_accounts import BY_THEMSELVES
from server.holding import row_of
from server.operations import SERVER
from server.pricing import Lines, together
from server.setup import SetUp

_KIND = "GuestBooking"


def book(
    setup: SetUp, guest_id: str, key: str, lines: Lines, note: str, day: date | None = None
) -> Any | Refused:
    """The row of the booking that was made under that key, now or before. Refuses `key_reused` where that was another,
    and as `bookings.keep` does; what was refused may be asked for again under the same key."""
    request_id, mark = _id_of(guest_id, key), _mark(lines, note, day)
    lock_subjects(setup.connection, {f"request:{request_id}"})
    known = sa.select(own.request.c.body, own.request.c.answer).where(own.request.c.request_id == request_id)
    if (before := setup.connection.execute(known).first()) is not None:
        if before.body != mark:
            raise Refused(Code.KEY_REUSED)
        return row_of(setup.connection, before.answer)
    booking_id = setup.ids.new()
    wanted = Wanted(booking_id, guest_id, together(lines), tidy(note), day=day)
    made = bookings.keep(BY_THEMSELVES, wanted, setup)
    if isinstance(made, Refused):
        return made
    kept = {"request_id": request_id, "station_id": SERVER, "kind": _KIND, "body": mark, "state": "granted"}
    setup.connection.execute(sa.insert(own.request).values(**kept, answer=booking_id, at=setup.now_ms))
    return row_of(setup.connection, booking_id)


def _id_of(guest_id: str, key: str) -> str:
    """Of a guest's key: nobody else comes to the same."""
    return str(uuid.UUID(bytes=hashlib.sha256(f"{guest_id}\x1f{key}".encode()).digest()[:16]))


def _mark(lines: Lines, note: str, day: date | None) -> str:
    """Tells one body from another and keeps nothing of what it says."""
    said = [lines, note, *([day.isoformat()] if day else [])]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def mine(connection: Connection, guest_id: str, booking_id: str) -> Any:
    """A booking of the guest, or of somebody who goes on as them. Refuses `booking_unknown`, also for another's."""
    row = row_of(connection, booking_id)
    if row is None or row.guest_id not in everybody(connection, guest_id):
        raise Refused(Code.BOOKING_UNKNOWN)
    return row


def everybody(connection: Connection, guest_id: str) -> Sequence[str]:
    """The ids under which a guest booked."""
    return (guest_id, *read_guests.merged_into(connection, guest_id))


def of_guest(connection: Connection, guest_id: str) -> sa.ColumnElement[bool]:
    return t.reservation.c.guest_id.in_(everybody(connection, guest_id))
