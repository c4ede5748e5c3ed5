"""Guests say by themselves who comes on the tickets of their bookings, as a desk does for them, until they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from domain.booking import Booked, Place
from domain.catalogue import Words
from domain.ticket_name import name_of
from ledger import read_setup
from server.guest_bookings import mine
from server.holding import booked_in, locked
from server.moving import check_unused
from server.setup import SetUp
from server.ticket_names import name_tickets, names_of


@dataclass(frozen=True, slots=True)
class Seat:
    """A ticket that a booking has or will have, and who comes on it: `guest` is empty where nobody said."""

    place: Place
    name: Words
    guest: str


def seats(connection: Connection, guest_id: str, booking_id: str) -> list[Seat]:
    """The tickets of a booking of the guest, in their order. Refuses `booking_unknown`."""
    row = mine(connection, guest_id, booking_id)
    return _seats(connection, booking_id, booked_in(row))


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
    return _seats(connection, booking_id, booked)


def _seats(connection: Connection, booking_id: str, booked: Booked) -> list[Seat]:
    known = names_of(connection, booking_id)
    return [
        Seat(place, read_setup.product_name(connection, place.product), known.get(place.ticket_id, ""))
        for place in booked.tickets
    ]
