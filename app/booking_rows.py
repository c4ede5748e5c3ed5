"""Bookings as screens show them: what was booked, by whom, what is paid, and who came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.booking_sessions import booked_sessions, session_numbers, sessions_by_number
from app.shown_bookings import BookingChange, BookingGuest, BookingLine, BookingLink, BookingRow
from domain import codec
from domain.booking import Attendance, Booked, How, Life, attendance, charged_with
from domain.guest import Guest
from domain.membership import is_lacking
from domain.money import Money, total
from domain.operation_till import BookedLine
from domain.staff import Permission, may
from ledger import read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.contact import masked, reach, shown_phone
from ledger.read_paid import counted, paid_of

_ENTERED = (
    sa.select(t.ticket.c.booking_id, sa.func.count(t.admission.c.ticket_id.distinct()))
    .join_from(t.admission, t.ticket, t.ticket.c.ticket_id == t.admission.c.ticket_id)
    .where(
        t.ticket.c.booking_id.in_(sa.bindparam("bookings", expanding=True)),
        ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id),
    )
    .group_by(t.ticket.c.booking_id)
)


def is_numbered(text: str) -> sa.ColumnElement[bool]:
    """Whether a reservation's number is meant (GH-7K2MPQ, with or without the letters before the dash); four letters of
    it are enough."""
    wanted = text.strip().upper()
    number = t.reservation.c.number.endswith(wanted.removeprefix("GH-"), autoescape=True)
    return number if len(wanted) >= 4 else sa.false()


def is_receipted(text: str) -> sa.ColumnElement[bool]:
    """Whether the document of its payment is meant (POS1-000412, or the digits after the dash)."""
    wanted = text.strip().upper()
    named = t.document.c.number.endswith(
        wanted if "-" in wanted else f"-{wanted.rjust(6, '0')}", autoescape=True
    )
    paid = t.sale.c.booking_id == t.reservation.c.booking_id, t.document.c.document_id == t.sale.c.document_id
    return sa.exists().where(*paid, named) if wanted[-1:].isdecimal() else sa.false()


def booked_in(row: Any) -> Booked:
    return codec.loads(Booked, row.body)


def booking_rows(
    connection: Connection, rows: Sequence[Any], now: datetime, phone: Callable[[str], str]
) -> tuple[BookingRow, ...]:
    """Of these reservations, in their order; asked for together, however many they are. `phone` writes a number as
    whoever reads it may."""
    ids = [row.booking_id for row in rows]
    entered = counted(connection, _ENTERED, ids)
    who = _now(connection, {row.guest_id for row in rows})
    today = read_setup.day_at(connection, now)
    booked_as = {row.booking_id: booked_in(row) for row in rows}
    paid = paid_of(connection, {key: booked.total for key, booked in booked_as.items()})
    known = sessions_by_number(connection, (n for each in booked_as.values() for n in session_numbers(each)))

    def shown(row: Any) -> BookingRow:
        booked, key, guest = booked_as[row.booking_id], row.booking_id, who.get(row.guest_id)
        due = from_ms(row.expires_at) if row.life == Life.HELD and row.expires_at else None
        return BookingRow(
            key, row.number, guest.name if guest else "", booked.day,
            tuple((line.quantity, line.name) for line in booked.lines), booked.total, Life(row.life),
            paid[key], _attendance(booked, entered.get(key, 0), over=booked.day < today), due,
            booked_sessions(booked, known), phone(guest.phone) if guest and not guest.erased else "",
            due=read_setup.ends_at(connection, booked) if row.life == Life.UNDER_REVIEW else None,
        )  # fmt: skip

    return tuple(map(shown, rows))


def came_in(connection: Connection, booking_id: str) -> int:
    """How many of its tickets were admitted."""
    return counted(connection, _ENTERED, [booking_id]).get(booking_id, 0)


def _now(connection: Connection, guest_ids: Iterable[str]) -> dict[str, Guest]:
    """Who these are now: one that was merged is who they go on as."""
    known = {each.guest_id: each for each in read_guests.guests(connection, guest_ids)}
    return {key: read_guests.now(connection, each) for key, each in known.items()}


def _attendance(booked: Booked, entered: int, *, over: bool) -> Attendance:
    return attendance(len(booked.tickets), entered, 0 if over else entered, over=over)


def booking_lines(connection: Connection, booked: Booked) -> tuple[BookingLine, ...]:
    """What was charged, with the times at which it is good: tickets of one line may have moved apart."""
    sessions: dict[str, Counter[int]] = {line.charge_id: Counter() for line in booked.lines}
    now, charged = {place.ticket_id: place.session for place in booked.tickets}, charged_with(booked)
    for ticket_id, line in charged.items():
        sessions[line.charge_id][now[ticket_id]] += 1
    return tuple(
        _line(connection, line, number, count)
        for line in booked.lines
        for number, count in sorted((sessions[line.charge_id] or {line.session: line.quantity}).items())
    )


def _line(connection: Connection, line: BookedLine, number: int, count: int) -> BookingLine:
    """All pieces of a line cost the same."""
    session = read_setup.session(connection, number) if number else None
    times = (session.starts_at, session.ends_at) if session else None
    gross = Money(line.gross.minor * count // line.quantity, line.gross.currency)
    return BookingLine(count, line.name, gross, number, times)


def booking_changes(connection: Connection, booking_id: str) -> tuple[BookingChange, ...]:
    """What it was before each of its changes, in their order."""
    mine = t.reservation_change.c.booking_id == booking_id
    rows = connection.execute(sa.select(t.reservation_change).where(mine).order_by(t.reservation_change.c.n))
    return tuple(_change(connection, row) for row in rows.all())


def _change(connection: Connection, row: Any) -> BookingChange:
    was = codec.loads(Booked, row.was)
    by = read_setup.staff_name(connection, row.staff_id) if row.staff_id else None
    what = tuple((line.quantity, line.name) for line in was.lines)
    return BookingChange(How(row.how), by, from_ms(row.at), what, was.day, was.total)


def booking_member(connection: Connection, booked: Booked, guest_id: str) -> bool | None:
    """Whether the guest has the memberships that the products are for, on their days; None where they are for
    anybody."""
    wanted = [(read_setup.product_or_none(connection, line.product), line.session) for line in booked.lines]
    for_members = [(product, number) for product, number in wanted if product and product.membership]
    if not for_members:
        return None
    has = read_guests.memberships(connection, guest_id)
    sessions = {number: read_setup.session(connection, number) for _, number in for_members if number}
    return not any(
        is_lacking(product, session.day if (session := sessions.get(number)) else booked.day, has)
        for product, number in for_members
    )


def first_of(connection: Connection, booked: Booked) -> BookingLink | None:
    """What a booking adds to, where it does and that is known here."""
    mine = t.reservation.c.booking_id == booked.adds_to
    return next(_links(connection, mine), None) if booked.adds_to else None


def added_to(connection: Connection, booking_id: str) -> tuple[BookingLink, ...]:
    """What was added to a booking, in the order in which it was."""
    return tuple(_links(connection, is_more_of(booking_id)))


def is_more_of(booking_id: str) -> sa.ColumnElement[bool]:
    """Whether a reservation is more of that one."""
    return t.reservation.c.body.contains(f'"adds_to":"{booking_id}"', autoescape=True)


def _links(connection: Connection, which: sa.ColumnElement[bool]) -> Iterator[BookingLink]:
    found = sa.select(t.reservation).where(which).order_by(t.reservation.c.at, t.reservation.c.booking_id)
    for row in connection.execute(found).all():
        yield BookingLink(row.booking_id, row.number, Life(row.life))


def going_back(connection: Connection, sale_id: str, currency: str) -> Money | None:
    """What refunds of a sale that are not over come to; None for none."""
    waits = [row.asked.amount for row in read_refunds.refunds_of_sale(connection, sale_id) if row.holds]
    return total(waits, currency) if waits else None


def booking_guest(guest_id: str, guest: Guest | None, phone: Callable[[str], str]) -> BookingGuest:
    """Whom to call, and how the server tells them."""
    who = Guest(guest_id) if guest is None or guest.erased else guest
    return BookingGuest(guest_id, phone(who.phone), reach(who)[0], who.speaks)


def phone_for(role: str) -> Callable[[str], str]:
    """How a number is written for a role: whole for those who may read it in lists, else its last digits."""
    write = shown_phone if may(role, Permission.READ_CONTACT) else masked
    return lambda phone: write(phone) if phone else ""
