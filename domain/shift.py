"""The drawer: what may move in it, what it should hold, what was counted, and when a second person must look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.errors import Code, Refused
from domain.money import Money, total
from domain.receipt import CashFigures, ShiftReport

MOST_MOVED = 100_000_000  # minor units: more is a slip of the hand, and sums must fit a database's numbers


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


def check_amount(amount: Money, currency: str) -> None:
    """What one cash move may be. Refuses `not_money` for nothing, less, or another currency, `amount_too_large`."""
    if amount.minor <= 0 or amount.currency != currency:
        raise Refused(Code.NOT_MONEY, text=amount.decimal())
    if amount.minor > MOST_MOVED:
        raise Refused(Code.AMOUNT_TOO_LARGE, most=Money(MOST_MOVED, currency).decimal())


def must_be_seen(difference: Money, expected: Money, limit: Money) -> bool:
    """Whether a supervisor must look before a drawer closes: it is off by more than the limit, or the book says that it
    holds less than nothing, so that some move is missing or wrong."""
    return abs(difference.minor) > limit.minor or expected.minor < 0


def without_cash(report: ShiftReport) -> ShiftReport:
    """An X for whoever counts the drawer: without the cash, and without the sums from which the cash follows."""
    others = tuple(part for part in report.tenders if part[0] != "cash")
    return replace(report, gross=None, net=None, vat=None, vat_lines=(), tenders=others, cash=None)
