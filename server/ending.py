"""Tickets end without a till: for others in their places, with their booking, or by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Place
from ledger import read_setup
from ledger import tables as t
from ledger.puts import Values, day_bucket
from ledger.rows import add_rows
from server.setup import SetUp
from server.standing import judge

_TICKETS = sa.select(t.ticket.c.ticket_id).where(
    t.ticket.c.booking_id.in_(sa.bindparam("bookings", expanding=True))
)
_PAID_BACK = sa.select(t.refund_done.c.ask_id)


def end_tickets(
    setup: SetUp, ticket_ids: Collection[str], why: str, op_id: str, booked: Iterable[Place] = ()
) -> None:
    """Those that are good; `why` is the id of what ended them. Each end lies where its ticket is, and of those `booked`
    of which no till told, where it would be: a guest may have it all the same. A guest who came in on one, the places
    of its session, its booking, and what was said of a refund that left it good are looked at."""
    connection, c = setup.connection, t.ticket.c
    ended = sa.exists().where(t.ticket_cancel.c.ticket_id == c.ticket_id)
    good = sa.select(c.ticket_id, c.booking_id, c.session, c.bucket).where(
        c.ticket_id.in_(list(ticket_ids)), ~ended
    )
    found = connection.execute(good).all()
    of_it: Values = {"void_id": why, "at": setup.now_ms, "op_id": op_id, "seq": 0}
    ends: list[Values] = [{"ticket_id": one.ticket_id, "bucket": one.bucket, **of_it} for one in found]
    ends += [{"ticket_id": key, "bucket": bucket, **of_it} for key, bucket in _untold(connection, booked)]
    add_rows(connection, [(t.ticket_cancel, end) for end in ends])
    if ends:
        setup.touch(t.ticket_cancel, t.case_item)
        sessions = {f"session:{one.session}" for one in found if one.session}
        others = {
            subject for one in found for subject in (f"ticket:{one.ticket_id}", f"booking:{one.booking_id}")
        }
        back = _PAID_BACK.where(t.refund_done.c.booking_id.in_({one.booking_id for one in found}))
        refunds = (f"refund:{ask_id}" for ask_id in connection.execute(back).scalars())
        judge(connection, sorted(sessions | others), setup.now_ms, if_told=sorted(refunds))


def tickets_locked(connection: Connection, booking_ids: Sequence[str]) -> set[str]:
    """The tickets of bookings as subjects that are locked before these end: somebody may come in at this moment."""
    found = connection.execute(_TICKETS, {"bookings": booking_ids}).scalars()
    return {f"ticket:{ticket_id}" for ticket_id in found}


def _untold(connection: Connection, booked: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """(ticket, bucket) of those that are neither tickets nor ended here."""
    sessions = {place.ticket_id: place.session for place in booked}
    known = (
        sa.select(c).where(c.in_(list(sessions))) for c in (t.ticket.c.ticket_id, t.ticket_cancel.c.ticket_id)
    )
    told = set(connection.execute(sa.union(*known)).scalars())
    for ticket_id in sorted(sessions.keys() - told):
        session = read_setup.session(connection, sessions[ticket_id])
        if session is not None:
            yield ticket_id, day_bucket(session.day)
