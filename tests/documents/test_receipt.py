"""What a guest reads and a tax inspector checks on a printed receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from documents.raster import draw, render
from documents.receipt_slip import receipt_slip
from documents.shaping import Face
from documents.slip import Align, Banner, Cell, Columns, QrCode, Size, Slip, Text
from domain.catalogue import Words
from domain.receipt import ReceiptLine
from tests.documents.samples import COPIED, SELLER, WHO_AND_WHEN, card_tender, credit_note, receipt, sar

BOBS = "AQxCb2JzIFJlY29yZHMCDzMxMDEyMjM5MzUwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoEBzEwMDAuMDAFBjE1MC4wMA=="
WAVES = (
    "ASbZhdmG2KrYstmHINin2YTYo9mF2YjYp9isINin2YTZhdin2KbZigIPMzk5OTk5OTk5OTAwMDAzAxQyMDI2LTExLTIzVDA4OjMwOjAw"
    "WgQGMjMwLjAwBQUzMC4wMA=="
)
COMPANY = "AQjYtNix2YPYqQIPMzAwMDAwMDAwMDAwMDAzAxQyMDI2LTExLTIzVDExOjMwOjAwWgQFMTAuMDAFBDEuMzA="
AQUA = "AQlBcXVhIFBhcmsCDzMxMDAwMDAwMDAwMDAwMwMUMjAyNi0xMS0yM1QxMTozMDowMFoEBDAuMDAFBDAuMDA="
NOON = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
VECTORS = [
    ("Bobs Records", "310122393500003", datetime(2022, 4, 25, 15, 30, tzinfo=UTC), 100000, 15000, BOBS),
    (
        "منتزه الأمواج المائي",
        "399999999900003",
        datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
        23000,
        3000,
        WAVES,
    ),
    ("شركة", "300000000000003", NOON, 1000, 130, COMPANY),
    ("Aqua Park", "310000000000003", NOON, 0, 0, AQUA),
]


def words_of(slip: Slip) -> list[str]:
    """Every text on the slip, row by row."""
    found: list[str] = []
    for row in slip.rows:
        match row:
            case Text() | Banner():
                found.append(row.text)
            case Columns():
                found += [cell.text for cell in row.cells]
            case _:
                pass
    return found


def codes_on(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]


@pytest.mark.parametrize(("name", "vat_number", "issued", "gross", "vat", "expected"), VECTORS)
def test_qr_on_the_paper_is_the_published_vector(
    name: str, vat_number: str, issued: datetime, gross: int, vat: int, expected: str
) -> None:
    seller = replace(SELLER, name=Words("", name), vat_number=vat_number)
    printed = receipt(seller=seller, issued_at=issued, gross=sar(gross), vat=sar(vat))
    assert codes_on(render(receipt_slip(printed))) == [expected]


def test_qr_reads_on_narrow_paper_too() -> None:
    assert codes_on(render(receipt_slip(receipt()), 384)) == [WAVES]


def test_receipt_shows_every_field_the_law_wants_in_arabic_and_english() -> None:
    printed = words_of(receipt_slip(receipt()))
    wanted = ["فاتورة ضريبية مبسطة", "Simplified tax invoice", "POS1-000123"]
    wanted += ["Date: 23 Nov 2026 11:30", "التاريخ: 23 نوفمبر 2026 11:30"]
    wanted += [SELLER.name.ar, SELLER.name.en, SELLER.address.ar, SELLER.vat_number, SELLER.cr_number]
    wanted += ["تذكرة يوم للكبار", "Adult day pass", "2 × 100.00", "200.00", "VAT 15%", "30.00", "230.00"]
    wanted += ["الإجمالي شامل الضريبة", "الأسعار شاملة ضريبة القيمة المضافة", "نقداً", "250.00", "20.00"]
    assert [text for text in wanted if text not in printed] == []


def test_time_is_the_venues_not_utc() -> None:
    late = receipt(issued_at=datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
    printed = words_of(receipt_slip(late))
    assert "Date: 24 Nov 2026 00:30" in printed


def test_credit_note_names_the_card_that_went_back_in_cash() -> None:
    note = credit_note()
    card = replace(card_tender(), amount=note.gross, method="cash")
    printed = words_of(receipt_slip(replace(note, tenders=(card,))))
    assert {"Card, back in cash", "بطاقة، أعيدت نقداً"} <= set(printed)
    assert any("1234" in text for text in printed)
    assert not {"Paid back in cash", "Back to card"} & set(printed)


def test_credit_note_names_original_and_reason_and_is_no_invoice() -> None:
    printed = words_of(receipt_slip(credit_note()))
    assert {"إشعار دائن", "Credit note", "POS1-000123"} <= set(printed)
    assert {"Its date: Mon 23 Nov 2026", "تاريخها: الاثنين 23 نوفمبر 2026"} <= set(printed)
    assert {"Reason: Bought by mistake", "السبب: شراء بالخطأ"} <= set(printed)
    assert "فاتورة ضريبية مبسطة" not in printed


@pytest.mark.parametrize("missing", [{"original_number": ""}, {"reason": None}])
def test_credit_note_without_original_or_reason_is_not_printed(missing: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="names no original"):
        receipt_slip(replace(credit_note(), **missing))  # type: ignore[arg-type]  # the parametrised fields


def test_copy_mark_is_inverse_and_only_on_copies() -> None:
    banners = [row for row in receipt_slip(receipt(copy=3)).rows if isinstance(row, Banner)]
    assert len(banners) == 1 and "COPY 3" in banners[0].text and "نسخة 3" in banners[0].text
    drawn = draw(banners[0], 576).convert("L")
    assert drawn.histogram()[0] > drawn.width * drawn.height * 0.7
    assert not any(isinstance(row, Banner) for row in receipt_slip(receipt()).rows)


def test_a_copy_says_who_printed_it_and_when() -> None:
    printed = words_of(receipt_slip(receipt(copy=1, copied=COPIED)))
    assert set(printed) >= WHO_AND_WHEN
    assert not set(words_of(receipt_slip(receipt()))) & WHO_AND_WHEN


def test_card_shows_scheme_last_four_and_approval_but_nothing_longer() -> None:
    printed = words_of(receipt_slip(receipt(tenders=(card_tender(),))))
    assert {"mada · Apple Pay", "مدى · أبل باي", "•••• 1234", "482913"} <= set(printed)


def test_unknown_scheme_is_printed_as_the_terminal_gave_it() -> None:
    printed = words_of(receipt_slip(receipt(tenders=(replace(card_tender(), scheme="JCB", wallet=""),))))
    assert "JCB" in printed


def test_several_rates_are_listed_apart() -> None:
    base = receipt()
    untaxed = replace(base.vat_lines[0], rate=0, gross=sar(500), net=sar(500), vat=sar(0))
    printed = words_of(receipt_slip(replace(base, vat_lines=(*base.vat_lines, untaxed), gross=sar(23500))))
    assert {"Taxable at 15%", "Taxable at 0%", "VAT 0%", "VAT 15%", "235.00"} <= set(printed)


@pytest.mark.parametrize("width", [576, 384])
def test_long_names_wrap_and_nothing_is_clipped(width: int) -> None:
    name = Words(
        "Family wave-pool morning session with towels " * 3, "جلسة صباحية عائلية في مسبح الأمواج " * 3
    )
    line = ReceiptLine(name, "", 999, sar(123456789), sar(12345678900))
    slip = receipt_slip(receipt(lines=(line,), gross=sar(12345678900)))
    short = receipt_slip(receipt(lines=(replace(line, name=Words("A", "ب")),), gross=sar(12345678900)))
    assert render(slip, width).height > render(short, width).height + 60
    for row in slip.rows:
        if isinstance(row, Columns):
            assert _natural_width(row, width) <= width


def _natural_width(row: Columns, width: int) -> int:
    scale = 1 if width >= 576 else 5 / 6
    return sum(
        Face(round(cell.size * scale), cell.bold).width(cell.text) for cell in row.cells if cell.share == 0
    )


def test_amounts_end_at_the_same_dot() -> None:
    rows = [
        row for row in receipt_slip(receipt()).rows if isinstance(row, Columns) and row.cells[-1].share == 0
    ]
    right_edges = {_ink(draw(row, 576))[2] for row in rows}
    assert len(rows) >= 5
    assert max(right_edges) <= 576
    assert max(right_edges) - min(right_edges) <= 4


def _ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.convert("L").point([255 - level for level in range(256)]).getbbox()
    assert box is not None
    return box


def test_arabic_names_of_totals_stand_under_each_other() -> None:
    rows = [
        row for row in receipt_slip(receipt()).rows if isinstance(row, Columns) and row.cells[-1].room_for
    ]
    assert {row.cells[-1].room_for for row in rows} == {"230.00"}


def test_a_wide_cell_never_pushes_the_amount_off_the_paper() -> None:
    row = Columns((Cell("x" * 200, 1), Cell("1,234,567.00", 0, Align.RIGHT, Size.NORMAL)))
    alone = draw(Columns((Cell("", 1), Cell("1,234,567.00", 0, Align.RIGHT, Size.NORMAL))), 576)
    edge = 576 - Face(Size.NORMAL).width("1,234,567.00")
    box = (edge, 0, 576, alone.height)
    assert draw(row, 576).crop(box).tobytes() == alone.crop(box).tobytes()


def test_qr_is_thirty_millimetres_wide() -> None:
    (row,) = [row for row in receipt_slip(receipt()).rows if isinstance(row, QrCode)]
    left, _, right, _ = _ink(draw(row, 576))
    assert right - left >= 240
