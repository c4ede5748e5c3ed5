"""X and Z reports: every figure that finance compares, and what is still open."""

from __future__ import annotations

from documents.report_slip import report_slip
from documents.slip import Columns
from domain.shift import without_cash
from tests.documents.samples import COPIED, WHO_AND_WHEN, report, sar
from tests.documents.test_receipt import words_of


def test_z_shows_numbers_times_and_figures() -> None:
    printed = set(words_of(report_slip(report())))
    assert {
        "Z report (closing)",
        "تقرير Z (إقفال)",
        "POS1-Z0007",
        "Opened: 23 Nov 2026 08:02",
        "الفتح: 23 نوفمبر 2026 08:02",
        "Closed: 23 Nov 2026 16:40",
        "الإقفال: 23 نوفمبر 2026 16:40",
    } <= printed
    assert {"42", "1", "3,500.00", "3,043.48", "456.52"} <= printed
    assert {"500.00", "1,230.00", "-30.00", "20.00", "-15.00", "-800.00", "905.00", "900.00"} <= printed
    assert {"POS1-000101", "POS1-000143", "Sami Al-Harbi"} <= printed


def test_shortage_and_surplus_are_named_in_words() -> None:
    short = words_of(report_slip(report()))
    assert {"Short", "عجز", "-5.00"} <= set(short)
    assert "Over" in words_of(report_slip(report(difference=sar(500), counted=sar(91000))))
    assert "No difference" in words_of(report_slip(report(difference=sar(0), counted=sar(90500))))


def test_x_has_no_number_no_count_and_no_signature() -> None:
    printed = words_of(report_slip(report(number="", closed_at=None, counted=None, difference=None)))
    assert "X report (reading)" in printed
    assert not {"Counted", "Signature", "Report no."} & set(printed)
    assert not [text for text in printed if text.startswith("Closed")]
    assert "905.00" in printed


def test_z_keeps_every_earlier_count() -> None:
    printed = words_of(report_slip(report(earlier_counts=(sar(89000), sar(91000)))))
    assert printed.count("Counted before") == 2
    assert {"890.00", "910.00", "900.00"} <= set(printed)


def test_what_may_have_arrived_carries_a_mark() -> None:
    assert "3" in words_of(report_slip(report()))
    assert "~3" in words_of(report_slip(report(about=True)))


def test_a_blind_x_has_no_figure_of_the_drawer() -> None:
    open_shift = report(number="", closed_at=None, counted=None, difference=None)
    printed = words_of(report_slip(without_cash(open_shift)))
    assert "Not on this X: the drawer is counted without knowing." in printed
    assert "mada (18)" in printed
    assert not {"905.00", "500.00", "1,230.00", "Cash (20)", "1,200.00", "3,500.00", "3,043.48"} & set(
        printed
    )


def test_tenders_say_how_many_and_how_much() -> None:
    rows = [row for row in report_slip(report()).rows if isinstance(row, Columns)]
    told = {(row.cells[0].text, row.cells[-1].text) for row in rows}
    assert {("Cash (20)", "1,200.00"), ("mada (18)", "2,000.00"), ("Visa (4)", "300.00")} <= told


def test_moves_keep_their_reasons() -> None:
    printed = words_of(report_slip(report()))
    assert {"change from the safe", "ثلج للمقهى"} <= set(printed)


def test_quiet_shift_prints_too() -> None:
    quiet = report(
        tenders=(), moves=(), vat_lines=(), first_document="", last_document="", note="", approved_by=""
    )
    assert "none" in words_of(report_slip(quiet))


def test_copy_of_a_z_is_marked() -> None:
    printed = words_of(report_slip(report(copy=1, copied=COPIED)))
    assert any("COPY 1" in text for text in printed)
    assert set(printed) >= WHO_AND_WHEN


def test_z_lists_what_was_counted_by_notes_and_coins() -> None:
    rows = [row for row in report_slip(report()).rows if isinstance(row, Columns)]
    told = [tuple(cell.text for cell in row.cells) for row in rows]
    assert ("Notes and coins", "الفئات النقدية") in told
    assert [row for row in told if " × " in row[0]] == [
        ("500.00 × 1", "500.00"),
        ("200.00 × 1", "200.00"),
        ("100.00 × 1", "100.00"),
        ("50.00 × 1", "50.00"),
        ("10.00 × 4", "40.00"),
        ("0.50 × 20", "10.00"),
    ]
    assert ("Total counted", "مجموع المعدود", "900.00") in told


def test_a_report_without_a_count_lists_no_notes() -> None:
    for without in (report(pieces=()), report(number="", counted=None, difference=None, pieces=())):
        assert "Notes and coins" not in words_of(report_slip(without))
