"""Guests say by themselves who comes on the tickets of their bookings, as a desk does for them, until they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Life, Place
from domain.catalogue import Words
from domain.ticket_name import name_of
from ledger import read_setup
from ledger import tables as t
from server.guest_bookings import mine
from server.holding import booked_in, locked
from server.moving import check_unused
from server.setup import SetUp
from server.ticket_names import name_tickets, names_of


class SeatState(StrEnum):
    """Its place is `kept` until a till gives the ticket, which is `good` until it is `used` or `ended`; what is called
    off before that has `ended` too."""

    KEPT = "kept"
    GOOD = "good"
    USED = "used"
    ENDED = "ended"


_NEVER = frozenset((Life.REJECTED, Life.CANCELLED, Life.EXPIRED))
_KEYS: sa.BindParameter[str] = sa.bindparam("tickets", expanding=True)
_GIVEN = sa.select(t.ticket.c.ticket_id).where(t.ticket.c.ticket_id.in_(_KEYS))
_USED = sa.select(t.admission.c.ticket_id).where(
    t.admission.c.ticket_id.in_(_KEYS),
    ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id),
)
_ENDED = sa.select(t.ticket_cancel.c.ticket_id).where(t.ticket_cancel.c.ticket_id.in_(_KEYS))


@dataclass(frozen=True, slots=True)
class Seat:
    """A ticket that a booking has or will have, and who comes on it: `guest` is empty where nobody said."""

    place: Place
    name: Words
    guest: str
    state: SeatState


def seats(connection: Connection, guest_id: str, booking_id: str) -> list[Seat]:
    """The tickets of a booking of the guest, in their order. Refuses `booking_unknown`."""
    return _seats(connection, mine(connection, guest_id, booking_id))


def name_them(setup: SetUp, guest_id: str, booking_id: str, names: Mapping[str, str]) -> list[Seat]:
    """Says who comes on which ticket; an empty name takes one away. Refuses `booking_unknown`, `booking_is` for what is
    over, `booking_changed` while staff make it another, `ticket_name`, `move_ticket_used` where somebody came in on a
    ticket, `move_ticket_gone` where one ended, and `record_invalid` for one that is not of it."""
    connection = setup.connection
    mine(connection, guest_id, booking_id)
    wanted = {ticket_id: name_of(name) for ticket_id, name in names.items()}
    row = locked(connection, booking_id, "", (f"ticket:{ticket_id}" for ticket_id in wanted))
    booked, known = booked_in(row), names_of(connection, booking_id)
    others = {ticket_id: name for ticket_id, name in wanted.items() if name != known.get(ticket_id, "")}
    for ticket_id in others:
        check_unused(connection, ticket_id)
    if others:
        name_tickets(row, booked, others, setup)
    return _seats(connection, row)


def _seats(connection: Connection, row: Any) -> list[Seat]:
    booked, known = booked_in(row), names_of(connection, row.booking_id)
    states = _states(connection, row)
    return [
        Seat(
            place,
            read_setup.product_name(connection, place.product),
            known.get(place.ticket_id, ""),
            states[place.ticket_id],
        )
        for place in booked.tickets
    ]


def _states(connection: Connection, row: Any) -> dict[str, SeatState]:
    keys = [place.ticket_id for place in booked_in(row).tickets]
    first = SeatState.ENDED if Life(row.life) in _NEVER else SeatState.KEPT
    states = dict.fromkeys(keys, first)
    for found, state in ((_GIVEN, SeatState.GOOD), (_USED, SeatState.USED), (_ENDED, SeatState.ENDED)):
        states |= dict.fromkeys(connection.execute(found, {"tickets": keys}).scalars(), state)
    return states
