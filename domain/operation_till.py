"""What happens at a till: the drawer's shift, the sale, the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.catalogue import Words
from domain.membership import SeenMembership
from domain.money import Money
from domain.receipt import Receipt

# shift -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` notes or coins of `note` minor units."""

    note: int
    count: int


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    shift_id: str
    opening: Money
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CashMoved:
    """`move`: cash_in, cash_out, drop, or no_sale (amount zero)."""

    move_id: str
    shift_id: str
    move: str
    amount: Money
    reason: str
    approver_id: str = ""


@dataclass(frozen=True, slots=True)
class ShiftCounted:
    """A blind count and what was expected at that moment."""

    count_id: str
    shift_id: str
    counted: Money
    expected: Money
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """`number` is the Z's; `difference` = counted - expected; `provisional` while something waits for a person."""

    shift_id: str
    number: str
    count_id: str
    counted: Money
    expected: Money
    difference: Money
    approver_id: str
    note: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report of an open shift was printed; `what` is X. `full`: with the cash, read by `approver_id`, or by the one
    who acts where it is empty."""

    report_id: str
    shift_id: str
    what: str
    full: bool
    approver_id: str = ""


# sale ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A charge: `gross` is VAT-inclusive for the quantity, `rate` in basis points. `session` 0 = none."""

    charge_id: str
    product: int
    name: Words
    session: int
    quantity: int
    gross: Money
    vat: Money
    rate: int


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    ticket_id: str
    product: int
    session: int
    places: int
    code: str


@dataclass(frozen=True, slots=True)
class GivenOff:
    """What the discount `discount_id` took off a charge, VAT included; below zero where a price was raised. `what`:
    percent, amount, price or comp; `share` in basis points, of a percent only."""

    off_id: str
    charge_id: str
    discount_id: str
    what: str
    share: int
    amount: Money
    why: str
    note: str


@dataclass(frozen=True, slots=True)
class BookingMade:
    """A walk-in, confirmed from the start; `day` is the first day of its tickets. `held`: it was booked ahead, and its
    places are those that the server kept for it. Lines are what is paid after `discounts`, which `discount_by` allowed
    beyond the limit of who sold; `seen` are the memberships that the guest showed."""

    booking_id: str
    day: date
    lines: tuple[BookedLine, ...]
    tickets: tuple[IssuedTicket, ...]
    override_id: str = ""
    held: bool = False
    discounts: tuple[GivenOff, ...] = ()
    discount_by: str = ""
    seen: tuple[SeenMembership, ...] = ()


@dataclass(frozen=True, slots=True)
class TenderPart:
    """One payment of a sale: cash with `tendered` (change = tendered - amount), or card with its attempt."""

    payment_id: str
    method: str
    amount: Money
    tendered: Money
    attempt_id: str = ""
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class SaleClosed:
    """Charges of a booking settled by tenders; `receipt` is the document as issued, for good."""

    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    document_id: str
    number: str
    receipt: Receipt
    tenders: tuple[TenderPart, ...]


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Money of one payment that went back; a card part names its approved reversal. Cash for a card payment whose
    reversal was refused is `cash` without a scheme: the card money stays where it is."""

    refund_id: str
    payment_id: str
    method: str
    amount: Money
    scheme: str = ""
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class SaleVoided:
    """A credit note over a whole sale: its charges and `tickets` end, the places of `sessions` return."""

    void_id: str
    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    document_id: str
    number: str
    receipt: Receipt
    refunds: tuple[RefundPart, ...]
    charges: tuple[str, ...]
    tickets: tuple[str, ...]
    sessions: tuple[int, ...]
    reason: str
    approver_id: str


@dataclass(frozen=True, slots=True)
class TenderCorrected:
    """A payment of this shift was keyed wrongly (`was`: its method): it goes out of the books, and `said` stands in its
    place with the same amount. No money moves and no document changes. `approver_id` let it be."""

    fix_id: str
    payment_id: str
    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    was: str
    said: TenderPart
    reason: str
    approver_id: str


@dataclass(frozen=True, slots=True)
class DocumentReprinted:
    reprint_id: str
    document_id: str
    copy: int
    what: str


# card ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardAsked:
    """Durable before the terminal hears anything. `direction`: charge, reversal or refund (of `original_id`); a refund
    pays a part of the payment `payment_id` for what was asked as `ask_id`. `booking_id`: what was booked ahead and is
    paid by it."""

    attempt_id: str
    direction: str
    sale_id: str
    amount: Money
    terminal: str
    original_id: str = ""
    ask_id: str = ""
    payment_id: str = ""
    booking_id: str = ""


@dataclass(frozen=True, slots=True)
class CardApproved:
    attempt_id: str
    amount: Money
    scheme: str
    wallet: str
    last4: str
    approval: str
    rrn: str
    batch: str
    terminal_id: str
    entry_mode: str


@dataclass(frozen=True, slots=True)
class CardDeclined:
    attempt_id: str
    reason: Words
    response: str


@dataclass(frozen=True, slots=True)
class CardCancelled:
    """A definite end with nothing charged: cancelled at the terminal, or the request never left."""

    attempt_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CardUnknown:
    attempt_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CardResolved:
    """An unknown attempt became known: `outcome` captured, declined or parked; `how` query, slip or settlement."""

    attempt_id: str
    outcome: str
    how: str
    amount: Money
    scheme: str
    wallet: str
    last4: str
    approval: str
    rrn: str
    batch: str
    approver_id: str = ""
    reason: str = ""
