"""What the refunds' service hands to screens: what a sale can give back, what it would be, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.catalogue import Words
from domain.money import Money
from domain.refund import Reason, State
from domain.refund_offer import Choice
from domain.vat import VatLine


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket that can go back unless it is `gone`; `used`: its guest came in."""

    ticket_id: str
    short: str
    used: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """What was sold: `pieces` can still go back, at `price` each; `open_refund` of it is not over."""

    charge_id: str
    name: Words
    pieces: int
    price: Money
    tickets: tuple[TicketRow, ...]
    open_refund: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as it stands. `here`: this station asked for it, so it is paid or withdrawn here. `by` decided last."""

    refund_id: str
    sale_id: str
    number: str
    amount: Money
    state: State
    reason: Reason
    note: str
    asked_by: Words
    asked_at: datetime
    by: Words | None
    here: bool


@dataclass(frozen=True, slots=True)
class RefundPage:
    """A sale and what of it can go back; `number` is empty where another station has the document."""

    sale_id: str
    number: str
    day: date
    charges: tuple[ChargeRow, ...]
    refunds: tuple[RefundRow, ...]


@dataclass(frozen=True, slots=True)
class TenderRow:
    """How much goes back to which payment: `method` card or cash, with the card it was paid by."""

    method: str
    amount: Money
    scheme: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go back, before anybody asks. `fee` = `price` - `allowed` stays; `out_of_drawer` leaves the drawer;
    `approvers` may say yes. It holds until `valid_until`, where a policy decided."""

    sale_id: str
    choice: Choice
    reason: Reason
    price: Money
    fee: Money
    allowed: Money
    amount: Money
    net: Money
    vat: Money
    vat_lines: tuple[VatLine, ...]
    tenders: tuple[TenderRow, ...]
    out_of_drawer: Money
    approvers: tuple[Words, ...]
    grounds: tuple[str, ...]
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A refund that was paid: the credit note, and what went back how."""

    number: str
    total: Money
    cash_back: Money
    card_back: Money
