"""Closing a sale: tenders against the cart's total, change, and how a voided sale is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Code, Refused
from domain.money import Money, total

MOST_TENDERED = 1_000_000_000  # minor units: more is a code that was typed in the place of an amount


@dataclass(frozen=True, slots=True)
class CashTender:
    """`amount` stays in the drawer, `tendered` was handed over; change = tendered - amount."""

    amount: Money
    tendered: Money

    @property
    def change(self) -> Money:
        return self.tendered - self.amount


@dataclass(frozen=True, slots=True)
class CardTender:
    """Money that a terminal approved under `attempt_id`. `wallet` is set for Apple Pay and the like."""

    amount: Money
    attempt_id: str
    scheme: str
    wallet: str
    last4: str
    approval: str


Tender = CashTender | CardTender


def left_to_pay(due: Money, tenders: Sequence[Tender]) -> Money:
    return due - total((tender.amount for tender in tenders), due.currency)


def take_cash(due: Money, tenders: Sequence[Tender], tendered: Money) -> CashTender:
    """The cash tender for what the guest hands over: all of it when it covers less than what is left, else the rest
    with change. Refuses `cash_too_little` for nothing, `amount_too_large`, and `tenders_over` when nothing is left."""
    left = left_to_pay(due, tenders)
    if left.minor <= 0:
        raise Refused(Code.TENDERS_OVER)
    if tendered.minor <= 0:
        raise Refused(Code.CASH_TOO_LITTLE)
    if tendered.minor > MOST_TENDERED:
        raise Refused(Code.AMOUNT_TOO_LARGE, most=Money(MOST_TENDERED, due.currency).decimal())
    return CashTender(min(left, tendered, key=lambda money: money.minor), tendered)


def check_paid(due: Money, tenders: Sequence[Tender]) -> None:
    """Refuses `tenders_short` / `tenders_over` unless the tenders add up to exactly `due`."""
    left = left_to_pay(due, tenders)
    if left.minor > 0:
        raise Refused(Code.TENDERS_SHORT, left=left.decimal())
    if left.minor < 0:
        raise Refused(Code.TENDERS_OVER)


def quick_amounts(left: Money, notes: Sequence[int]) -> tuple[Money, ...]:
    """Up to three sums a guest is likely to hand over for `left`, besides the exact one, rising.

    `notes` are the venue's denominations in minor units; a sum is `left` rounded up to a multiple of a note.
    """
    big = sorted(note for note in notes if note >= 10**2 * 5) or sorted(notes)
    sums = sorted({-(-left.minor // note) * note for note in big} - {left.minor})
    return tuple(Money(minor, left.currency) for minor in sums[:3])


def change_in_notes(change: Money, notes: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """How to hand back `change`: (denomination, count) from the largest down; greedy, exact when a 1 exists."""
    rest, parts = change.minor, []
    for note in sorted(notes, reverse=True):
        if count := rest // note:
            parts.append((note, count))
            rest -= note * count
    return tuple(parts)
