"""One booking as its card shows it, with what whoever reads it may do; and what is to be paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.booking_checked import checked
from app.booking_rooms import booking_rooms
from app.booking_rows import (
    added_to,
    booked_in,
    booking_changes,
    booking_guest,
    booking_lines,
    booking_rows,
    came_in,
    first_of,
    going_back,
    phone_for,
)
from app.moving import seats_of, tickets_left, tickets_revoked
from app.shown_bookings import BookingPage, Colleague
from domain.booking import ENDED, HOLDS, PAID_FOR, Life, mark_of
from domain.cart import Cart, CartLine
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from domain.staff import Permission, may
from ledger import bans, read_guests, read_setup, read_sold
from ledger import tables as t
from ledger.clock import from_ms


@dataclass(frozen=True, slots=True)
class About:
    """Whose eyes it is for, and when; who else has it open."""

    role: str
    now: datetime
    online: bool
    looking: tuple[Colleague, ...]


def reservation(connection: Connection, booking_id: str) -> Any:
    """Refuses `booking_unknown`."""
    wanted = sa.select(t.reservation).where(t.reservation.c.booking_id == booking_id)
    row = connection.execute(wanted).first()
    if row is None:
        raise Refused(Code.BOOKING_UNKNOWN)
    return row


def booking_page(connection: Connection, row: Any, about: About) -> BookingPage:
    role, booking_id, booked = about.role, row.booking_id, booked_in(row)
    [shown] = booking_rows(connection, [row], about.now, phone_for(role))
    known = read_guests.guest(connection, row.guest_id)
    sale_id, waits = read_sold.paid_sale(connection, booking_id), shown.life is Life.UNDER_REVIEW
    decides = may(role, Permission.APPROVE_BOOKING)
    rooms = booking_rooms(connection, row, booked) if waits else ()
    return BookingPage(
        row=shown,
        guest=booking_guest(row.guest_id, known, phone_for(role)),
        lines=booking_lines(connection, booked),
        note=row.note,
        reason=row.reason,
        made_by=read_setup.maker(connection, row.staff_id),
        made_at=from_ms(row.at),
        decided=_decided(connection, row),
        tickets=len(booked.tickets),
        entered=came_in(connection, booking_id),
        may_decide=decides and waits,
        may_pay=may(role, Permission.SELL) and shown.life is Life.HELD,
        online=about.online,
        sale_id=sale_id,
        may_refund=may(role, Permission.REFUND_REQUEST) and shown.life in PAID_FOR,
        checks=checked(connection, row, about.now, rooms) if waits else (),
        may_change=shown.life in HOLDS,
        mark=mark_of(row.body),
        wished=tuple((line.product, line.session, line.quantity) for line in booked.lines),
        changes=booking_changes(connection, booking_id),
        good=tickets_left(connection, booked) if shown.life is Life.CONFIRMED else (),
        may_revoke=decides,
        revoked=tickets_revoked(connection, booking_id),
        first=first_of(connection, booked),
        added=added_to(connection, booking_id),
        seats=seats_of(connection, booked) if shown.life not in ENDED else (),
        going_back=going_back(connection, sale_id, row.currency),
        stays=_stays(connection, sale_id, about.now) if shown.life is Life.CONFIRMED else None,
        colleagues=about.looking if waits else (),
        rooms=rooms,
    )


def _decided(connection: Connection, row: Any) -> tuple[Words, datetime] | None:
    """By whom and when."""
    if not row.decided_by:
        return None
    return read_setup.staff_name(connection, row.decided_by), from_ms(row.decided_at)


def _stays(connection: Connection, sale_id: str, now: datetime) -> Money | None:
    """What of a sale nothing goes back for; None where something does, or it cannot be called off."""
    sale = read_sold.sale_held(connection, sale_id)
    try:
        return read_sold.kept_of(connection, sale, now) if sale is not None else None
    except Refused:
        return None


def check_welcome(connection: Connection, row: Any) -> None:
    """Refuses `guest_banned` unless a second person said yes here since they were."""
    guest = read_guests.guest(connection, row.guest_id)
    if guest is None or not bans.is_banned(connection, guest):
        return
    if not bans.is_allowed(connection, row.booking_id, [row.guest_id, guest.guest_id]):
        raise Refused(Code.GUEST_BANNED)


def cart_of(connection: Connection, row: Any) -> Cart:
    """What is to be paid, at the prices of the booking, with the tickets that were kept."""
    booked = booked_in(row)
    lines = tuple(
        CartLine(
            line.charge_id,
            read_setup.product(connection, line.product),
            read_setup.session(connection, line.session) if line.session else None,
            line.quantity,
            Money(line.gross.minor // line.quantity, line.gross.currency),
        )
        for line in booked.lines
    )
    kept = tuple(place.ticket_id for place in booked.tickets)
    return Cart(row.currency, lines, booking_id=row.booking_id, kept=kept)
