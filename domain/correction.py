"""A tender that was keyed wrongly, put right within its shift: a row that takes the old one away and a new one.

No money moves and no document changes: only what the books say about how a sale was paid. What a terminal approved by
itself and what a voucher's account says cannot have been keyed wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Code, Refused
from domain.money import Money
from domain.shift import CashEvent


class Means(StrEnum):
    """How a payment was recorded: `keyed_card` was typed from the slip of a terminal that stands alone."""

    CASH = "cash"
    KEYED_CARD = "keyed_card"
    TERMINAL_CARD = "terminal_card"
    VOUCHER = "voucher"


KEYED = frozenset((Means.CASH, Means.KEYED_CARD))


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a payment; the card's facts are empty for cash."""

    means: Means
    scheme: str = ""
    last4: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment as it stands. `undone`: an earlier correction, a refund or a void took it away, or a part of it."""

    payment_id: str
    shift_id: str
    amount: Money
    said: Said
    undone: bool = False


@dataclass(frozen=True, slots=True)
class CounterRow:
    """Takes the payment `payment_id` out of the books, with its whole `amount` (positive)."""

    counter_id: str
    payment_id: str
    amount: Money
    said: Said


@dataclass(frozen=True, slots=True)
class Correction:
    """The old row taken away, the new one, and why."""

    counter: CounterRow
    new: Recorded
    reason: str


def correct(wrong: Recorded, said: Said, *, ids: tuple[str, str], shift_id: str, reason: str) -> Correction:
    """Says `said` of a payment instead of what was keyed; whoever does wants `tender_correct`. `ids` are those of the
    counter-row and of the new payment, `shift_id` is the open shift.

    Refuses `reason_needed`, `tender_other_shift`, `tender_undone`, `tender_fixed` from or to what is not keyed,
    `tender_card_facts` for a card without scheme and approval code, `tender_same` when nothing would change.
    """
    if not reason.strip():
        raise Refused(Code.REASON_NEEDED)
    _check(wrong, said, shift_id)
    counter_id, payment_id = ids
    counter = CounterRow(counter_id, wrong.payment_id, wrong.amount, wrong.said)
    return Correction(counter, Recorded(payment_id, shift_id, wrong.amount, said), reason.strip())


def _check(wrong: Recorded, said: Said, shift_id: str) -> None:
    if not shift_id or wrong.shift_id != shift_id:
        raise Refused(Code.TENDER_OTHER_SHIFT)
    if wrong.undone:
        raise Refused(Code.TENDER_UNDONE)
    if wrong.said.means not in KEYED or said.means not in KEYED:
        raise Refused(Code.TENDER_FIXED)
    if said == wrong.said:
        raise Refused(Code.TENDER_SAME)
    has_facts = bool(said.scheme.strip() and said.approval.strip())
    complete = has_facts if said.means is Means.KEYED_CARD else said == Said(Means.CASH)
    if not complete:
        raise Refused(Code.TENDER_CARD_FACTS)


def drawer(correction: Correction) -> tuple[CashEvent, ...]:
    """What it does to the expected cash of the shift: cash that never came goes, cash that did comes."""
    events = list[CashEvent]()
    if correction.counter.said.means is Means.CASH:
        events.append(CashEvent("sale", -correction.counter.amount))
    if correction.new.said.means is Means.CASH:
        events.append(CashEvent("sale", correction.new.amount))
    return tuple(events)
