"""What was checked of a booking that waits for a decision, by the rows of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.booking_rooms import booking_rooms
from app.booking_rows import booked_in, booking_member
from app.shown_bookings import BookingRoom, BookingRow
from domain.booking import Life
from domain.booking_checks import Check, checks, speaks_against
from ledger import bans, read_guests, read_setup


def checked(
    connection: Connection, row: Any, now: datetime, rooms: Sequence[BookingRoom]
) -> tuple[tuple[Check, bool], ...]:
    """Each check and whether it went well; `rooms` as `booking_rooms`."""
    booked, known = booked_in(row), read_guests.guest(connection, row.guest_id)
    in_time = not read_setup.is_over(connection, booked, now)
    member = booking_member(connection, booked, known.guest_id if known else row.guest_id)
    banned = known is not None and bans.is_banned(connection, known)
    sizes = [each.room for each in rooms]
    return checks(known, row.note, in_time=in_time, rooms=sizes, banned=banned, member=member)


def with_checks(
    connection: Connection, rows: Sequence[Any], shown: Sequence[BookingRow], now: datetime
) -> tuple[BookingRow, ...]:
    """Rows of a list, each that waits for a decision with what speaks against it."""
    return tuple(
        replace(each, against=_against(connection, row, now)) if each.life is Life.UNDER_REVIEW else each
        for row, each in zip(rows, shown, strict=True)
    )


def _against(connection: Connection, row: Any, now: datetime) -> tuple[Check, ...]:
    return speaks_against(checked(connection, row, now, booking_rooms(connection, row, booked_in(row))))
