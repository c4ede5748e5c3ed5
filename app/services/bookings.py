"""Bookings made ahead: asked of the server, which keeps the places; paid at this counter like any sale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.session import Session
from app.shown_bookings import BookingGuest, BookingLine, BookingPage, BookingRow, Made
from app.store import Store
from domain import codec
from domain.booking import Attendance, Booked, Life, Paid, attendance, paid
from domain.cart import Cart, CartLine
from domain.errors import Code, Refused
from domain.guest import Guest
from domain.money import Money
from domain.operation_till import BookedLine
from domain.staff import Permission, may
from domain.text import tidy
from ledger import read_guests, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.contact import is_mobile, shown_phone
from ledger.wire import RequestReply

Ask = Callable[[str, str, str, str], RequestReply]
_FIRST = {Life.UNDER_REVIEW: 0, Life.HELD: 1, Life.CONFIRMED: 2}
_LANGUAGE = "ar"  # in which a guest is told who did not say
Line = tuple[int, int, int]  # product, session (0: none), quantity
_VOIDED = sa.exists().where(t.charge_void.c.charge_id == t.charge.c.charge_id)
_OWED = sa.select(sa.func.sum(t.charge.c.gross)).where(
    t.charge.c.booking_id == sa.bindparam("booking"), ~_VOIDED
)
_CAME = sa.select(sa.func.sum(t.payment.c.amount)).where(t.payment.c.booking_id == sa.bindparam("booking"))
_BACK = sa.select(sa.func.sum(t.refund.c.amount)).where(t.refund.c.booking_id == sa.bindparam("booking"))
_ENTERED = (
    sa.select(sa.func.count(t.admission.c.ticket_id.distinct()))
    .join_from(t.admission, t.ticket, t.ticket.c.ticket_id == t.admission.c.ticket_id)
    .where(
        t.ticket.c.booking_id == sa.bindparam("booking"),
        ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id),
    )
)


class Bookings:
    """`ask` puts a request (kind, body, staff id, what it is about) to the server; `online`: whether it answers."""

    def __init__(self, store: Store, session: Session, ask: Ask, online: Callable[[], bool]) -> None:
        self._store = store
        self._session = session
        self._ask = ask
        self._online = online

    # questions -------------------------------------------------------------------------------------------------------

    def today(self) -> date:
        """The venue's day."""
        with self._store.read() as connection:
            return read_setup.day_at(connection, self._store.now())

    def of_day(self, day: date) -> tuple[BookingRow, ...]:
        """The bookings of a day, those that somebody must do something about first."""
        found = self._rows(t.reservation.c.day == day.isoformat())
        return tuple(sorted(found, key=lambda row: _FIRST.get(row.life, len(_FIRST))))

    def under_review(self) -> tuple[BookingRow, ...]:
        """What waits for a decision, the oldest first."""
        return self._rows(t.reservation.c.life == Life.UNDER_REVIEW.value)

    def find(self, text: str) -> tuple[BookingRow, ...]:
        """By number (GH-7K2MPQ, with or without the letters before the dash), or by what finds its guest."""
        wanted = text.strip().upper()
        with self._store.read() as connection:
            known = [guest.guest_id for guest in read_guests.find(connection, text)]
        number = t.reservation.c.number.endswith(wanted.removeprefix("GH-"), autoescape=True)
        is_number = number if len(wanted) >= 4 else sa.false()
        return self._rows(sa.or_(is_number, t.reservation.c.guest_id.in_(known)))

    def _rows(self, which: sa.ColumnElement[bool]) -> tuple[BookingRow, ...]:
        self._session.require(Permission.BOOK)
        wanted = (
            sa.select(t.reservation).where(which).order_by(t.reservation.c.at, t.reservation.c.booking_id)
        )
        with self._store.read() as connection:
            return tuple(self._row(connection, row) for row in connection.execute(wanted).all())

    def page(self, booking_id: str) -> BookingPage:
        """Refuses `booking_unknown`."""
        role = self._session.require(Permission.BOOK).role
        with self._store.read() as connection:
            row = _reservation(connection, booking_id)
            decided = None
            if row.decided_by:
                decided = read_setup.staff_name(connection, row.decided_by), from_ms(row.decided_at)
            made_by = read_setup.staff_name(connection, row.staff_id)
            booked, entered = _booked(row), _count(connection, _ENTERED, booking_id)
            shown, guest = self._row(connection, row), read_guests.guest(connection, row.guest_id)
            lines = tuple(_line(connection, line) for line in booked.lines)
        decides = may(role, Permission.APPROVE_BOOKING) and shown.life is Life.UNDER_REVIEW
        pays = may(role, Permission.SELL) and shown.life is Life.HELD
        return BookingPage(
            shown, _told(row.guest_id, guest), lines, row.note, row.reason, made_by, from_ms(row.at), decided,
            len(booked.tickets), entered, decides, pays, self._online(),
        )  # fmt: skip

    def _row(self, connection: Connection, row: Any) -> BookingRow:
        booked, booking_id = _booked(row), row.booking_id
        guest = read_guests.guest(connection, row.guest_id)
        entered = _count(connection, _ENTERED, booking_id)
        over = booked.day < read_setup.day_at(connection, self._store.now())
        due = row.life == Life.HELD and row.expires_at
        return BookingRow(
            booking_id, row.number, guest.name if guest else "", booked.day,
            tuple((line.quantity, line.name) for line in booked.lines), booked.total, Life(row.life),
            _paid(connection, row, booked), _attendance(booked, entered, over=over),
            from_ms(row.expires_at) if due else None,
        )  # fmt: skip

    # what staff do ---------------------------------------------------------------------------------------------------

    def book(self, guest_id: str, lines: Sequence[Line], note: str = "") -> Made:
        """Keeps places for a guest until they pay. Refuses `request_offline`, and with the server's codes:
        `guest_unverified`, `capacity_full`, `places_held`, `session_over` …"""
        booking_id = self._store.ids.new()
        said = {"guest": guest_id, "lines": [list(line) for line in lines], "note": tidy(note)}
        facts = dict(self._request("BookingHeld", booking_id, Permission.BOOK, said).facts)
        until = int(facts.get("until", "0"))
        review = facts.get("review") == "1"
        return Made(booking_id, facts.get("number", ""), from_ms(until) if until else None, review)

    def cart(self, booking_id: str) -> Cart:
        """What is to be paid, at the prices of the booking, with the tickets that were kept; it is kept longer while it
        is paid. Refuses `booking_unknown` and `booking_is` for one that is not waiting for its payment."""
        self._session.require(Permission.SELL)
        with self._store.read() as connection:
            row = _reservation(connection, booking_id)
            if row.life != Life.HELD:
                raise Refused(Code.BOOKING_IS, life=row.life)
            cart = self._cart(connection, row)
        if self._online():
            with suppress(Refused):  # paid all the same: the server says afterwards if the places were gone
                self._request("BookingExtended", booking_id, Permission.SELL, {})
        return cart

    def _cart(self, connection: Connection, row: Any) -> Cart:
        booked = _booked(row)
        lines = tuple(
            CartLine(
                self._store.ids.new(),
                read_setup.product(connection, line.product),
                read_setup.session(connection, line.session) if line.session else None,
                line.quantity,
                Money(line.gross.minor // line.quantity, line.gross.currency),
            )
            for line in booked.lines
        )
        kept = tuple(place.ticket_id for place in booked.tickets)
        return Cart(row.currency, lines, booking_id=row.booking_id, kept=kept)

    def approve(self, booking_id: str) -> None:
        """Refuses `booking_is` when somebody else decided meanwhile."""
        self._request("BookingApproved", booking_id, Permission.APPROVE_BOOKING, {})

    def reject(self, booking_id: str, reason: str) -> None:
        """The guest reads the reason; refuses `reason_needed`, and as `approve` does."""
        self._request("BookingRejected", booking_id, Permission.APPROVE_BOOKING, {"reason": _needed(reason)})

    def cancel(self, booking_id: str, reason: str) -> None:
        """Calls off what is not paid yet; refuses `reason_needed` and `booking_is`."""
        self._request("BookingCancelled", booking_id, Permission.BOOK, {"reason": _needed(reason)})

    def _request(
        self, kind: str, booking_id: str, permission: Permission, said: dict[str, Any]
    ) -> RequestReply:
        member = self._session.require(permission)
        if not self._online():
            raise Refused(Code.REQUEST_OFFLINE)
        body = json.dumps({"booking": booking_id} | said, ensure_ascii=False)
        return self._ask(kind, body, member.staff_id, f"booking:{booking_id}")


def _needed(reason: str) -> str:
    said = tidy(reason)
    if not said:
        raise Refused(Code.REASON_NEEDED)
    return said


def _reservation(connection: Connection, booking_id: str) -> Any:
    wanted = sa.select(t.reservation).where(t.reservation.c.booking_id == booking_id)
    row = connection.execute(wanted).first()
    if row is None:
        raise Refused(Code.BOOKING_UNKNOWN)
    return row


def _line(connection: Connection, line: BookedLine) -> BookingLine:
    session = read_setup.session(connection, line.session) if line.session else None
    times = (session.starts_at, session.ends_at) if session else None
    return BookingLine(line.quantity, line.name, line.gross, times)


def _told(guest_id: str, guest: Guest | None) -> BookingGuest:
    """As the server chooses the way: by mail if there is an address, else to a mobile phone."""
    if guest is None or guest.erased:
        return BookingGuest(guest_id, "", "", _LANGUAGE)
    reach = "mail" if guest.email else "sms" if guest.phone and is_mobile(guest.phone) else ""
    phone = shown_phone(guest.phone) if guest.phone else ""
    return BookingGuest(guest_id, phone, reach, guest.language or _LANGUAGE)


def _booked(row: Any) -> Booked:
    return codec.loads(Booked, row.body)


def _count(connection: Connection, what: sa.Select[Any], booking_id: str) -> int:
    return int(connection.execute(what, {"booking": booking_id}).scalar() or 0)


def _paid(connection: Connection, row: Any, booked: Booked) -> Paid:
    """Before it is paid it owes what was agreed; afterwards what its charges come to."""
    came, back, owed = (_count(connection, what, row.booking_id) for what in (_CAME, _BACK, _OWED))
    due = booked.total.minor if not came else owed
    amounts: Iterable[Money] = (Money(minor, row.currency) for minor in (due, came, back))
    return paid(*amounts)


def _attendance(booked: Booked, entered: int, *, over: bool) -> Attendance:
    inside = entered if not over else 0
    return attendance(len(booked.tickets), entered, inside, over=over)
