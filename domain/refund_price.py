"""What the pieces of a charge cost that can still go back. Money may go back while its pieces stay: from then on they
cost less, each as much less as the others."""

from __future__ import annotations

from collections.abc import Iterable

from domain.money import Money
from domain.operation_refund import GivenUp
from domain.operation_till import BookedLine


def rest_of(line: BookedLine, given: Iterable[GivenUp]) -> Money | None:
    """What the pieces cost together that nobody gave up, once money went back while they stayed; None before. `given`
    is all that went back of the charge, in its order."""
    rest, left, was_reduced = line.gross.minor, line.quantity, False
    for each in given:
        if not each.pieces:
            rest, was_reduced = rest - each.gross.minor, True
        elif was_reduced:
            rest -= rest * each.pieces // max(left, 1)
        else:
            rest -= _by_quantity(line, left, range(each.pieces))
        left -= each.pieces
    return Money(max(rest, 0), line.gross.currency) if was_reduced else None


def price_of(line: BookedLine, left: int, which: range, rest: Money | None) -> Money:
    """What those cost of the pieces that are `left`, counted from 0; all of them come to what is left of the price.
    `rest` is of `rest_of`."""
    minor = _by_quantity(line, left, which) if rest is None else _part(rest.minor, left, which)
    return Money(minor, line.gross.currency)


def _by_quantity(line: BookedLine, left: int, which: range) -> int:
    gone = line.quantity - left
    return _part(line.gross.minor, line.quantity, range(gone + which.start, gone + which.stop))


def _part(minor: int, of: int, which: range) -> int:
    """Of an amount for `of` pieces what falls on those."""
    return minor * which.stop // of - minor * which.start // of
