"""Places of a session given to a station to sell alone, so that stations that cannot talk never sell one place twice.

What a station may still sell is a balance: leased - returned - cut - sold, counted from its own operations. A balance
below zero is what a supervisor allowed beyond the lease. Rules of the core, "Leases"; sizes are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from domain import operation as op
from domain.cart import Cart

HOLDER = "SRV"  # whose leases are places that are kept for bookings
FAMILY = 12  # places a till has ready, so that a family never waits
MOST_AHEAD = 120
FEW_EACH = 4  # so many unsold places a selling station are few: nothing is leased ahead any more
CALL_SECONDS = 120  # for how long a station that called for places is served before leases are topped up
SILENT_SECONDS = 120  # a station not heard for so long may be gone: what it holds counts as used


@dataclass(frozen=True, slots=True)
class Move:
    """`places` more (or fewer, below zero) that a station may sell of a session; `lease_id` is that of the lease that
    began, or the revocation's."""

    session: int
    places: int
    lease_id: str = ""


def moves(operation: op.Operation) -> Iterator[Move]:
    """What an operation does to the balance of the station that recorded it."""
    match operation:
        case op.LeaseTaken(lease_id, session, _, places):
            yield Move(session, places, lease_id)
        case op.LeaseReturned(_, session, _, places):
            yield Move(session, -places)
        case op.LeaseCut(cut_id, session, _, places):
            yield Move(session, -places, cut_id)
        case op.BookingMade(tickets=tickets, held=False):
            for session, places in places_of(tickets).items():
                yield Move(session, -places)
        case _:
            return


def places_of(tickets: tuple[op.IssuedTicket, ...]) -> Counter[int]:
    """Places by session."""
    sold: Counter[int] = Counter()
    for ticket in tickets:
        if ticket.session:
            sold[ticket.session] += ticket.places
    return sold


def wanted_by(cart: Cart) -> dict[int, int]:
    """Places that a cart takes, by session; those of a booking made ahead the server keeps for it."""
    if cart.booking_id:
        return {}
    numbers = dict.fromkeys(line.session.number for line in cart.lines if line.session)
    return {number: cart.places_in(number) for number in numbers}


def goal(recent: int) -> int:
    """How many places a till likes to have ready: an hour's worth, `recent` of the session having been sold there in
    a quarter of an hour."""
    return max(FAMILY, min(4 * recent, MOST_AHEAD))


def are_few(unsold: int, sellers: int) -> bool:
    """Whether so little is left that each line asks for exactly its number. `unsold` counts leased places too: it does
    not change by leasing, so stations do not give and take in turns."""
    return unsold <= FEW_EACH * sellers


def ahead(wanted: int, free: int, mine: int, unsold: int, sellers: int) -> int:
    """How many of the `wanted` places a station that holds `mine` gets before it needs them: up to its share of what
    is `free`, one share staying with the server for those who ask exactly."""
    if are_few(unsold, sellers):
        return 0
    return max(0, min(wanted, (free + mine) // (sellers + 1) - mine))


def held(balances: dict[str, int]) -> int:
    """Places that only their stations can sell."""
    return sum(max(0, balance) for balance in balances.values())
