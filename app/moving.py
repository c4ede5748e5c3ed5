"""Tickets of a paid booking that move or are reissued: which there are, and those that are good instead, signed and
printed here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from app.asking import Asking
from app.closing import Signer, session_text
from app.shown import Approval
from app.shown_bookings import BookingSeat, BookingTicket, Revoked
from app.store import Recording, Store
from domain import codec
from domain.booking import Booked, Place
from domain.catalogue import Session
from domain.errors import Code, Refused
from domain.receipt import TicketBatch, TicketPrint
from domain.staff import Permission
from domain.text import reason_of
from domain.ticket import short_code
from ledger import journal, read_gate, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.paper_names import told_apart

MOVED = "TicketsMoved"


@dataclass(frozen=True, slots=True)
class Other:
    """The ticket that is good instead of one, and for which session."""

    was: str
    ticket_id: str
    product: int
    code: str
    session: Session


def tickets_left(connection: Connection, booked: Booked) -> tuple[BookingTicket, ...]:
    """Those that are good, in the order of the booking."""
    return tuple(_shown(connection, place) for place in _going_on(connection, booked))


def tickets_sold(connection: Connection, sale_id: str) -> tuple[str, tuple[BookingTicket, ...]]:
    """Of a sale, whoever booked: under which booking, and those that are good. Refuses `document_unknown`."""
    found = sa.select(t.sale.c.booking_id).where(t.sale.c.sale_id == sale_id)
    booking_id = connection.execute(found).scalar()
    if booking_id is None:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    c = t.ticket.c
    ended = sa.exists().where(t.ticket_cancel.c.ticket_id == c.ticket_id)
    rows = connection.execute(
        sa.select(t.ticket).where(c.booking_id == booking_id, ~ended).order_by(c.ticket_id)
    ).all()
    places = (Place(row.ticket_id, row.product, row.session, row.places) for row in rows)
    return booking_id, tuple(_shown(connection, place) for place in places)


def seats_of(connection: Connection, booked: Booked) -> tuple[BookingSeat, ...]:
    """The same, each with who comes on it."""
    return tuple(
        BookingSeat(
            place.ticket_id,
            read_setup.product_name(connection, place.product),
            place.session,
            _times(connection, place),
            read_gate.guest_of(connection, place.ticket_id),
        )
        for place in _going_on(connection, booked)
    )


def _going_on(connection: Connection, booked: Booked) -> list[Place]:
    ids = [place.ticket_id for place in booked.tickets]
    gone = read_gate.ended_among(connection, ids)
    return [place for place in booked.tickets if place.ticket_id not in gone]


def _times(connection: Connection, place: Place) -> tuple[datetime, datetime] | None:
    session = read_setup.session(connection, place.session) if place.session else None
    return (session.starts_at, session.ends_at) if session else None


def _shown(connection: Connection, place: Place) -> BookingTicket:
    times = _times(connection, place)
    used = bool(read_gate.entries_of(connection, place.ticket_id, "en"))
    name = read_setup.product_name(connection, place.product)
    return BookingTicket(place.ticket_id, name, short_code(UUID(place.ticket_id)), place.session, times, used)


def tickets_revoked(connection: Connection, booking_id: str) -> tuple[Revoked, ...]:
    """Of a booking, the earlier ones first; those of one request together."""
    c = t.ticket_revoke.c
    what = c.revoke_id, c.staff_id, c.reason, c.at
    found = sa.select(*what, sa.func.count().label("n")).where(c.booking_id == booking_id).group_by(*what)
    return tuple(
        Revoked(read_setup.staff_name(connection, row.staff_id), from_ms(row.at), row.n, row.reason)
        for row in connection.execute(found.order_by(c.at, c.revoke_id)).all()
    )


class Mover:
    """Signs with the station's key; the same change of the same ticket always makes the same other one."""

    def __init__(self, store: Store, signer: Signer, asking: Asking) -> None:
        self._store = store
        self._signer = signer
        self._asking = asking

    def replace(self, known: tuple[str, Booked, str], tickets: Sequence[str], what: tuple[str, int]) -> int:
        """Asks for others; they are printed with the answer, however late that comes (`print_granted`). `known`: the id
        of the booking, and what was seen of it with its mark; `what`: under which id, and to which session (0: each in
        its own). Without an id the same tickets of what was seen are the same change. Returns how many."""
        booking_id, booked, seen = known
        identity = self._store.identity
        change_id = what[0] or _id_of(identity.station_id if identity else "", seen, *sorted(tickets))
        with self._store.read() as connection:
            others = self._others(connection, booked, (change_id, what[1]), tickets)
        said: dict[str, object] = {
            "change": change_id,
            "seen": seen,
            "session": what[1],
            "tickets": [[other.was, other.ticket_id, other.code] for other in others],
        }
        self._asking.about("booking", booking_id, MOVED, Permission.BOOK, said)
        return len(others)

    def revoke(self, booking_id: str, tickets: Sequence[str], reason: str, approval: Approval | None) -> int:
        """Has them ended; returns how many."""
        said: dict[str, object] = {"tickets": list(tickets), "reason": reason_of(reason)}
        about, right = ("booking", booking_id), Permission.APPROVE_BOOKING
        if approval is None:
            self._asking.about(*about, "TicketRevoked", right, said)
        else:
            self._asking.approved(about, "TicketRevoked", right, said, approval)
        return len(tickets)

    def _others(
        self, connection: Connection, booked: Booked, what: tuple[str, int], tickets: Sequence[str]
    ) -> list[Other]:
        """`what` is the change, and the session to which they go; 0 where each stays in its own. Refuses
        `move_ticket_gone` for what is not of the booking, and `session_over`."""
        (change_id, number), places = what, {place.ticket_id: place for place in booked.tickets}
        found = []
        for ticket_id in tickets:
            if (place := places.get(ticket_id)) is None:
                raise Refused(Code.MOVE_TICKET_GONE)
            session = read_setup.session(connection, number or place.session)
            if session is None:
                raise Refused(Code.SESSION_OVER)
            new_id = _id_of(change_id, ticket_id)
            code = self._signer.code(new_id, place.product, session.day, session.number)
            found.append(Other(ticket_id, new_id, place.product, code, session))
        return found

    def print_granted(self, recording: Recording, request: Any) -> None:
        """Prints the tickets of such a request under the number of the booking, once for each change: it may have been
        asked for twice. What is not known here any more is not printed."""
        body = json.loads(request.body)
        if _is_printed(recording.journal, body["change"]):
            return
        wanted = sa.select(t.reservation).where(t.reservation.c.booking_id == body["booking"])
        if (row := recording.cache.execute(wanted).first()) is None:
            return
        others = tuple(_granted(recording.cache, codec.loads(Booked, row.body), body))
        venue = read_setup.venue(recording.cache)
        prints = tuple(
            TicketPrint(
                other.code, short_code(UUID(other.ticket_id)),
                read_setup.product_name(recording.cache, other.product), venue.name,
                other.session.day.isoformat(), session_text(other.session, venue), row.number, position, len(others),
                ticket_id=other.ticket_id,
            )
            for position, other in enumerate(others, start=1)
        )  # fmt: skip
        if prints:
            products = (other.product for other in others)
            batch = TicketBatch(told_apart(recording.cache, products, prints))
            recording.print("tickets", row.number, batch)


def _granted(connection: Connection, booked: Booked, body: dict[str, Any]) -> Iterator[Other]:
    """What was granted, whether the booking that is known here is from before or after."""
    places = {place.ticket_id: place for place in booked.tickets}
    for was, ticket_id, code in body["tickets"]:
        place = places.get(was) or places.get(ticket_id)
        session = read_setup.session(connection, body["session"] or place.session) if place else None
        if place is not None and session is not None:
            yield Other(was, ticket_id, place.product, code, session)


def _is_printed(connection: Connection, change_id: str) -> bool:
    c = journal.request.c
    same = c.kind == MOVED, c.state == "granted", c.body.contains(f'"{change_id}"', autoescape=True)
    return connection.execute(sa.select(c.request_id).where(*same)).first() is not None


def _id_of(*parts: str) -> str:
    """An answer may be lost: asked again, it is the same."""
    return str(UUID(bytes=hashlib.sha256("/".join(parts).encode()).digest()[:16]))
