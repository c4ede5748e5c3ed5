"""What a till says that something cost, held against what it cost: a line is right at any price and VAT rate that were
in force while its till may have gone by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.money import Money
from domain.operation_till import BookedLine, BookingMade
from domain.timing import OFFLINE_SIGN_IN

STALE_MS = OFFLINE_SIGN_IN // timedelta(milliseconds=1)  # as long staff may go by what their till last heard


@dataclass(frozen=True, slots=True)
class Listed:
    """What one piece of a product costs since a moment (ms since 1970), VAT of `rate` basis points included, how many
    tickets it gives, and how many places of a session of `activity_id` each of them takes; and whether it is `sold`
    since then."""

    price: Money
    rate: int
    since: int
    tickets: int
    places: int
    activity_id: str
    sold: bool = True


class Wrong(StrEnum):
    """In what a line differs from the catalogue."""

    PRICE = "price"
    VAT = "vat"
    PRODUCT = "unlisted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class WrongLine:
    """`said` and `listed` are for the whole quantity, before discounts; of a product that never was in the catalogue
    `listed` is None."""

    kind: Wrong
    product: int
    said: Money
    listed: Listed | None
    quantity: int
    rate: int

    @property
    def should(self) -> Money:
        """What it cost by the catalogue; nothing where it was in none."""
        return self.listed.price * self.quantity if self.listed else Money(0, self.said.currency)


def before_discounts(made: BookingMade) -> Iterator[tuple[BookedLine, Money]]:
    """Each line with what it would cost without its discounts."""
    off = Counter[str]()
    for each in made.discounts:
        off[each.charge_id] += each.amount.minor
    for line in made.lines:
        yield line, line.gross + Money(off[line.charge_id], line.gross.currency)


def is_at(line: BookedLine, said: Money, listed: Listed) -> bool:
    return listed.sold and line.rate == listed.rate and said == listed.price * line.quantity


def wrong_lines(
    made: BookingMade, history: Mapping[int, Sequence[Listed]], at_ms: int, received_ms: int
) -> list[WrongLine]:
    """The lines of a sale of `at_ms`, which the server got at `received_ms`, that no version of their product explains;
    `history` has all versions of each, the oldest first."""
    found = []
    for line, said in before_discounts(made):
        versions = history.get(line.product, ())
        possible = in_force(versions, at_ms - STALE_MS, received_ms)
        if not any(is_at(line, said, each) for each in possible):
            listed = _at(versions, at_ms)
            what = line.product, said, listed, line.quantity, line.rate
            gone = {each.sold for each in possible} == {False}
            found.append(WrongLine(Wrong.WITHDRAWN if gone else _kind(line, said, listed), *what))
    return found


def in_force(versions: Sequence[Listed], since: int, upto: int) -> list[Listed]:
    """Those that were in force at some moment between the two; the first was before anybody looked at a clock."""
    ends = [each.since for each in versions[1:]]
    return [
        each
        for number, (each, end) in enumerate(zip(versions, [*ends, None], strict=False))
        if (number == 0 or each.since <= upto) and (end is None or end >= since)
    ]


def _at(versions: Sequence[Listed], at_ms: int) -> Listed | None:
    """The one in force at a moment, or the first of all where that was before."""
    begun = [each for each in versions if each.since <= at_ms] or versions[:1]
    return begun[-1] if begun else None


def _kind(line: BookedLine, said: Money, listed: Listed | None) -> Wrong:
    if listed is None:
        return Wrong.PRODUCT
    return Wrong.VAT if said == listed.price * line.quantity else Wrong.PRICE
