"""One yes of a second person is for one thing: which of those that were given an operation goes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain import operation as op
from domain.operation_house import OverrideGiven


class Unsaid(StrEnum):
    """What is wrong where an operation names a second person."""

    NO_YES = "no_yes"
    USED = "yes_used"


@dataclass(frozen=True, slots=True)
class Given:
    """`at`: ms since 1970; `used`: another operation goes by it."""

    yes: OverrideGiven
    at: int
    used: bool


def about(operation: op.Operation) -> frozenset[str]:
    """What a yes to an operation names, where it names anything. A yes to discounts is to all that a cart has at that
    moment, so it may name one that was taken away since: it is for any."""
    match operation:
        case op.SaleVoided(sale_id=key) | op.TenderCorrected(payment_id=key) | op.RefundPaid(ask_id=key):
            return frozenset((key,))
        case op.BookingMade(discounts=offs):
            return frozenset(off.discount_id for off in offs)
        case _:
            return frozenset()


def is_shared(operation: op.Operation, yes: OverrideGiven, names: Collection[str]) -> bool:
    """What a slip says is told once for all cards of a sale or a refund that are not known: by a yes that names it, for
    one that names nothing would have no end."""
    return _is_slip(operation) and yes.subject in names


def _is_slip(operation: op.Operation) -> bool:
    return isinstance(operation, op.CardResolved)


def chosen(given: Iterable[Given], operation: op.Operation, names: Collection[str]) -> Given | Unsaid:
    """The one that an operation goes by, of those that were given before it; `names`: what it is about. One that names
    it before others, then the last. Nothing fits one that is about something else."""
    is_for_any = isinstance(operation, op.BookingMade) or not names
    wanted = names if _is_slip(operation) else {*names, ""}
    fits = [one for one in given if is_for_any or one.yes.subject in wanted]
    if not fits:
        return Unsaid.NO_YES
    free = [one for one in fits if is_shared(operation, one.yes, names) or not one.used]
    if not free:
        return Unsaid.USED
    return max(free, key=lambda one: (one.yes.subject in names, one.at))
