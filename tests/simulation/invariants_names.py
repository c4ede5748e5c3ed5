"""Who comes: a name is on a ticket that its booking has now and on no other, goes along with one that moves, and is
forgotten with the guest.

Names are in no journal; here nobody takes one away, so that what was named and stayed must be named still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from domain import codec
from domain import operation as op
from domain.booking import Booked
from tests.simulation.evidence import Evidence

_SERVER = "SRV"
_KINDS = ("TicketsNamed", "TicketsMoved", "BookingChanged", "BookingConfirmed")


def named(it: Evidence) -> Iterator[str]:
    rows = {row["booking_id"]: row for row in it.rows["reservation"]}
    erased = {row["guest_id"] for row in it.rows["guest_entry"] if row["kind"] == "erased"}
    names = {row["ticket_id"]: row["name"] for row in it.rows["ticket_name"]}
    for row in it.rows["ticket_name"]:
        booked = codec.loads(Booked, rows[row["booking_id"]]["body"])
        if row["name"] and rows[row["booking_id"]]["guest_id"] in erased:
            yield f"named: {row['ticket_id']} though its guest was erased"
        if row["name"] and row["ticket_id"] not in {place.ticket_id for place in booked.tickets}:
            yield f"named: {row['ticket_id']} which {row['booking_id']} does not have"
    for booking_id, tickets in _said(it).items():
        lost = sorted(ticket_id for ticket_id in tickets if not names.get(ticket_id))
        if lost and rows[booking_id]["guest_id"] not in erased:
            yield f"named: of {booking_id} the names of {lost} are lost"


def _said(it: Evidence) -> dict[str, set[str]]:
    """Of each booking the tickets that were named since it came to be for something else, as they are now."""
    found: dict[str, set[str]] = defaultdict(set)
    mine = [row for row in it.inbox.values() if row["station_id"] == _SERVER and row["kind"] in _KINDS]
    for row in mine:
        said = codec.loads(getattr(op, row["kind"]), row["public"])
        match said:
            case op.TicketsNamed():
                found[said.booking_id] |= set(said.tickets)
            case op.TicketsMoved():
                new = {was: each.ticket_id for was, each in zip(said.was, said.tickets, strict=True)}
                found[said.booking_id] = {new.get(each, each) for each in found[said.booking_id]}
            case op.BookingChanged() | op.BookingConfirmed(before=True):
                found[said.booking_id].clear()
    return found


CHECKS = (named,)
