"""Money that goes back after a sale: asked for and decided at the server, paid or failed at the station that asked, or
that took up what the server began.

What is asked, taken up, approved, refused and withdrawn is the server's own; that money went back, or did not, is a
fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.money import Money
from domain.operation_till import RefundPart
from domain.policy import Quote
from domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class GivenUp:
    """`gross` of a charge that goes back, VAT-inclusive, for so many of its pieces; it may be nothing."""

    charge_id: str
    pieces: int
    gross: Money


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one payment gives back; `method` is how it was paid: card or cash."""

    payment_id: str
    method: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A refund that is asked for, as it was worked out then: from now on its payments hold `shares` for it. `allowed`
    is what the policy gives, `reason` one of `domain.refund.Reason`; `number` and `original_day` are the invoice's.
    Without `station_id` and `staff_id` the server began it: for a guest online (`by_guest`), or by itself."""

    ask_id: str
    sale_id: str
    booking_id: str
    day: date
    station_id: str
    staff_id: str
    seller_id: str
    number: str
    original_day: str
    amount: Money
    allowed: Money
    reason: str
    note: str
    quotes: tuple[Quote, ...]
    lines: tuple[GivenUp, ...]
    shares: tuple[RefundShare, ...]
    tickets: tuple[str, ...]
    sessions: tuple[int, ...]
    by_guest: bool = False

    @property
    def stays(self) -> bool:
        """Whether only money goes back, and nothing ends."""
        return not any(line.pieces for line in self.lines)


@dataclass(frozen=True, slots=True)
class RefundTaken:
    """What the server began is paid, or withdrawn, at that station from now on."""

    take_id: str
    ask_id: str
    station_id: str


@dataclass(frozen=True, slots=True)
class RefundReleased:
    """That station does not pay it: another one may take it up."""

    take_id: str
    ask_id: str
    station_id: str


@dataclass(frozen=True, slots=True)
class RefundApproved:
    decision_id: str
    ask_id: str
    amount: Money
    note: str


@dataclass(frozen=True, slots=True)
class RefundRefused:
    decision_id: str
    ask_id: str
    note: str


@dataclass(frozen=True, slots=True)
class RefundWithdrawn:
    """It is not wanted any more, or is to be paid elsewhere: nothing is held for it from now on."""

    decision_id: str
    ask_id: str
    note: str


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """A part of a charge as the credit note has it; `vat` is inside `gross`, `rate` in basis points."""

    line_id: str
    charge_id: str
    pieces: int
    gross: Money
    vat: Money
    rate: int


@dataclass(frozen=True, slots=True)
class RefundPaid:
    """The money is with the guest: a credit note over `lines`; `tickets` end, the places of `sessions` return.
    `approval_id` is the decision that allowed it, `cash_approver_id` who let card money go back in cash."""

    paid_id: str
    ask_id: str
    approval_id: str
    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    document_id: str
    number: str
    receipt: Receipt
    lines: tuple[CreditedLine, ...]
    refunds: tuple[RefundPart, ...]
    tickets: tuple[str, ...]
    sessions: tuple[int, ...]
    cash_approver_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The card did not take the money back: somebody must try once more, pay it otherwise, or withdraw it."""

    fail_id: str
    ask_id: str
    attempt_id: str
    why: str
