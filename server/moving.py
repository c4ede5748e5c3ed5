"""Tickets of a booking that is paid move to another session or are reissued: others are good in their places, and no
money moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Booked, How, Life, Place, charged_with, check_near, moved
from domain.catalogue import Product, Session
from domain.errors import Code, Refused
from domain.membership import needs_yes
from domain.operation_till import BookedLine
from domain.staff import Permission, may
from domain.ticket import verify
from ledger import bans, read_gate, read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.puts import Values, day_bucket
from ledger.rows import add_rows
from server import booking_letters
from server.asked import Asked
from server.booking_letters import About
from server.booking_states import turn_into
from server.changing import open_change
from server.ending import end_tickets
from server.goods import check_goods, goods_of
from server.holding import booked_in, row_of
from server.leases import not_now
from server.recovery import refuse_scarce
from server.refunds import sale_locks
from server.setup import SetUp
from server.standing import judge, standing

_MOST = 500


@dataclass(frozen=True, slots=True)
class Move:
    """Of one ticket: what is good instead and for which session, with the code that the station which asks signed."""

    was: Place
    new_id: str
    code: str
    session: Session

    @property
    def other(self) -> Place:
        return Place(self.new_id, self.was.product, self.session.number, self.was.places)

    @property
    def issued(self) -> op.IssuedTicket:
        other = self.other
        return op.IssuedTicket(other.ticket_id, other.product, other.session, other.places, self.code)


def tickets_moved(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object] | Refused:
    """Ends tickets that nobody came in on, for others: in a session of the same activity that has the places, or, where
    none is named, each in its own (a paper was lost, a code is in wrong hands). Who asks for the same once more under
    the id of the change is answered as it stands.

    Refuses `not_allowed`, `booking_unknown`, `booking_is` for what is not confirmed, `booking_changed`, `recovering`,
    `session_over`, `refund_open` while one is asked for, `move_ticket_used`, `move_ticket_gone`, `move_price` where it
    is dearer by now and who asks may not set prices, `move_needs_yes` where a booking of it for that day waits for a
    yes that who asks may not give, `guest_banned` to the same on another day, `goods_full` where what is booked with
    them goes to another day, `capacity_full` and `places_held`.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    number, wanted = asked.field("session", int, "booking"), _wanted(asked)
    how = How.MOVED if number else How.REISSUED
    sales = sale_locks(connection, asked.field("booking", str, "booking"))
    tickets = [f"ticket:{was}" for was, _, _ in wanted]
    goods = _goods(connection, asked, number)
    opened = open_change(connection, asked, {f"session:{number}", *sales, *tickets, *goods})
    row, change_id = opened.row, opened.change_id
    if opened.made is not None:
        _check_made(opened.made, row.booking_id, how)
        return {"tickets": len(wanted)}
    if row.life != Life.CONFIRMED:
        raise Refused(Code.BOOKING_IS, life=row.life)
    if opened.stale is not None:
        raise opened.stale
    refuse_scarce(connection)
    moves = _moves(connection, booked_in(row), wanted, number, setup)
    _check_all(connection, row, moves, how, asked.ask.staff_id)
    need = sum(move.was.places for move in moves if move.was.session != move.session.number)
    here = standing(connection, number) if number else None
    if here is not None and need > max(0, here.free):
        return not_now(connection, asked.station, here, setup)
    booked = _then(connection, booked_in(row), moves)
    if booked.day != booked_in(row).day:
        check_goods(connection, booked)
    _move(asked, row, (change_id, how, booked), moves, setup)
    return {"tickets": len(moves)}


def _goods(connection: Connection, asked: Asked, number: int) -> set[str]:
    """What goes along to another day, if the first day of its tickets is another then."""
    row = row_of(connection, asked.field("booking", str, "booking"))
    if row is None or not number:
        return set()
    booked = booked_in(row)
    there = read_setup.sessions(connection, {number, *(place.session for place in booked.tickets)})
    return goods_of(connection, booked, (session.day for session in there))


def _then(connection: Connection, booked: Booked, moves: list[Move]) -> Booked:
    others = {move.was.ticket_id: move.other for move in moves}
    return moved(booked, others, lambda number: _day(connection, number))


def _wanted(asked: Asked) -> list[tuple[str, str, str]]:
    """A ticket, the id of the other, and its code; of each once."""
    parts = asked.field("tickets", list, "booking")
    sound = all(type(part) is list and [type(each) for each in part] == [str] * 3 for part in parts)
    ids = [each for part in parts for each in part[:2]] if sound else []
    if not 0 < len(parts) <= _MOST or len(set(ids)) != 2 * len(parts):
        raise Refused(Code.RECORD_INVALID, record="booking")
    return [(was, new_id, code) for was, new_id, code in parts]


def _check_made(made: Any, booking_id: str, how: How) -> None:
    if (made.booking_id, made.how) != (booking_id, how.value):
        raise Refused(Code.RECORD_INVALID, record="booking")


# what may move ---------------------------------------------------------------------------------------------------


def _moves(
    connection: Connection, booked: Booked, wanted: list[tuple[str, str, str]], number: int, setup: SetUp
) -> list[Move]:
    """To the session of that number; without one, each stays in its own."""
    places = {place.ticket_id: place for place in booked.tickets}
    if any(was not in places for was, _, _ in wanted):
        raise Refused(Code.MOVE_TICKET_GONE)
    numbers = {number} if number else {places[was].session for was, _, _ in wanted}
    sessions = {each: _session(connection, each, setup) for each in sorted(numbers)}
    if number:
        check_near(sessions[number].day, read_setup.day_at(connection, setup.now))
    return [
        Move(places[was], new_id, code, sessions[number or places[was].session])
        for was, new_id, code in wanted
    ]


