"""What a till says it was paid for a booking made ahead, held against what was kept for it.

It may have been paid in any of the states that the booking has been in, or in several. What differs is kept all the
same, for the guest was told; a person looks at it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain import vat
from domain.booking import Booked, Place
from domain.money import Money
from domain.operation_till import BookedLine


class Differs(StrEnum):
    """`things`: other ones, or more or fewer of them. `short`: less came in than was charged."""

    PRICE = "price"
    VAT = "vat"
    THINGS = "things"
    TICKETS = "tickets"
    DAY = "day"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge that stands, as it was told; `off` is what discounts took from it."""

    charge_id: str
    what: tuple[int, int, int, int, str]  # product, session, quantity, rate, currency
    gross: int
    vat: int
    off: int

    @property
    def price(self) -> int:
        return self.gross + self.off


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a paid booking, in minor units: `tickets` that were issued, of which some `ended`; what is still
    `owed` of what was charged."""

    charges: tuple[Charged, ...]
    tickets: tuple[Place, ...]
    ended: frozenset[str] = frozenset()
    owed: int = 0
    day: str = ""  # of what the first till told

    @property
    def good(self) -> list[Place]:
        return [ticket for ticket in self.tickets if ticket.ticket_id not in self.ended]


@dataclass(frozen=True, slots=True)
class Difference:
    """Prices and their VAT in minor units, good tickets, each as `kept` and as `paid`; `places` are those of tickets
    that were not promised."""

    kinds: tuple[Differs, ...]
    price: tuple[int, int]
    vat: tuple[int, int]
    tickets: tuple[int, int]
    places: int


def not_kept(states: Iterable[Booked], tickets: Iterable[Place]) -> list[Place]:
    """The tickets that no state of the booking has so: under that id, of that product, session and number of places."""
    kept = {place for state in states for place in state.tickets}
    return [ticket for ticket in tickets if ticket not in kept]


def difference(states: Sequence[Booked], told: Told) -> Difference | None:
    """What was told otherwise than it was kept in `states`, the present one first; None where nothing was."""
    charged = {charge.charge_id: charge for charge in told.charges}
    paid = [state for state in states if any(line.charge_id in charged for line in state.lines)] or states[:1]
    lines = {line.charge_id: line for state in paid for line in state.lines}
    promised = {place.ticket_id for state in paid for place in state.tickets}
    beyond = not_kept(paid, told.good)
    missing = promised - {ticket.ticket_id for ticket in told.tickets}
    price = sum(line.gross.minor for line in lines.values()), sum(each.price for each in told.charges)
    taxes = _taxes(paid, charged)
    vats = sum(taxes.values()), sum(each.vat for each in told.charges)
    is_same = _are_same(lines, charged)
    found = (
        (Differs.PRICE, price[0] != price[1] or (is_same and _are_dearer(lines, charged))),
        (Differs.VAT, is_same and price[0] == price[1] and any(taxes[k] != charged[k].vat for k in taxes)),
        (Differs.THINGS, not is_same),
        (Differs.TICKETS, bool(beyond or missing)),
        (Differs.DAY, bool(told.day) and told.day not in {state.day.isoformat() for state in states}),
        (Differs.SHORT, told.owed > 0),
    )
    kinds = tuple(kind for kind, is_so in found if is_so)
    good = len(promised - told.ended), len(told.good)
    return Difference(kinds, price, vats, good, sum(each.places for each in beyond)) if kinds else None


def _are_same(lines: Mapping[str, BookedLine], charged: Mapping[str, Charged]) -> bool:
    kept = {
        key: (line.product, line.session, line.quantity, line.rate, line.gross.currency)
        for key, line in lines.items()
    }
    return kept == {key: charge.what for key, charge in charged.items()}


def _are_dearer(lines: Mapping[str, BookedLine], charged: Mapping[str, Charged]) -> bool:
    """One thing dearer and another cheaper."""
    return any(charged[key].price != line.gross.minor for key, line in lines.items())


def _taxes(paid: Iterable[Booked], charged: Mapping[str, Charged]) -> dict[str, int]:
    """The VAT that each charge of a state must have, at what was paid for it."""
    return dict(tax for state in paid for tax in _taxes_of(state.lines, charged))


def _taxes_of(lines: Collection[BookedLine], charged: Mapping[str, Charged]) -> Iterator[tuple[str, int]]:
    """As it was kept, or, where discounts took something off, as it is of the rest."""
    if not any(charged[line.charge_id].off for line in lines if line.charge_id in charged):
        yield from ((line.charge_id, line.vat.minor) for line in lines)
        return
    grosses = [
        charged[key].gross if (key := line.charge_id) in charged else line.gross.minor for line in lines
    ]
    pairs = [
        (Money(gross, line.gross.currency), line.rate) for gross, line in zip(grosses, lines, strict=True)
    ]
    for line, tax in zip(lines, vat.by_line(pairs), strict=True):
        yield line.charge_id, tax.minor
