"""The sale that a refund is about, by what the guest holds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from domain.errors import Refused
from domain.ticket import as_short_code, short_code, verify
from ledger import read_gate, read_setup, read_sold


def sale_and_ticket(connection: Connection, text: str, now: datetime) -> tuple[str, str]:
    """The sale of a document's number, or of a ticket with that ticket; empty for none."""
    if sale_id := read_sold.sale_of_number(connection, text.upper()):
        return sale_id, ""
    ticket_id = _ticket(connection, text, now)
    return read_sold.sale_of_ticket(connection, ticket_id), ticket_id


def _ticket(connection: Connection, text: str, now: datetime) -> str:
    """The ticket of a code, or of a short code of today; empty for none."""
    if wanted := as_short_code(text):
        tickets = (
            row.ticket_id for row in read_gate.tickets_of(connection, read_setup.day_at(connection, now))
        )
        return next((each for each in tickets if short_code(UUID(each)) == wanted), "")
    try:
        return str(verify(text, read_setup.ticket_keys(connection)).ticket_id)
    except Refused:
        return ""
