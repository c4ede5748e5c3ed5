"""Tickets of a booking that is paid move to another session: others are good in their places, and no money moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Booked, How, Life, Place, charged_with, moved
from domain.catalogue import Session
from domain.errors import Code, Refused
from domain.operation_till import BookedLine
from domain.staff import Permission
from domain.ticket import verify
from ledger import read_gate, read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.puts import Values, day_bucket
from ledger.rows import add_rows
from server import booking_letters
from server.asked import Asked
from server.booking_letters import About
from server.booking_states import turn_into
from server.changing import open_change
from server.holding import booked_in
from server.leases import not_now
from server.recovery import refuse_scarce
from server.setup import SetUp
from server.standing import judge, standing

_ID = 36
_MOST = 500


@dataclass(frozen=True, slots=True)
class Move:
    """Of one ticket: what is good instead, with the code that the station which asks has signed."""

    was: Place
    new_id: str
    code: str

    def to(self, session: Session) -> op.IssuedTicket:
        return op.IssuedTicket(self.new_id, self.was.product, session.number, self.was.places, self.code)


def tickets_moved(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object] | Refused:
    """Ends tickets that nobody came in on, for others in a session of the same activity that has the places. Who asks
    for the same once more under the id of the change is answered as it stands.

    Refuses `not_allowed`, `booking_unknown`, `booking_is` for what is not confirmed, `booking_changed`, `recovering`,
    `session_over`, `refund_open` while one is asked for, `move_ticket_used`, `move_ticket_gone`, `move_price` where the
    price is not what it was, `capacity_full` and `places_held`.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    number, wanted = asked.field("session", int, "booking"), _wanted(asked)
    sales = [f"sale:{sale_id}" for sale_id in _sales(connection, asked.field("booking", str, "booking"))]
    tickets = [f"ticket:{was}" for was, _, _ in wanted]
    opened = open_change(connection, asked, {f"session:{number}", *sales, *tickets})
    row, change_id = opened.row, opened.change_id
    if opened.made is not None:
        _check_made(opened.made, row.booking_id)
        return {"tickets": len(wanted)}
    if row.life != Life.CONFIRMED:
        raise Refused(Code.BOOKING_IS, life=row.life)
    if opened.stale is not None:
        raise opened.stale
    refuse_scarce(connection)
    session = _session(connection, number, setup)
    moves = _checked(connection, booked_in(row), wanted, session)
    need = sum(move.was.places for move in moves if move.was.session != number)
    here = standing(connection, number)
    if here is not None and need > max(0, here.free):
        return not_now(connection, asked.station, here, setup)
    _move(asked, row, (change_id, session), moves, setup)
    return {"tickets": len(moves)}


def _wanted(asked: Asked) -> list[tuple[str, str, str]]:
    """A ticket, the id of the other, and its code; of each once."""
    parts = asked.field("tickets", list, "booking")
    sound = all(type(part) is list and [type(each) for each in part] == [str] * 3 for part in parts)
    ids = [each for part in parts for each in part[:2]] if sound else []
    if not 0 < len(parts) <= _MOST or len(set(ids)) != 2 * len(parts):
        raise Refused(Code.RECORD_INVALID, record="booking")
    return [(was, new_id, code) for was, new_id, code in parts]


def _sales(connection: Connection, booking_id: str) -> list[str]:
    return list(
        connection.execute(sa.select(t.sale.c.sale_id).where(t.sale.c.booking_id == booking_id)).scalars()
    )


def _check_made(made: Any, booking_id: str) -> None:
    if (made.booking_id, made.how) != (booking_id, How.MOVED.value):
        raise Refused(Code.RECORD_INVALID, record="booking")


def _session(connection: Connection, number: int, setup: SetUp) -> Session:
    found = read_setup.session(connection, number)
    if found is None:
        raise Refused(Code.RECORD_INVALID, record="booking")
    if found.ends_at <= setup.now:
        raise Refused(Code.SESSION_OVER)
    return found


# what may move ---------------------------------------------------------------------------------------------------


def _checked(
    connection: Connection, booked: Booked, wanted: list[tuple[str, str, str]], session: Session
) -> list[Move]:
    places, charged = {place.ticket_id: place for place in booked.tickets}, charged_with(booked)
    if any(was not in places for was, _, _ in wanted):
        raise Refused(Code.MOVE_TICKET_GONE)
    moves = [Move(places[was], new_id, code) for was, new_id, code in wanted]
    sales = _sales_of(connection, charged.values())
    if any(each.holds for sale in sales for each in read_refunds.refunds_of_sale(connection, sale)):
        raise Refused(Code.REFUND_OPEN)
    for move in moves:
        _check(connection, move, charged[move.was.ticket_id], session)
    return moves


