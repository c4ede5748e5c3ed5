"""A receipt or credit note as a slip: every field that a simplified tax invoice must show, Arabic and
English."""

from __future__ import annotations

from collections.abc import Iterable

from documents.bilingual import (
    amount,
    copy_mark,
    field,
    heading,
    moment_words,
    named,
    pair,
    phrase,
    said,
    stored_day,
    total,
)
from documents.format import isolate, money, percent, quantity
from documents.slip import Align, Cell, Columns, Gap, QrCode, Row, Rule, Size, Slip, Stroke, Text
from domain.catalogue import Seller, Words
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender, invoice_qr


def receipt_slip(receipt: Receipt) -> Slip:
    """The paper of `receipt`. ValueError for a credit note without its original or its reason: neither may be
    left out."""
    if receipt.kind is DocumentKind.CREDIT and not (receipt.original_number and receipt.reason):
        raise ValueError(f"credit note {receipt.number} names no original or no reason")
    rows: list[Row] = [
        *seller_head(receipt.seller),
        *_title(receipt),
        Rule(Stroke.DASHED),
        *(row for line in receipt.lines for row in _line(line)),
        Rule(Stroke.DASHED),
        *_totals(receipt),
        Rule(),
        *_tenders(receipt),
        Gap(16),
        QrCode(invoice_qr(receipt)),
        *_foot(),
    ]
    return Slip(receipt.number, tuple(rows))


def seller_head(seller: Seller) -> Iterable[Row]:
    """Who sells: name, address, VAT and commercial register numbers."""
    yield from heading(seller.name, Size.TITLE, Size.LARGE)
    yield from heading(seller.address, Size.SMALL, Size.SMALL, bold=False)
    yield Gap(8)
    yield field(phrase("receipt.vat_number"), seller.vat_number)
    if seller.cr_number:
        yield field(phrase("receipt.cr_number"), seller.cr_number)


def _title(receipt: Receipt) -> Iterable[Row]:
    credit = receipt.kind is DocumentKind.CREDIT
    yield Rule(Stroke.THICK)
    yield from heading(phrase("receipt.credit_title" if credit else "receipt.title"), Size.TITLE, Size.LARGE)
    yield from copy_mark(receipt.copy, receipt.copied)
    yield Gap(8)
    yield field(phrase("receipt.credit_number" if credit else "receipt.number"), receipt.number)
    yield from said(phrase("receipt.date"), moment_words(receipt.issued_at, receipt.time_zone))
    yield field(phrase("receipt.counter"), receipt.station)
    yield field(phrase("receipt.cashier"), receipt.cashier)
    if receipt.reason:
        yield field(phrase("receipt.original"), receipt.original_number)
        yield from said(phrase("receipt.original_day"), stored_day(receipt.original_day))
        yield from said(phrase("receipt.reason"), receipt.reason, bold=True)


def _line(line: ReceiptLine) -> Iterable[Row]:
    yield from pair(line.name, bold=True)
    counted = f"{quantity(line.quantity)} × {money(line.unit)}"
    listed = line.gross + line.off if line.off else line.gross
    yield Columns(
        (
            Cell(counted, 0, Align.LEFT, Size.SMALL),
            Cell(line.detail, 1, Align.CENTER, Size.SMALL),
            Cell(money(listed), 0, Align.RIGHT, bold=True),
        )
    )
    if line.off:
        yield amount(phrase("receipt.off" if line.off.minor > 0 else "receipt.raised"), money(-line.off))
    yield Gap(6)


def _totals(receipt: Receipt) -> Iterable[Row]:
    several, room = len(receipt.vat_lines) > 1, money(receipt.gross)
    yield amount(phrase("receipt.net"), money(receipt.net), room_for=room)
    for vat_line in receipt.vat_lines:
        rate = percent(vat_line.rate)
        if several:
            yield amount(phrase("receipt.taxable", rate=rate), money(vat_line.net), room_for=room)
        yield amount(phrase("receipt.vat", rate=rate), money(vat_line.vat), room_for=room)
    if several:
        yield amount(phrase("receipt.vat_all"), money(receipt.vat), room_for=room)
    yield Rule(Stroke.THICK)
    key = "receipt.credit_total" if receipt.kind is DocumentKind.CREDIT else "receipt.total"
    yield from total(phrase(key), receipt.gross)


def _tenders(receipt: Receipt) -> Iterable[Row]:
    credit, room = receipt.kind is DocumentKind.CREDIT, money(receipt.gross)
    for tender in receipt.tenders:
        if tender.method == "cash":
            yield amount(phrase(_cash_words(tender, credit=credit)), money(tender.amount), room_for=room)
            yield from _change(tender, room)
            yield from _card(tender)
        else:
            label = phrase("tender.refunded_card" if credit else "tender.card")
            yield amount(label, money(tender.amount), room_for=room)
            yield from _card(tender)


def _cash_words(tender: ReceiptTender, *, credit: bool) -> str:
    if not credit:
        return "tender.cash"
    return "tender.card_in_cash" if tender.last4 or tender.approval else "tender.refunded_cash"


def _change(tender: ReceiptTender, room: str) -> Iterable[Row]:
    if tender.tendered is not None and tender.change is not None and tender.tendered != tender.amount:
        yield amount(phrase("tender.tendered"), money(tender.tendered), room_for=room)
        yield amount(phrase("tender.change"), money(tender.change), room_for=room)


def _card(tender: ReceiptTender) -> Iterable[Row]:
    brands = [named("scheme", code) for code in (tender.scheme, tender.wallet) if code]
    names = Words(" · ".join(brand.en for brand in brands), " · ".join(brand.ar for brand in brands))
    if names.en or tender.last4:
        yield field(names, f"•••• {tender.last4}" if tender.last4 else "")
    if tender.approval:
        yield field(phrase("tender.approval"), tender.approval)


def _foot() -> Iterable[Row]:
    yield from pair(phrase("receipt.included"), Size.SMALL)
    yield Gap(6)
    thanks = phrase("thanks")
    yield Text(f"{thanks.en}  ·  {isolate(thanks.ar, 'en')}", Size.SMALL)
    yield Gap(24)
