"""The drawer: what it should hold, what was counted, and when a difference needs a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.money import Money, total
from domain.receipt import CashFigures


class Move(StrEnum):
    """Money that moves besides sales; `no_sale` opens the drawer and moves nothing."""

    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    DROP = "drop"
    NO_SALE = "no_sale"


@dataclass(frozen=True, slots=True)
class CashEvent:
    """One thing that changed the drawer: a Move, or `sale` / `refund` for the cash part of documents."""

    kind: str
    amount: Money


def figures(opening: Money, events: Iterable[CashEvent]) -> CashFigures:
    """The one computation of expected cash: float + cash sales - cash refunds + in - out - drops."""
    listed = tuple(events)

    def of(kind: str) -> Money:
        return total((event.amount for event in listed if event.kind == kind), opening.currency)

    sales, refunds = of("sale"), of("refund")
    paid_in, paid_out, drops = of(Move.CASH_IN), of(Move.CASH_OUT), of(Move.DROP)
    expected = opening + sales - refunds + paid_in - paid_out - drops
    return CashFigures(opening, sales, refunds, paid_in, paid_out, drops, expected)


def counted(pieces: Mapping[int, int], currency: str) -> Money:
    """What (denomination in minor units → how many) comes to."""
    return Money(sum(note * count for note, count in pieces.items()), currency)


def over_limit(difference: Money, limit: Money) -> bool:
    return abs(difference.minor) > limit.minor
