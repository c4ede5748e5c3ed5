"""Tickets that a till sold as kept for a booking, and that were not kept for it: their places are of its own lease, so
that nobody sells beyond it unseen by calling it a booking.

An older copy of the database has forgotten bookings that were made after it. So nothing is said of one that it does not
know while the station that tells of it is awaited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import Place
from domain.envelope import Envelope
from domain.lease import places_of
from domain.paid_ahead import not_kept
from ledger.case_bookings import states_of
from ledger.rows import add_rows
from server import tables as own

_AWAITED = sa.select(own.recovery.c.station_id).where(
    own.recovery.c.station_id == sa.bindparam("station"), own.recovery.c.waived == 0
)


def note_unkept(connection: Connection, given: Iterable[tuple[Envelope, op.Operation]]) -> None:
    """Before the sessions are judged. To be called once for each operation."""
    for envelope, said in given:
        if not (isinstance(said, op.BookingMade) and said.held):
            continue
        for session, places in _unkept(connection, envelope.station_id, said):
            row = {"op_id": envelope.op_id, "session": session, "station_id": envelope.station_id}
            row |= {"incarnation": envelope.incarnation, "places": places}
            add_rows(connection, [(own.unkept, row)])


def _unkept(connection: Connection, station_id: str, made: op.BookingMade) -> Iterator[tuple[int, int]]:
    """Places by session."""
    _, states = states_of(connection, made.booking_id)
    if not states and connection.execute(_AWAITED, {"station": station_id}).first() is not None:
        return
    told = {Place(each.ticket_id, each.product, each.session, each.places): each for each in made.tickets}
    unkept = tuple(told[place] for place in not_kept(states, told))
    yield from ((session, places) for session, places in places_of(unkept).items() if places)
