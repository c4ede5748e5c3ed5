"""Names of those who come, by ticket: written for a booking, carried along with its tickets, shown at gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import ENDED, Booked, Life, Place
from domain.errors import Code, Refused
from domain.ticket_name import carried, name_of
from ledger import read_guests, read_setup
from ledger import tables as t
from ledger.puts import day_bucket
from ledger.rows import add_rows
from server.asked import Asked
from server.setup import SetUp

_OF_BOOKING = sa.select(t.ticket_name.c.ticket_id, t.ticket_name.c.name).where(
    t.ticket_name.c.booking_id == sa.bindparam("booking")
)


def asked_names(asked: Asked) -> list[str]:
    """One for each ticket in the order of the lines, fewer or none; earlier versions send none. Refuses `ticket_name`,
    `record_invalid`."""
    said = asked.listed("names", "booking")
    if any(type(each) is not str for each in said):
        raise Refused(Code.RECORD_INVALID, record="booking")
    return [name_of(each) for each in said]


def name_first(setup: SetUp, booking_id: str, booked: Booked, names: Sequence[str]) -> None:
    """The names of a booking that is made. Refuses `record_invalid` for more of them than tickets."""
    if len(names) > len(booked.tickets):
        raise Refused(Code.RECORD_INVALID, record="booking")
    ids = [place.ticket_id for place in booked.tickets]
    _put(setup, booking_id, booked, {key: name for key, name in zip(ids, names, strict=False) if name})


def carry(setup: SetUp, row: Any, states: tuple[Booked, Booked], going: Mapping[str, str] | None) -> None:
    """A booking of the first state comes to have the tickets of the second: names go to those of the same kind, or as
    it is said (`going`: of a new ticket the one in whose place it is); nobody is left on what was."""
    known, (before, after) = names_of(setup.connection, row.booking_id), states
    if not any(known.values()):
        return
    going = carried(before.tickets, after.tickets) if going is None else going
    now = {new: known[old] for new, old in going.items() if known.get(old)}
    there = {place.ticket_id for place in after.tickets}
    gone = {ticket_id: "" for ticket_id, name in known.items() if name and ticket_id not in there}
    _put(setup, row.booking_id, after, now | gone)


def names_of(connection: Connection, booking_id: str) -> dict[str, str]:
    """By ticket; empty for one whose name went on or was forgotten."""
    return {row.ticket_id: row.name for row in connection.execute(_OF_BOOKING, {"booking": booking_id})}


def forget(setup: SetUp, guest_id: str) -> None:
    """Of all that the guest booked."""
    mine = sa.select(t.reservation.c.booking_id).where(t.reservation.c.guest_id == guest_id)
    named = t.ticket_name.c.booking_id.in_(mine), t.ticket_name.c.name != ""
    setup.connection.execute(sa.update(t.ticket_name).where(*named).values(name="", seq=0))
    setup.touch(t.ticket_name)


def names_by_ticket(asked: Asked) -> dict[str, str]:
    """What a request says of tickets. Refuses `ticket_name`, `record_invalid`."""
    said = asked.field("names", list, "booking")
    if not said or any(
        type(each) is not list or [type(part) for part in each] != [str, str] for each in said
    ):
        raise Refused(Code.RECORD_INVALID, record="booking")
    return {ticket_id: name_of(name) for ticket_id, name in said}


def name_tickets(row: Any, booked: Booked, names: Mapping[str, str], setup: SetUp) -> None:
    """Says who comes on tickets of a booking, under its lock. Refuses `booking_is` for what is over, `guest_erased`,
    and `record_invalid` for a ticket that is not of it."""
    if Life(row.life) in ENDED:
        raise Refused(Code.BOOKING_IS, life=row.life)
    read_guests.known(setup.connection, row.guest_id)
    if not names.keys() <= {place.ticket_id for place in booked.tickets}:
        raise Refused(Code.RECORD_INVALID, record="booking")
    _put(setup, row.booking_id, booked, names)
    setup.note(op.TicketsNamed(row.booking_id, tuple(sorted(names))))


def _put(setup: SetUp, booking_id: str, booked: Booked, names: Mapping[str, str]) -> None:
    """A name lies where its ticket is: with the day of its session."""
    if not names:
        return
    connection = setup.connection
    known = names_of(connection, booking_id)
    places = {place.ticket_id: place for place in booked.tickets}
    for ticket_id in names.keys() & known.keys():
        mine = t.ticket_name.c.ticket_id == ticket_id
        connection.execute(sa.update(t.ticket_name).where(mine).values(name=names[ticket_id], seq=0))
    rows = [
        (t.ticket_name, {
            "ticket_id": ticket_id, "booking_id": booking_id, "name": name, "op_id": "", "seq": 0,
            "bucket": _bucket(connection, places[ticket_id], booked),
        })
        for ticket_id, name in names.items()
        if ticket_id not in known and name
    ]  # fmt: skip
    add_rows(connection, rows)
    setup.touch(t.ticket_name)


def _bucket(connection: Connection, place: Place, booked: Booked) -> str:
    session = read_setup.session(connection, place.session) if place.session else None
    return day_bucket(session.day if session else booked.day)
