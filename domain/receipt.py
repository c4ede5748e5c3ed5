"""What a document says, as data: receipts and credit notes, tickets, shift reports, and the invoice QR's payload."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from domain.catalogue import Seller, Words
from domain.money import Money
from domain.vat import VatLine


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Copied:
    """Who printed a copy, and when; `time_zone` is the venue's. Copies of before this was kept have none."""

    at: datetime
    by: Words
    time_zone: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """`detail` is a second, smaller line (session); `gross` is VAT-inclusive for the whole quantity, after `off` was
    taken from its price."""

    name: Words
    detail: str
    quantity: int
    unit: Money
    gross: Money
    off: Money | None = None


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """`method` is cash or card; for cash `tendered` and `change` are set, for cards scheme, last4 and approval. Cash of
    a credit note has a card's facts when it was given instead of taking that card back."""

    method: str
    amount: Money
    tendered: Money | None = None
    change: Money | None = None
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A simplified tax invoice or its credit note. Amounts are positive; `kind` tells the sign."""

    kind: DocumentKind
    number: str
    issued_at: datetime
    seller: Seller
    station: str
    cashier: str
    lines: tuple[ReceiptLine, ...]
    vat_lines: tuple[VatLine, ...]
    gross: Money
    net: Money
    vat: Money
    tenders: tuple[ReceiptTender, ...]
    time_zone: str
    original_number: str = ""
    original_day: str = ""
    reason: Words | None = None
    copy: int = 0
    copied: Copied | None = None


@dataclass(frozen=True, slots=True)
class TicketPrint:
    """One QR ticket: `code` is the signed text of the QR, `short` what people can read out (7K2M-PQ). `guest` is who
    comes on it: known where it is drawn, and never kept with a print job."""

    code: str
    short: str
    product: Words
    venue: Words
    day: str
    session: str
    sale_number: str
    position: int
    of: int
    copy: int = 0
    copied: Copied | None = None
    ticket_id: str = ""
    guest: str = ""


@dataclass(frozen=True, slots=True)
class TicketBatch:
    """The tickets of one sale, as one print job."""

    tickets: tuple[TicketPrint, ...]


@dataclass(frozen=True, slots=True)
class CashFigures:
    """A drawer's money. expected = opening + cash_sales - cash_refunds + paid_in - paid_out - drops."""

    opening: Money
    cash_sales: Money
    cash_refunds: Money
    paid_in: Money
    paid_out: Money
    drops: Money
    expected: Money


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """X (read at any time, `number` empty) or Z (closes the shift, numbered once). A blind X has no `cash` and none
    of the sums from which it follows (`domain.shift.without_cash`). `earlier_counts` came before the one that closed;
    `pieces` are the notes and coins of that one, largest first. `provisional`: records were still on their way
    (`unsynced`; `about`: some of them may have arrived), or something of the shift waited for a person (`open_…`).
    `discounts`: how many were given, and what they took off the prices of the sales. `corrections`: how many payments
    were keyed wrongly and put right."""

    number: str
    station: str
    cashier: str
    opened_at: datetime
    closed_at: datetime | None
    printed_at: datetime
    seller: Seller
    time_zone: str
    sales_count: int
    credits_count: int
    gross: Money | None
    net: Money | None
    vat: Money | None
    vat_lines: tuple[VatLine, ...]
    tenders: tuple[tuple[str, int, Money], ...]
    cash: CashFigures | None
    moves: tuple[tuple[str, str, Money], ...]
    no_sales: int
    first_document: str
    last_document: str
    open_attempts: int
    unsynced: int
    counted: Money | None = None
    difference: Money | None = None
    approved_by: str = ""
    note: str = ""
    pieces: tuple[tuple[Money, int], ...] = ()
    copy: int = 0
    earlier_counts: tuple[Money, ...] = ()
    copied: Copied | None = None
    provisional: bool = False
    open_cases: int = 0
    open_prints: int = 0
    open_requests: int = 0
    discounts: tuple[int, Money] | None = None
    corrections: int = 0
    about: bool = False


def invoice_qr(receipt: Receipt) -> str:
    """The QR text of a simplified invoice: base64 of five tag-length-value fields (ZATCA phase 1).

    Lengths count UTF-8 bytes. Raises ValueError when a field is longer than 255 bytes.
    """
    issued = receipt.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    seller = receipt.seller.name.ar or receipt.seller.name.en
    fields = (seller, receipt.seller.vat_number, issued, receipt.gross.decimal(), receipt.vat.decimal())
    return base64.b64encode(
        b"".join(_field(tag, value) for tag, value in enumerate(fields, start=1))
    ).decode()


def _field(tag: int, value: str) -> bytes:
    raw = value.encode()
    if len(raw) > 255:
        raise ValueError(f"invoice QR field {tag} has {len(raw)} bytes, 255 at most")
    return bytes((tag, len(raw))) + raw
