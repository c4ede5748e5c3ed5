"""Rows as the API tells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from domain.booking import Life, Paid
from domain.catalogue import Words
from domain.guest import Guest
from domain.money import Money
from domain.staff import Permission, may
from ledger import read_guests, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.contact import hidden
from ledger.read_cases import CaseRow
from ledger.read_paid import paid_of
from ledger.read_refunds import RefundRow
from server.api import shown
from server.api.shown import Name, Price
from server.guest_cancelling import CalledOff, Terms
from server.guest_names import Seat
from server.holding import booked_in


def memberships(connection: Connection, guest: Guest, now: datetime) -> list[shown.Membership]:
    """Of a guest, and of who went on as them."""
    plans, today = read_setup.plans(connection), read_setup.day_at(connection, now)
    return [
        shown.Membership(
            plan=each.plan, number=each.number, since=each.since, until=each.until, standing=each.on(today),
            name=Name.of(plans[each.plan].name if each.plan in plans else Words(each.plan, each.plan)),
        )
        for each in read_guests.memberships(connection, guest.guest_id)
    ]  # fmt: skip


def me(connection: Connection, guest: Guest, now: datetime) -> shown.Me:
    contacts: tuple[tuple[Literal["phone", "email"], str], ...]
    contacts = (("phone", guest.phone), ("email", guest.email))
    proved = [name for name, value in contacts if value and value in guest.verified]
    return shown.Me(
        id=guest.guest_id, name=guest.name, phone=guest.phone, email=guest.email, language=guest.speaks,
        verified=proved, memberships=memberships(connection, guest, now),
    )  # fmt: skip


def _bookings(connection: Connection, found: Sequence[Any]) -> list[dict[str, Any]]:
    paid = paid_of(connection, {row.booking_id: Money(row.gross, row.currency) for row in found})
    return [_booking(row, paid[row.booking_id]) for row in found]


def _booking(row: Any, paid: Paid) -> dict[str, Any]:
    booked = booked_in(row)
    return {
        "id": row.booking_id, "number": row.number, "life": Life(row.life), "paid": paid, "day": booked.day,
        "lines": [_line(line) for line in booked.lines], "total": Price.of(Money(row.gross, row.currency)),
        "until": from_ms(row.expires_at) if row.expires_at else None, "made_at": from_ms(row.at),
        "adds_to": booked.adds_to,
    }  # fmt: skip


def _line(line: Any) -> shown.BookedLine:
    return shown.BookedLine(
        product=line.product, name=Name.of(line.name), session=line.session, quantity=line.quantity,
        total=Price.of(line.gross),
    )  # fmt: skip


def booking(connection: Connection, row: Any) -> shown.Booking:
    [found] = bookings(connection, [row])
    return found


def bookings(connection: Connection, found: Sequence[Any]) -> list[shown.Booking]:
    return [shown.Booking(**each) for each in _bookings(connection, found)]


def tickets(seats: list[Seat]) -> shown.BookedTickets:
    found = [
        shown.BookedTicket(
            ticket=each.place.ticket_id, product=each.place.product, name=Name.of(each.name),
            session=each.place.session, guest=each.guest, state=each.state,
        )
        for each in seats
    ]  # fmt: skip
    return shown.BookedTickets(tickets=found)


def called_off(connection: Connection, found: CalledOff) -> shown.CalledOff:
    [told] = _bookings(connection, [found.row])
    return shown.CalledOff(**told, refund=_refund(found.refund))


def cancellation(found: Terms) -> shown.Cancellation:
    return shown.Cancellation(
        back=Price.of(found.back), fee=Price.of(found.fee), until=found.until, refund=_refund(found.refund)
    )


def _refund(row: RefundRow | None) -> shown.GuestRefund | None:
    if row is None:
        return None
    asked = row.asked
    return shown.GuestRefund(id=asked.ask_id, state=row.state, amount=Price.of(asked.amount), asked_at=row.at)


def staff_bookings(connection: Connection, found: Sequence[Any]) -> list[shown.StaffBooking]:
    return [
        shown.StaffBooking(
            **told,
            guest=row.guest_id,
            note=row.note,
            reason=row.reason,
            staff=row.staff_id,
            station=row.station_id,
        )
        for row, told in zip(found, _bookings(connection, found), strict=True)
    ]


def staff_guest(guest: Guest, role: str) -> shown.StaffGuest:
    """As that role may read them."""
    return shown.StaffGuest(**_guest(guest, role))


def staff_guest_page(
    guest: Guest, role: str, has: list[shown.Membership], made: list[shown.StaffBooking]
) -> shown.StaffGuestPage:
    return shown.StaffGuestPage(**_guest(guest, role), memberships=has, bookings=made)


def _guest(known: Guest, role: str) -> dict[str, Any]:
    guest = known if may(role, Permission.READ_CONTACT) else hidden(known)
    return {
        "id": guest.guest_id, "name": guest.name, "phone": guest.phone, "email": guest.email,
        "language": guest.speaks, "is_verified": guest.is_verified, "flags": list(guest.flags),
    }  # fmt: skip


def staff_refund(row: RefundRow) -> shown.StaffRefund:
    asked = row.asked
    decisions = [
        shown.StaffDecision(state=each.state, staff=each.staff_id, at=each.at, note=each.note)
        for each in row.decisions
    ]
    return shown.StaffRefund(
        id=asked.ask_id, state=row.state, sale=asked.sale_id, booking=asked.booking_id, document=asked.number,
        amount=Price.of(asked.amount), reason=asked.reason, staff=asked.staff_id, station=row.station_id,
        asked_at=row.at, note=asked.note, stays=asked.stays, decisions=decisions,
    )  # fmt: skip


def staff_message(row: Any) -> shown.StaffMessage:
    return shown.StaffMessage(
        id=row.message_id, kind=row.kind, channel=row.channel, state=row.state, guest=row.guest_id,
        booking=row.booking_id, address=row.address, tries=row.tries, why=row.why, made_at=from_ms(row.at),
    )  # fmt: skip


def staff_case(row: CaseRow) -> shown.StaffCase:
    said = [
        shown.StaffSettlement(way=each.way, note=each.note, staff=each.staff_id, at=each.at)
        for each in row.settlements
    ]
    facts = [shown.StaffFact(name=name, value=value) for name, value in row.facts]
    return shown.StaffCase(
        id=row.case_id, kind=row.kind, subject=row.subject, facts=facts, opened_at=row.opened_at,
        closed_at=row.closed_at, closed_by=row.closed_by, settlements=said,
    )  # fmt: skip


def bookings_of(connection: Connection, where: Any, most: int) -> list[shown.StaffBooking]:
    """The newest first."""
    c = t.reservation.c
    found = t.reservation.select().where(where).order_by(c.at.desc(), c.booking_id.desc()).limit(most)
    return staff_bookings(connection, connection.execute(found).all())
