"""Tickets end without a till: for others in their places, with their booking, or by themselves."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from ledger import tables as t
from ledger.puts import Values
from ledger.rows import add_rows
from server.setup import SetUp
from server.standing import judge


def end_tickets(setup: SetUp, ticket_ids: Collection[str], why: str, op_id: str) -> None:
    """Those that are good; `why` is the id of what ended them. Each end lies where its ticket is. A guest who came in
    on one, the places of its session, and its booking are looked at."""
    connection, c = setup.connection, t.ticket.c
    ended = sa.exists().where(t.ticket_cancel.c.ticket_id == c.ticket_id)
    good = sa.select(c.ticket_id, c.booking_id, c.session, c.bucket).where(
        c.ticket_id.in_(list(ticket_ids)), ~ended
    )
    found = connection.execute(good).all()
    of_it: Values = {"void_id": why, "at": setup.now_ms, "op_id": op_id, "seq": 0}
    ends: list[Values] = [{"ticket_id": one.ticket_id, "bucket": one.bucket, **of_it} for one in found]
    add_rows(connection, [(t.ticket_cancel, end) for end in ends])
    if found:
        setup.touch(t.ticket_cancel, t.case_item)
        sessions = {f"session:{one.session}" for one in found if one.session}
        others = {
            subject for one in found for subject in (f"ticket:{one.ticket_id}", f"booking:{one.booking_id}")
        }
        judge(connection, sorted(sessions | others), setup.now_ms)
