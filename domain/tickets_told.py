"""The tickets that a till says it sold, held against what it charged: as many of each product and session, with the
places that the product takes, for a session of what the product is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.operation_till import BookingMade, IssuedTicket
from domain.price_told import STALE_MS, Listed, in_force

What = tuple[int, int]  # a product and its session, 0 where it has none
ActivityOf = Callable[[int], str | None]  # of a session; None where there is none of that number


class Astray(StrEnum):
    """In what tickets differ from what was charged."""

    MORE = "more_tickets"
    FEWER = "fewer_tickets"
    PLACES = "other_places"
    SESSION = "other_session"


@dataclass(frozen=True, slots=True)
class WrongTickets:
    """How many pieces of a product were `charged` for a session, and how many tickets to it were `issued`, which take
    so many `places` together."""

    product: int
    session: int
    charged: int
    issued: int
    places: int
    kinds: tuple[Astray, ...]


def wrong_tickets(
    made: BookingMade,
    history: Mapping[int, Sequence[Listed]],
    activity_of: ActivityOf,
    at_ms: int,
    received_ms: int,
) -> list[WrongTickets]:
    """What of a walk-in of `at_ms`, which the server got at `received_ms`, no version of its products explains; of a
    product that never was in the catalogue only that there are more tickets than were charged."""
    charged, tickets = _charged(made), _issued(made)
    found = []
    for what in dict.fromkeys((*charged, *tickets)):
        possible = in_force(history.get(what[0], ()), at_ms - STALE_MS, received_ms)
        mine = tickets.get(what, ())
        if kinds := _astray(charged[what], mine, possible, activity_of):
            places = sum(ticket.places for ticket in mine)
            found.append(WrongTickets(*what, charged[what], len(mine), places, tuple(kinds)))
    return found


def is_so(made: BookingMade, listed: Mapping[int, Listed], activity_of: ActivityOf) -> bool:
    """Whether its tickets are what these versions of its products give."""
    charged, tickets = _charged(made), _issued(made)
    return all(
        (each := listed.get(what[0])) is not None
        and not _astray(charged[what], tickets.get(what, ()), [each], activity_of)
        for what in {*charged, *tickets}
    )


def _charged(made: BookingMade) -> Counter[What]:
    pieces = Counter[What]()
    for line in made.lines:
        pieces[line.product, line.session] += line.quantity
    return pieces


def _issued(made: BookingMade) -> dict[What, list[IssuedTicket]]:
    tickets: dict[What, list[IssuedTicket]] = {}
    for ticket in made.tickets:
        tickets.setdefault((ticket.product, ticket.session), []).append(ticket)
    return tickets


def _astray(
    charged: int, tickets: Sequence[IssuedTicket], possible: Sequence[Listed], activity_of: ActivityOf
) -> list[Astray]:
    """Possible are the versions of the product by which its till may have gone."""
    gives = {each.tickets for each in possible} or {0, 1}
    kinds = []
    if len(tickets) > charged * max(gives):
        kinds.append(Astray.MORE)
    if len(tickets) < charged * min(gives):
        kinds.append(Astray.FEWER)
    if possible and not {each.places for each in tickets} <= {each.places for each in possible}:
        kinds.append(Astray.PLACES)
    if possible and tickets and not _is_its_session(tickets[0].session, possible, activity_of):
        kinds.append(Astray.SESSION)
    return kinds


def _is_its_session(session: int, possible: Sequence[Listed], activity_of: ActivityOf) -> bool:
    """A gate that knows no such session lets in whoever comes on that day."""
    activity = activity_of(session) if session else ""
    return any((each.activity_id if each.places else "") == activity for each in possible)
