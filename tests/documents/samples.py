"""Receipts, tickets and reports of the sample venue that several tests print."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

from domain.catalogue import Seller, Words
from domain.money import Money
from domain.receipt import (
    CashFigures,
    Copied,
    DocumentKind,
    Receipt,
    ReceiptLine,
    ReceiptTender,
    ShiftReport,
    TicketPrint,
)
from domain.vat import summary

SELLER = Seller(
    Words("Waves Water Park Company", "منتزه الأمواج المائي"),
    Words(
        "7215 Corniche Road, Al Shati, Jeddah 23514",
        "٧٢١٥ طريق الكورنيش، حي الشاطئ، جدة ٢٣٥١٤",
    ),
    "399999999900003",
    "4030123456",
)
TICKET_CODE = base64.b32encode(bytes(range(94))).decode().rstrip("=")
ISSUED = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


COPIED = Copied(datetime(2026, 11, 24, 14, 52, tzinfo=UTC), Words("Reem Mansour", "ريم منصور"), "Asia/Riyadh")
WHO_AND_WHEN = {"24 Nov 2026 17:52 · Reem Mansour", "24 نوفمبر 2026 17:52 · ريم منصور"}


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def lines() -> tuple[ReceiptLine, ...]:
    return (
        ReceiptLine(
            Words("Adult day pass", "تذكرة يوم للكبار"), "Mon 23 Nov 10:00–14:00", 2, sar(10000), sar(20000)
        ),
        ReceiptLine(Words("Locker, large", "خزانة كبيرة"), "", 1, sar(3000), sar(3000)),
    )


def receipt(**changes: object) -> Receipt:
    """Two day passes and a locker: 230.00, VAT 30.00, net 200.00, cash 250.00."""
    vat_lines = summary([(line.gross, 1500) for line in lines()])
    base = Receipt(
        kind=DocumentKind.INVOICE,
        number="POS1-000123",
        issued_at=ISSUED,
        seller=SELLER,
        station="POS1",
        cashier="نورة العتيبي",
        lines=lines(),
        vat_lines=vat_lines,
        gross=sar(23000),
        net=sar(20000),
        vat=sar(3000),
        tenders=(ReceiptTender("cash", sar(23000), tendered=sar(25000), change=sar(2000)),),
        time_zone="Asia/Riyadh",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields are the caller's


def card_tender() -> ReceiptTender:
    return ReceiptTender(
        "card", sar(23000), scheme="mada", wallet="apple_pay", last4="1234", approval="482913"
    )


def credit_note() -> Receipt:
    return receipt(
        kind=DocumentKind.CREDIT,
        number="POS1-C000004",
        original_number="POS1-000123",
        original_day="2026-11-23",
        reason=Words("Bought by mistake", "شراء بالخطأ"),
        tenders=(replace(card_tender()),),
    )


def ticket(**changes: object) -> TicketPrint:
    base = TicketPrint(
        code=TICKET_CODE,
        short="7K2M-PQ",
        product=Words("Adult day pass", "تذكرة يوم للكبار"),
        venue=Words("Waves Water Park", "منتزه الأمواج المائي"),
        day="2026-11-23",
        session="10:00–14:00",
        sale_number="POS1-000123",
        position=1,
        of=2,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields are the caller's


def report(**changes: object) -> ShiftReport:
    """A Z with a shortage of 5.00."""
    cash = CashFigures(sar(50000), sar(123000), sar(3000), sar(2000), sar(1500), sar(80000), sar(90500))
    vat_lines = summary([(sar(350000), 1500)])
    base = ShiftReport(
        number="POS1-Z0007",
        station="POS1",
        cashier="نورة العتيبي",
        opened_at=datetime(2026, 11, 23, 5, 2, tzinfo=UTC),
        closed_at=datetime(2026, 11, 23, 13, 40, tzinfo=UTC),
        printed_at=datetime(2026, 11, 23, 13, 41, tzinfo=UTC),
        seller=SELLER,
        time_zone="Asia/Riyadh",
        sales_count=42,
        credits_count=1,
        gross=sar(350000),
        net=vat_lines[0].net,
        vat=vat_lines[0].vat,
        vat_lines=vat_lines,
        tenders=(("cash", 20, sar(120000)), ("mada", 18, sar(200000)), ("visa", 4, sar(30000))),
        cash=cash,
        moves=(
            ("cash_in", "change from the safe", sar(2000)),
            ("cash_out", "ثلج للمقهى", sar(1500)),
            ("drop", "", sar(80000)),
        ),
        no_sales=2,
        first_document="POS1-000101",
        last_document="POS1-000143",
        open_attempts=0,
        unsynced=3,
        pieces=(
            (sar(50000), 1),
            (sar(20000), 1),
            (sar(10000), 1),
            (sar(5000), 1),
            (sar(1000), 4),
            (sar(50), 20),
        ),
        counted=sar(90000),
        difference=sar(-500),
        approved_by="Sami Al-Harbi",
        note="One 5 riyal note missing, looked twice.",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields are the caller's