def _session(connection: Connection, number: int, setup: SetUp) -> Session:
    found = read_setup.session(connection, number)
    if found is None:
        raise Refused(Code.RECORD_INVALID, record="booking")
    if found.ends_at <= setup.now:
        raise Refused(Code.SESSION_OVER)
    return found


def _check_all(connection: Connection, row: Any, moves: list[Move], how: How, staff_id: str) -> None:
    check_no_refund(connection, row.booking_id)
    charged = charged_with(booked_in(row))
    has = read_guests.memberships(connection, row.guest_id)
    role = read_setup.staff_role(connection, staff_id)
    if how is How.MOVED and not may(role, Permission.ALLOW_BANNED):
        _check_welcome(connection, row.guest_id, moves)
    for move in moves:
        check_unused(connection, move.was.ticket_id)
        if how is How.MOVED:
            product = _product(connection, move)
            if not may(role, Permission.PRICE_OVERRIDE):
                _check_price(connection, product, charged[move.was.ticket_id])
            if not may(role, Permission.APPROVE_BOOKING) and needs_yes(product, move.session.day, has):
                raise Refused(Code.MOVE_NEEDS_YES)
        _check_code(connection, move)


def _check_welcome(connection: Connection, guest_id: str, moves: list[Move]) -> None:
    """Refuses `guest_banned` where something moves to another day."""
    others = {move.session.day for move in moves} - {_day(connection, move.was.session) for move in moves}
    guest = read_guests.guest(connection, guest_id) if others else None
    if guest is not None and bans.is_banned(connection, guest):
        raise Refused(Code.GUEST_BANNED)


def check_no_refund(connection: Connection, booking_id: str) -> None:
    """Refuses `refund_open` while money of a sale of the booking is held for a refund."""
    if any(each.holds for each in read_refunds.refunds_of_booking(connection, booking_id)):
        raise Refused(Code.REFUND_OPEN)


def check_unused(connection: Connection, ticket_id: str) -> None:
    """Refuses `move_ticket_gone` for a ticket that ended, and `move_ticket_used` where a guest came in."""
    was = read_gate.known(connection, ticket_id, "en")
    if was.ended is not None:
        raise Refused(Code.MOVE_TICKET_GONE)
    if was.entries:
        raise Refused(Code.MOVE_TICKET_USED)


def _product(connection: Connection, move: Move) -> Product:
    """Of what moves, which is in the same activity."""
    product = read_setup.product(connection, move.was.product)
    if product.activity_id != move.session.activity_id or not product.places:
        raise Refused(Code.RECORD_INVALID, record="booking")
    return product


def _check_price(connection: Connection, product: Product, line: BookedLine) -> None:
    """What was paid for is not dearer by now."""
    off = sa.select(sa.func.coalesce(sa.func.sum(t.discount.c.amount), 0))
    off = off.where(t.discount.c.charge_id == line.charge_id)
    listed = line.gross.minor + int(connection.execute(off).scalar_one())
    if product.price.minor * line.quantity > listed:
        raise Refused(Code.MOVE_PRICE)


def _check_code(connection: Connection, move: Move) -> None:
    """It is of the venue's own key, and says what the ticket is."""
    session = move.session
    said = verify(move.code, read_setup.ticket_keys(connection))
    is_new = read_gate.ticket(connection, move.new_id) is None
    what = str(said.ticket_id), said.product, said.session, said.first_day, said.days
    if not is_new or what != (move.new_id, move.was.product, session.number, session.day, 1):
        raise Refused(Code.RECORD_INVALID, record="booking")


# what becomes of it ----------------------------------------------------------------------------------------------


def _move(asked: Asked, row: Any, what: tuple[str, How, Booked], moves: list[Move], setup: SetUp) -> None:
    (change_id, how, booked), connection = what, setup.connection
    others = {move.was.ticket_id: move.other for move in moves}
    who = asked.ask.staff_id, asked.station.station_id
    going = {new.ticket_id: was for was, new in others.items()}
    values = turn_into(row, booked, change_id, how, setup, who, going=going)
    mine = t.reservation.c.booking_id == row.booking_id
    connection.execute(sa.update(t.reservation).where(mine).values(**values, seq=0))
    day = min(move.session.day for move in moves)
    issued = tuple(move.issued for move in moves)
    said = op.TicketsMoved(row.booking_id, change_id, day, tuple(others), issued, how.value)
    op_id = setup.note(said)
    add_rows(connection, [(t.ticket, _row(row.booking_id, move) | {"op_id": op_id}) for move in moves])
    end_tickets(setup, others, change_id, op_id, [move.was for move in moves])
    judge(connection, sorted({f"session:{move.session.number}" for move in moves}), setup.now_ms)
    setup.touch(t.reservation, t.ticket)
    guest = read_guests.guest(connection, row.guest_id)
    if guest is not None and not guest.erased:
        letter = "moved" if how is How.MOVED else "reissued"
        booking_letters.tell(setup, letter, About(row.booking_id, guest, booked, is_paid=True), change_id)


def _day(connection: Connection, number: int) -> date:
    found = read_setup.session(connection, number)
    assert found is not None
    return found.day


def _row(booking_id: str, move: Move) -> Values:
    """It lies with its own day."""
    new, day = move.issued, move.session.day
    values: Values = {"ticket_id": new.ticket_id, "booking_id": booking_id, "product": new.product}
    values |= {"session": new.session, "places": new.places, "code": new.code, "day": day.isoformat()}
    return values | {"bucket": day_bucket(day), "seq": 0}
