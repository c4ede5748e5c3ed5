"""The tickets of a booking as a PDF that goes with an e-mail."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from documents.format import span
from documents.ticket_pdf import ticket_pdf
from domain.receipt import TicketPrint
from domain.ticket import short_code
from ledger import read_gate
from ledger import tables as t
from ledger.paper_names import told_apart
from ledger.read_setup import product_name, session, venue
from server.senders import Paper


def tickets_of(connection: Connection, booking_id: str, number: str) -> tuple[TicketPrint, ...]:
    """Those that are good, as printed under the booking's `number`; none when all were cancelled."""
    ended = sa.select(t.ticket_cancel.c.ticket_id)
    mine = t.ticket.c.booking_id == booking_id, t.ticket.c.ticket_id.not_in(ended)
    rows = connection.execute(sa.select(t.ticket).where(*mine).order_by(t.ticket.c.ticket_id)).all()
    prints = (_print(connection, row, number, (n, len(rows))) for n, row in enumerate(rows, start=1))
    return told_apart(connection, (row.product for row in rows), prints)


def tickets_paper(prints: tuple[TicketPrint, ...]) -> Paper:
    """ValueError without any ticket."""
    return Paper(f"tickets-{prints[0].sale_number}.pdf" if prints else "", ticket_pdf(prints))


def _print(
    connection: Connection, row: sa.Row[tuple[object, ...]], number: str, place: tuple[int, int]
) -> TicketPrint:
    m = row._mapping
    where, found = venue(connection), session(connection, m["session"])
    hours = span(found.starts_at, found.ends_at, where.time_zone) if found else ""
    day = date.fromisoformat(m["day"]).isoformat()
    short = short_code(UUID(m["ticket_id"]))
    name = product_name(connection, m["product"])
    guest = read_gate.guest_of(connection, m["ticket_id"])
    return TicketPrint(m["code"], short, name, where.name, day, hours, number, *place, guest=guest)
