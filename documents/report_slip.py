"""X and Z reports as slips: what a shift sold, what the drawer should hold, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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
    total,
)
from documents.format import money, percent, quantity
from documents.receipt_slip import seller_head
from documents.slip import Align, Cell, Columns, Gap, Row, Rule, Size, Slip, Stroke, Text
from domain.catalogue import Words
from domain.money import Money
from domain.receipt import ShiftReport


def report_slip(report: ShiftReport) -> Slip:
    """The paper of `report`: a Z when it is numbered, else an X, which may be blind."""
    rows: list[Row] = [
        *seller_head(report.seller),
        *_title(report),
        *_section("report.sales", _sales(report)),
        *_section("report.tenders", _tenders(report)),
        *_section("report.cash", _cash(report)),
        *_pieces(report),
        *_moves(report),
        Rule(),
        *_counts(report),
        *_signature(report),
    ]
    return Slip(report.number or f"X-{report.station}", tuple(rows))


def _title(report: ShiftReport) -> Iterable[Row]:
    yield Rule(Stroke.THICK)
    yield from heading(
        phrase("report.z_title" if report.number else "report.x_title"), Size.TITLE, Size.LARGE
    )
    yield from copy_mark(report.copy, report.copied)
    if report.provisional:
        yield Gap(8)
        yield from heading(phrase("report.provisional"), Size.LARGE, Size.LARGE)
        yield from pair(phrase("report.provisional_why"), Size.SMALL)
    yield Gap(8)
    if report.number:
        yield field(phrase("report.number"), report.number)
    yield field(phrase("report.counter"), report.station)
    yield field(phrase("report.cashier"), report.cashier)
    yield from _moment(report, "report.opened", report.opened_at)
    if report.closed_at is not None:
        yield from _moment(report, "report.closed", report.closed_at)
    yield from _moment(report, "report.printed", report.printed_at)


def _moment(report: ShiftReport, key: str, value: datetime) -> Iterable[Row]:
    return said(phrase(key), moment_words(value, report.time_zone))


def _section(key: str, rows: Iterable[Row]) -> Iterable[Row]:
    yield Rule()
    yield from pair(phrase(key), bold=True)
    yield from rows


def _sales(report: ShiftReport) -> Iterable[Row]:
    room = quantity(report.sales_count) if report.gross is None else money(report.gross)
    yield amount(phrase("report.sales_count"), quantity(report.sales_count), room_for=room)
    yield amount(phrase("report.credits"), quantity(report.credits_count), room_for=room)
    if report.gross is None or report.net is None or report.vat is None:
        return
    yield amount(phrase("report.net"), money(report.net), room_for=room)
    for line in report.vat_lines:
        yield amount(phrase("report.vat_rate", rate=percent(line.rate)), money(line.vat), room_for=room)
    if len(report.vat_lines) != 1:
        yield amount(phrase("report.vat"), money(report.vat), room_for=room)
    yield amount(phrase("report.gross"), room, bold=True, room_for=room)


def _tenders(report: ShiftReport) -> Iterable[Row]:
    room = _widest(value for _, _, value in report.tenders)
    for code, count, value in report.tenders:
        name = named("tender" if code in ("cash", "card") else "scheme", code)
        yield amount(Words(f"{name.en} ({count})", f"{name.ar} ({count})"), money(value), room_for=room)
    if not report.tenders:
        yield from pair(phrase("report.none"), Size.SMALL)


def _cash(report: ShiftReport) -> Iterable[Row]:
    cash = report.cash
    if cash is None:
        yield from pair(phrase("report.blind"), Size.SMALL)
        return
    signed: tuple[tuple[str, Money], ...] = (
        ("report.opening", cash.opening),
        ("report.cash_sales", cash.cash_sales),
        ("report.cash_refunds", -cash.cash_refunds),
        ("report.paid_in", cash.paid_in),
        ("report.paid_out", -cash.paid_out),
        ("report.drops", -cash.drops),
    )
    room = _widest([*(value for _, value in signed), cash.expected])
    for key, value in signed:
        yield amount(phrase(key), money(value), room_for=room)
    if report.counted is None or report.difference is None:
        yield from total(phrase("report.expected"), cash.expected)
        return
    yield amount(phrase("report.expected"), money(cash.expected), bold=True, room_for=room)
    for counted in report.earlier_counts:
        yield amount(phrase("report.earlier_count"), money(counted), room_for=room)
    yield amount(phrase("report.counted"), money(report.counted), bold=True, room_for=room)
    yield from total(_verdict(report.difference), report.difference)


def _widest(amounts: Iterable[Money]) -> str:
    return max(map(money, amounts), key=len, default="")


def _verdict(difference: Money) -> Words:
    if not difference:
        return phrase("report.even")
    return phrase("report.over" if difference.minor > 0 else "report.short")


def _pieces(report: ShiftReport) -> Iterable[Row]:
    """What the blind count found: `200.00 × 2` and what it comes to."""
    if not report.pieces or report.counted is None:
        return
    yield Rule()
    yield from pair(phrase("report.pieces"), bold=True)
    for piece, count in report.pieces:
        counted = f"{money(piece)} × {quantity(count)}"
        yield Columns((Cell(counted, 1, Align.LEFT), Cell(money(piece * count), 0, Align.RIGHT)))
    room = money(report.counted)
    yield amount(phrase("report.pieces_total"), room, bold=True, room_for=room)


def _moves(report: ShiftReport) -> Iterable[Row]:
    if not report.moves:
        return
    yield Rule()
    yield from pair(phrase("report.moves"), bold=True)
    room = _widest(value for _, _, value in report.moves)
    for kind, reason, value in report.moves:
        yield amount(named("move", kind), money(value), room_for=room)
        if reason:
            yield from pair(Words(reason, reason), Size.SMALL)


def _counts(report: ShiftReport) -> Iterable[Row]:
    none = phrase("report.none").en
    yield field(phrase("report.first_document"), report.first_document or none)
    yield field(phrase("report.last_document"), report.last_document or none)
    if report.discounts is not None:
        count, off = report.discounts
        yield field(phrase("report.discounts", count=quantity(count)), money(off))
    if report.corrections:
        yield field(phrase("report.corrections"), quantity(report.corrections))
    yield field(phrase("report.no_sales"), quantity(report.no_sales))
    yield field(phrase("report.open_attempts"), quantity(report.open_attempts))
    sign = "~" if report.about and report.unsynced else ""
    yield field(phrase("report.unsynced"), sign + quantity(report.unsynced))
    for name in ("open_cases", "open_prints", "open_requests"):
        if report.provisional and (count := getattr(report, name)):
            yield field(phrase(f"report.{name}"), quantity(count))


def _signature(report: ShiftReport) -> Iterable[Row]:
    if report.approved_by:
        yield field(phrase("report.approved_by"), report.approved_by)
    if report.note:
        yield from pair(phrase("report.note"), Size.SMALL)
        yield Text(report.note, Size.SMALL)
    if report.number:
        yield Gap(16)
        yield from pair(phrase("report.signature"), Size.SMALL)
        yield Gap(70)
        yield Rule()
    yield Gap(24)
