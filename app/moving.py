"""Tickets of a paid booking that move: which there are, and those that are good instead, signed and printed here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from app.closing import Signer, session_text
from app.shown_bookings import BookingTicket
from app.store import Actor, Recording, Store
from domain.booking import Booked, Place
from domain.catalogue import Session
from domain.errors import Code, Refused
from domain.receipt import TicketBatch, TicketPrint
from domain.ticket import short_code
from ledger import read_gate, read_setup
from ledger import tables as t


@dataclass(frozen=True, slots=True)
class Other:
    """The ticket that is good instead of one."""

    was: str
    ticket_id: str
    product: int
    code: str


def tickets_left(connection: Connection, booked: Booked) -> tuple[BookingTicket, ...]:
    """Those that are good, in the order of the booking."""
    ids = [place.ticket_id for place in booked.tickets]
    ended = sa.select(t.ticket_cancel.c.ticket_id).where(t.ticket_cancel.c.ticket_id.in_(ids))
    gone = set(connection.execute(ended).scalars())
    return tuple(_shown(connection, place) for place in booked.tickets if place.ticket_id not in gone)


def _shown(connection: Connection, place: Place) -> BookingTicket:
    session = read_setup.session(connection, place.session) if place.session else None
    times = (session.starts_at, session.ends_at) if session else None
    used = bool(read_gate.entries_of(connection, place.ticket_id, "en"))
    name = read_setup.product_name(connection, place.product)
    return BookingTicket(place.ticket_id, name, short_code(UUID(place.ticket_id)), place.session, times, used)


class Mover:
    """Signs with the station's key; the same change of the same ticket always makes the same other one."""

    def __init__(self, store: Store, signer: Signer, wake_printer: Callable[[], None]) -> None:
        self._store = store
        self._signer = signer
        self._wake_printer = wake_printer

    def others(
        self, connection: Connection, booked: Booked, what: tuple[str, Session], tickets: Sequence[str]
    ) -> list[Other]:
        """`what` is the change and where they go. Refuses `move_ticket_gone` for what is not of the booking."""
        (change_id, session), places = what, {place.ticket_id: place for place in booked.tickets}
        found = []
        for ticket_id in tickets:
            if (place := places.get(ticket_id)) is None:
                raise Refused(Code.MOVE_TICKET_GONE)
            new_id = _instead(change_id, ticket_id)
            code = self._signer.code(new_id, place.product, session.day, session.number)
            found.append(Other(ticket_id, new_id, place.product, code))
        return found

    def print(self, actor: Actor, number: str, session: Session, others: Sequence[Other]) -> None:
        """Under the number of the booking."""

        def work(recording: Recording) -> None:
            venue = read_setup.venue(recording.cache)
            prints = tuple(
                TicketPrint(
                    other.code, short_code(UUID(other.ticket_id)),
                    read_setup.product_name(recording.cache, other.product), venue.name,
                    session.day.isoformat(), session_text(session, venue), number, position, len(others),
                )
                for position, other in enumerate(others, start=1)
            )  # fmt: skip
            recording.print("tickets", number, TicketBatch(prints))

        self._store.transact(work, actor)
        self._wake_printer()


def _instead(change_id: str, ticket_id: str) -> str:
    """Its answer may be lost: asked again, it is the same."""
    return str(UUID(bytes=hashlib.sha256(f"{change_id}/{ticket_id}".encode()).digest()[:16]))