def _sales_of(connection: Connection, lines: Any) -> list[str]:
    charges = [line.charge_id for line in lines]
    found = sa.select(t.sale.c.sale_id).join(t.charge, t.charge.c.booking_id == t.sale.c.booking_id)
    return list(connection.execute(found.where(t.charge.c.charge_id.in_(charges)).distinct()).scalars())


def _check(connection: Connection, move: Move, line: BookedLine, session: Session) -> None:
    was = read_gate.known(connection, move.was.ticket_id, "en")
    if was.canceled:
        raise Refused(Code.MOVE_TICKET_GONE)
    if was.entries:
        raise Refused(Code.MOVE_TICKET_USED)
    product = read_setup.product(connection, move.was.product)
    if product.activity_id != session.activity_id or not product.places:
        raise Refused(Code.RECORD_INVALID, record="booking")
    off = sa.select(sa.func.coalesce(sa.func.sum(t.discount.c.amount), 0))
    off = off.where(t.discount.c.charge_id == line.charge_id)
    listed = line.gross.minor + int(connection.execute(off).scalar_one())
    if product.price.minor * line.quantity != listed:
        raise Refused(Code.MOVE_PRICE)
    _check_code(connection, move, session)


def _check_code(connection: Connection, move: Move, session: Session) -> None:
    """It is of the venue's own key, and says what the ticket is."""
    said = verify(move.code, read_setup.ticket_keys(connection))
    is_new = read_gate.ticket(connection, move.new_id) is None
    what = str(said.ticket_id), said.product, said.session, said.first_day, said.days
    if not is_new or what != (move.new_id, move.was.product, session.number, session.day, 1):
        raise Refused(Code.RECORD_INVALID, record="booking")


# what becomes of it ----------------------------------------------------------------------------------------------


def _move(asked: Asked, row: Any, what: tuple[str, Session], moves: list[Move], setup: SetUp) -> None:
    (change_id, session), connection = what, setup.connection
    issued = {move.was.ticket_id: move.to(session) for move in moves}
    others = {was: Place(new.ticket_id, new.product, new.session, new.places) for was, new in issued.items()}
    booked = moved(booked_in(row), others, lambda number: _day(connection, number))
    who = asked.ask.staff_id, asked.station.station_id
    values = turn_into(row, booked, change_id, How.MOVED, setup, who)
    mine = t.reservation.c.booking_id == row.booking_id
    connection.execute(sa.update(t.reservation).where(mine).values(**values, seq=0))
    said = op.TicketsMoved(row.booking_id, change_id, session.day, tuple(issued), tuple(issued.values()))
    _put(said, setup.note(said), setup)
    sessions = {f"session:{number}" for number in {session.number, *(move.was.session for move in moves)}}
    judge(connection, sorted(sessions | {f"ticket:{was}" for was in issued}), setup.now_ms)
    setup.touch(t.reservation, t.ticket, t.ticket_cancel, t.case_item)
    guest = read_guests.guest(connection, row.guest_id)
    if guest is not None and not guest.erased:
        booking_letters.tell(setup, "changed", About(row.booking_id, guest, booked, is_paid=True), change_id)


def _day(connection: Connection, number: int) -> Any:
    found = read_setup.session(connection, number)
    assert found is not None
    return found.day


def _put(said: op.TicketsMoved, op_id: str, setup: SetUp) -> None:
    """The end of each lies where its ticket is, the other with its own day."""
    was = sa.select(t.ticket.c.ticket_id, t.ticket.c.bucket).where(t.ticket.c.ticket_id.in_(said.was))
    of_it: Values = {"op_id": op_id, "seq": 0}
    rows: list[tuple[sa.Table, Values]] = [
        (
            t.ticket_cancel,
            {
                "ticket_id": each.ticket_id,
                "void_id": said.change_id,
                "at": setup.now_ms,
                "bucket": each.bucket,
                **of_it,
            },
        )
        for each in setup.connection.execute(was).all()
    ]
    for new in said.tickets:
        values: Values = {"ticket_id": new.ticket_id, "booking_id": said.booking_id, "product": new.product}
        values |= {
            "session": new.session,
            "places": new.places,
            "code": new.code,
            "day": said.day.isoformat(),
        }
        rows.append((t.ticket, values | {"bucket": day_bucket(said.day), **of_it}))
    add_rows(setup.connection, rows)
