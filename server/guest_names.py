"""Guests say by themselves who comes on the tickets of their bookings, as a desk does for them, until they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Booked, Life, Place
from domain.catalogue import Words
from domain.ticket_name import name_of
from ledger import read_gate, read_setup
from ledger import tables as t
from server.guest_bookings import mine
from server.holding import booked_in, locked
from server.moving import check_unused
from server.setup import SetUp
from server.ticket_names import name_tickets, names_of


class SeatState(StrEnum):
    """Its place is `kept` until a till gives the ticket, which is `good` until it is `used`, `ended`, or its time is
    `over`; what is called off before that has `ended` too."""

    KEPT = "kept"
    GOOD = "good"
    USED = "used"
    OVER = "over"
    ENDED = "ended"


_NEVER = frozenset((Life.REJECTED, Life.CANCELLED, Life.EXPIRED))
_KEYS: sa.BindParameter[str] = sa.bindparam("tickets", expanding=True)
_GIVEN = sa.select(t.ticket.c.ticket_id).where(t.ticket.c.ticket_id.in_(_KEYS))


@dataclass(frozen=True, slots=True)
class Seat:
    """A ticket that a booking has or will have, and who comes on it: `guest` is empty where nobody said."""

    place: Place
    name: Words
    guest: str
    state: SeatState


def seats(connection: Connection, guest_id: str, booking_id: str, now: datetime) -> list[Seat]:
    """The tickets of a booking of the guest, in their order. Refuses `booking_unknown`."""
    return _seats(connection, mine(connection, guest_id, booking_id), now)


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
    return _seats(connection, row, setup.now)


def _seats(connection: Connection, row: Any, now: datetime) -> list[Seat]:
    booked, known = booked_in(row), names_of(connection, row.booking_id)
    states = _states(connection, row, now)
    return [
        Seat(
            place,
            read_setup.product_name(connection, place.product),
            known.get(place.ticket_id, ""),
            states[place.ticket_id],
        )
        for place in booked.tickets
    ]


def _states(connection: Connection, row: Any, now: datetime) -> dict[str, SeatState]:
    """The last that is true of each."""
    booked = booked_in(row)
    keys = [place.ticket_id for place in booked.tickets]
    first = SeatState.ENDED if Life(row.life) in _NEVER else SeatState.KEPT
    states = dict.fromkeys(keys, first)
    states |= dict.fromkeys(connection.execute(_GIVEN, {"tickets": keys}).scalars(), SeatState.GOOD)
    states |= dict.fromkeys(_over(connection, booked, now), SeatState.OVER)
    states |= dict.fromkeys(read_gate.used_among(connection, keys), SeatState.USED)
    return states | dict.fromkeys(read_gate.ended_among(connection, keys), SeatState.ENDED)


def _over(connection: Connection, booked: Booked, now: datetime) -> Iterator[str]:
    """The tickets on which nobody comes any more: their session is over, or, without one, their day."""
    there = read_setup.sessions(connection, {place.session for place in booked.tickets} - {0})
    over = {each.number for each in there if each.ends_at <= now}
    if booked.day < read_setup.day_at(connection, now):
        over.add(0)
    yield from (place.ticket_id for place in booked.tickets if place.session in over)
