"""Receipts, tickets and reports of the sample venue that several tests print."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from domain.catalogue import Seller, Words
from domain.money import Money
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender
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
ISSUED = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


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
