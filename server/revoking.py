"""Tickets that somebody ends with a reason: nothing is good in their place, and no money goes back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Life
from domain.errors import Code, Refused
from domain.staff import Permission
from domain.text import reason_of
from ledger import read_setup
from ledger import tables as t
from ledger.puts import Values
from ledger.rows import add_rows
from server.asked import Asked
from server.ending import end_tickets
from server.holding import lock, row_of
from server.moving import check_no_refund, check_unused
from server.named import kept
from server.refunds import sale_locks
from server.setup import SetUp

_MOST = 500


def ticket_revoked(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object]:
    """Ends tickets of one booking, made ahead or at a till, on which nobody came in; their places are free again. The
    charges stand: what of them goes back is a refund of its own.

    Refuses `not_allowed`, `reason_needed`, `booking_is` for one made ahead that is not confirmed, `refund_open` while
    one is asked for, `move_ticket_used`, `move_ticket_gone`.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.APPROVE_BOOKING)
    booking_id, wanted = asked.field("booking", str, "booking"), _wanted(asked)
    reason = reason_of(asked.field("reason", str, "booking"))
    tickets = _locked(connection, booking_id, wanted)
    row = row_of(connection, booking_id)
    if row is not None and row.life != Life.CONFIRMED:
        raise Refused(Code.BOOKING_IS, life=row.life)
    check_no_refund(connection, booking_id)
    for ticket_id in wanted:
        check_unused(connection, ticket_id)
    _revoke(asked, op.TicketRevoked(asked.ask.request_id, booking_id, tuple(wanted), reason), tickets, setup)
    return {"tickets": len(wanted)}


def _wanted(asked: Asked) -> list[str]:
    wanted = asked.field("tickets", list, "booking")
    if not (
        0 < len(set(map(str, wanted))) == len(wanted) <= _MOST and all(type(each) is str for each in wanted)
    ):
        raise Refused(Code.RECORD_INVALID, record="booking")
    return sorted(wanted)


def _locked(connection: Connection, booking_id: str, wanted: Sequence[str]) -> Sequence[Any]:
    """The rows of the tickets, under the locks of all that is decided about. Refuses `move_ticket_gone` for one that is
    not of the booking."""
    mine = t.ticket.c.booking_id == booking_id, t.ticket.c.ticket_id.in_(wanted)
    found = connection.execute(sa.select(t.ticket).where(*mine)).all()
    if len(found) < len(wanted):
        raise Refused(Code.MOVE_TICKET_GONE)
    sessions = {f"session:{each.session}" for each in found if each.session}
    sales = sale_locks(connection, booking_id)
    lock(connection, [booking_id], {*sessions, *sales, *(f"ticket:{each}" for each in wanted)})
    return found


def _revoke(asked: Asked, said: op.TicketRevoked, tickets: Sequence[Any], setup: SetUp) -> None:
    """Who scans one of them is told, wherever its row is held."""
    said = kept(setup.connection, said)
    op_id = setup.note(said)
    of_it: Values = {"revoke_id": said.revoke_id, "booking_id": said.booking_id, "reason": said.reason}
    of_it |= {"staff_id": asked.ask.staff_id, "station_id": asked.station.station_id, "at": setup.now_ms}
    rows = ({"ticket_id": one.ticket_id, "bucket": one.bucket, "op_id": op_id, "seq": 0} for one in tickets)
    add_rows(setup.connection, [(t.ticket_revoke, row | of_it) for row in rows])
    setup.touch(t.ticket_revoke)
    end_tickets(setup, said.tickets, said.revoke_id, op_id)
