"""The drawer from float to Z."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.shown import Approval
from documents.words import texts
from domain import codec
from domain.errors import Code
from domain.money import Money
from domain.receipt import DocumentKind, ShiftReport
from domain.shift import Move
from ledger import journal
from ledger import tables as t
from ledger.clock import HandClock, to_ms
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, HUDA, TUBE, WATER, Shop, refused, sar
from tests.services.conftest import Open

EXACT = {50000: 1, 10000: 1, 2000: 1, 500: 1, 50: 1}  # 625.50


def test_the_shift_of_the_visit(card_shop: Shop, cards: CardProcess) -> None:
    page = card_shop.pay_card(card_shop.begin(), "300")
    card_shop.station.checkout.cash(page.sale_id, sar("150"))
    shifts = card_shop.station.shifts
    counted = shifts.count(EXACT)
    assert (counted.expected, counted.difference, counted.over_limit) == (sar("625.50"), sar("0.00"), False)
    report = shifts.close("", None)
    assert (report.number, report.cash.expected, report.counted) == ("Z-0001", sar("625.50"), sar("625.50"))
    assert (report.gross, report.net, report.vat) == (sar("425.50"), sar("370.00"), sar("55.50"))
    assert {name: amount for name, _, amount in report.tenders} == {
        "mada": sar("300.00"),
        "cash": sar("125.50"),
    }
    assert (report.first_document, report.last_document) == ("POS1-000001", "POS1-000001")
    assert refused(shifts.close, "", None) is Code.SHIFT_NEEDED
    assert cards.taken() == 30000
    assert [kind for kind, _, _ in card_shop.jobs()].count("report") == 1


def test_the_z_has_the_notes_and_coins_of_the_last_count(shop: Shop) -> None:
    shifts = shop.station.shifts
    assert shifts.x_report().pieces == ()
    shifts.count({20000: 2})
    shifts.count({20000: 1, 10000: 3, 25: 0})
    assert shifts.close("", None).pieces == ((sar("200"), 1), (sar("100"), 3))
    x, z = (codec.loads(ShiftReport, paper) for paper in shop.papers("report"))
    assert (x.pieces, len(z.pieces)) == ((), 2)


def test_cash_in_out_drop_and_no_sale(shop: Shop) -> None:
    shifts = shop.station.shifts
    shifts.cash_in(sar("50"), "change from the safe")
    shifts.cash_out(sar("20"), "taxi")
    shifts.drop(sar("200"), HUDA)
    shifts.no_sale("wrong note")
    report = shifts.x_with_cash(HUDA)
    assert report.cash is not None
    assert (report.cash.paid_in, report.cash.paid_out, report.cash.drops) == (
        sar("50.00"),
        sar("20.00"),
        sar("200.00"),
    )
    assert (report.cash.expected, report.no_sales, report.number) == (sar("330.00"), 1, "")
    page = shifts.page()
    assert page is not None
    assert [move.kind for move in page.moves] == ["cash_in", "cash_out", "drop", "no_sale"]


def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    shifts = shop.station.shifts
    assert refused(shifts.no_sale, "") is Code.REASON_NEEDED
    assert refused(shifts.drop, sar("5"), Approval("reem", "2580", "x")) is Code.APPROVER_SAME
    assert refused(shifts.drop, sar("5"), Approval("salem", "1470", "x")) is Code.APPROVER_NOT_ALLOWED
    assert refused(shifts.open, {}) is Code.SHIFT_ALREADY_OPEN
    assert refused(shifts.count, {100: -1}) is Code.QUANTITY_RANGE
    assert refused(shifts.close, "", None) is Code.COUNT_NEEDED


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (sar("0"), Code.NOT_MONEY),
        (Money(-500, "SAR"), Code.NOT_MONEY),
        (Money(500, "KWD"), Code.NOT_MONEY),
        (sar("1000000.01"), Code.AMOUNT_TOO_LARGE),
        (Money(2**70, "SAR"), Code.AMOUNT_TOO_LARGE),
    ],
)
def test_no_kind_of_cash_move_takes_what_is_no_sum_of_money(shop: Shop, amount: Money, code: Code) -> None:
    shifts = shop.station.shifts
    assert refused(shifts.cash_in, amount, "x") is code
    assert refused(shifts.cash_out, amount, "x") is code
    assert refused(shifts.cash_out, amount, "x", HUDA) is code
    assert refused(shifts.drop, amount, HUDA) is code
    assert shop.count(t.cash_move) == 0


@pytest.mark.parametrize("reason", ["", "  ", "\x00\u200b"])
def test_no_kind_of_cash_move_goes_without_a_reason(shop: Shop, reason: str) -> None:
    shifts = shop.station.shifts
    assert refused(shifts.cash_in, sar("5"), reason) is Code.REASON_NEEDED
    assert refused(shifts.cash_out, sar("5"), reason) is Code.REASON_NEEDED
    assert refused(shifts.drop, sar("5"), Approval("huda", "9513", reason)) is Code.REASON_NEEDED
    assert refused(shifts.no_sale, reason) is Code.REASON_NEEDED
    assert shop.count(t.cash_move) == 0


def test_an_x_tells_the_cashier_nothing_from_which_the_drawer_follows(card_shop: Shop) -> None:
    page = card_shop.pay_card(card_shop.begin(), "300")
    card_shop.station.checkout.cash(page.sale_id, page.left)
    card_shop.station.shifts.no_sale("wrong note")
    report = card_shop.station.shifts.x_report()
    assert (report.cash, report.gross, report.net, report.vat, report.vat_lines) == (None,) * 4 + ((),)
    assert report.tenders == (("mada", 1, sar("300.00")),)
    assert (report.sales_count, report.no_sales, report.last_document) == (1, 1, "POS1-000001")
    with card_shop.station.store.read_journal() as connection:
        kept = connection.execute(
            sa.select(journal.print_job.c.payload).where(journal.print_job.c.kind == "report")
        ).scalar_one()
    for figure in ("62550", "12550", "42550", "37000", "5550"):
        assert figure not in kept


def test_the_cash_on_an_x_is_read_by_a_supervisor_who_is_named_on_it(shop: Shop) -> None:
    shop.sell((TUBE,))
    shifts = shop.station.shifts
    assert refused(shifts.x_with_cash, None) is Code.NOT_ALLOWED
    assert refused(shifts.x_with_cash, Approval("salem", "1470")) is Code.APPROVER_NOT_ALLOWED
    assert refused(shifts.x_with_cash, Approval("reem", "2580")) is Code.APPROVER_SAME
    report = shifts.x_with_cash(HUDA)
    assert report.cash is not None
    assert (report.cash.expected, report.approved_by) == (sar("534.50"), "Huda K.")
    shop.sign_in("huda")
    page = shifts.page()
    assert page is not None
    assert page.may_read_cash
    assert shifts.x_with_cash(None).approved_by == "Huda K."


def test_every_x_that_was_read_is_a_fact_with_who_read_what(shop: Shop) -> None:
    shifts = shop.station.shifts
    shifts.x_report()
    shifts.x_with_cash(HUDA)
    shop.sign_in("huda")
    shifts.x_with_cash(None)
    with shop.station.store.read() as connection:
        read = connection.execute(sa.select(t.report_read).order_by(t.report_read.c.report_id)).all()
        shift_id = connection.execute(sa.select(t.shift.c.shift_id)).scalar_one()
    assert [(row.what, row.full, row.staff_id, row.approver_id) for row in read] == [
        ("X", 0, "reem", ""),
        ("X", 1, "reem", "huda"),
        ("X", 1, "huda", ""),
    ]
    assert {row.shift_id for row in read} == {shift_id}
    assert shop.journalled().count("ReportRead") == 3


def test_an_x_that_was_refused_is_no_fact(shop: Shop) -> None:
    assert refused(shop.station.shifts.x_with_cash, Approval("salem", "1470")) is Code.APPROVER_NOT_ALLOWED
    assert refused(shop.station.shifts.x_with_cash, None) is Code.NOT_ALLOWED
    assert "ReportRead" not in shop.journalled()


def test_who_opened_the_drawer_counts_it_blind_whatever_their_role(open_station: Open) -> None:
    shop = open_station().sign_in("huda").open_shift()
    page = shop.station.shifts.page()
    assert page is not None
    assert not page.may_read_cash
    assert refused(shop.station.shifts.x_with_cash, None) is Code.COUNT_IS_BLIND
    shop.sign_in("reem")
    assert refused(shop.station.shifts.x_with_cash, HUDA) is Code.COUNT_IS_BLIND


def test_taking_money_out_never_tells_what_is_in_the_drawer(shop: Shop) -> None:
    shifts = shop.station.shifts
    for _ in range(6):  # 600.00 out of a drawer of 500.00: all the same answer
        shifts.cash_out(sar("100"), "supplier")
    assert refused(shifts.cash_out, sar("100.01"), "x") is Code.CASH_OUT_OVER_LIMIT
    assert (
        refused(shifts.cash_out, sar("100.01"), "x", Approval("salem", "1470")) is Code.APPROVER_NOT_ALLOWED
    )
    shifts.cash_out(sar("900"), "supplier", HUDA)
    shifts.drop(sar("700"), HUDA)
    page = shifts.page()
    assert page is not None
    assert [move.amount.decimal() for move in page.moves][-2:] == ["900.00", "700.00"]
    with shop.station.store.read() as connection:
        approvers = connection.execute(sa.select(t.cash_move.c.approver_id).order_by(t.cash_move.c.at))
        assert list(approvers.scalars())[-2:] == ["huda", "huda"]


def test_a_drawer_below_nothing_by_the_book_is_looked_at_by_a_supervisor(shop: Shop) -> None:
    shifts = shop.station.shifts
    shifts.drop(sar("500.50"), HUDA)
    count = shifts.count({})
    assert (count.expected, count.difference, count.over_limit) == (
        Money(-50, "SAR"),
        sar("0.50"),
        True,
    )
    assert refused(shifts.close, "", None) is Code.DIFFERENCE_OVER_LIMIT
    assert shifts.close("a cash in was forgotten", HUDA).number == "Z-0001"


def test_a_difference_over_the_limit_needs_a_supervisor_and_a_note(shop: Shop) -> None:
    shifts = shop.station.shifts
    counted = shifts.count({20000: 2, 5000: 1, 2000: 2})  # 490.00
    assert (counted.difference, counted.over_limit, counted.may_recount) == (Money(-1000, "SAR"), True, True)
    again = shifts.count({20000: 2, 5000: 1, 2000: 2, 500: 1})  # 495.00
    assert (again.difference, again.may_recount) == (Money(-500, "SAR"), False)
    assert refused(shifts.count, {}) is Code.COUNT_AGAIN_USED
    assert refused(shifts.close, "note", None) is Code.DIFFERENCE_OVER_LIMIT
    assert refused(shifts.close, "", HUDA) is Code.REASON_NEEDED
    report = shifts.close("one note missing", HUDA)
    assert (report.difference, report.approved_by, report.number) == (Money(-500, "SAR"), "Huda K.", "Z-0001")
    assert shop.count(t.shift_count) == 2
    assert report.earlier_counts == (sar("490.00"),)


def test_the_last_of_two_counts_is_found_again_after_a_restart(shop: Shop, open_station: Open) -> None:
    assert shop.station.shifts.last_count() is None
    shop.station.shifts.count({20000: 2, 5000: 1, 2000: 2})  # 490.00
    given = shop.station.shifts.count({20000: 2, 5000: 1, 2000: 2, 500: 1})  # 495.00
    shop.station.close()
    shifts = open_station().sign_in("reem").station.shifts
    found = shifts.last_count()
    assert found is not None
    assert replace(found, left=given.left) == given
    assert shifts.close("one note missing", HUDA).difference == Money(-500, "SAR")


def test_a_count_before_money_moved_is_not_found_again(shop: Shop) -> None:
    shop.station.shifts.count({20000: 2, 5000: 2})
    shop.sell((WATER,))
    assert shop.station.shifts.last_count() is None


def test_money_that_went_in_and_out_between_counts_does_not_keep_the_shift_open(shop: Shop) -> None:
    shifts, exact = shop.station.shifts, {20000: 2, 10000: 1}
    for _ in range(2):
        shifts.count(exact)
    shifts.cash_in(sar("50"), "change")
    shifts.count(exact | {5000: 1})
    shifts.cash_out(sar("50"), "change")
    assert refused(shifts.close, "", None) is Code.COUNT_NEEDED
    shifts.count(exact)
    assert shifts.close("", None).number == "Z-0001"


def test_a_count_is_worth_nothing_after_the_next_sale(shop: Shop) -> None:
    shop.station.shifts.count({20000: 2, 5000: 2})
    shop.sell((WATER,))
    assert refused(shop.station.shifts.close, "", None) is Code.COUNT_NEEDED


def test_z_numbers_and_documents_go_on_without_gaps(shop: Shop) -> None:
    for number in (1, 2, 3):
        shop.sell((TUBE,))
        report = shop.station.shifts.x_with_cash(HUDA)
        assert report.cash is not None
        pieces = {1: report.cash.expected.minor}
        shop.station.shifts.count(pieces)
        assert shop.station.shifts.close("", None).number == f"Z-{number:04d}"
        shop.open_shift()
    assert [receipt.number for receipt in shop.receipts()] == [f"POS1-{n:06d}" for n in (1, 2, 3)]


def test_a_void_is_taken_off_again(shop: Shop) -> None:
    shop.sell((TUBE,))
    paid = shop.sell((ADULT,)).paid_in_full
    assert paid is not None
    shop.station.records.void(paid.sale_id, "mistake", HUDA, lambda step: None)
    report = shop.station.shifts.x_with_cash(HUDA)
    assert (report.sales_count, report.credits_count) == (2, 1)
    assert report.cash is not None
    assert report.gross is not None
    assert (report.gross, report.cash.expected) == (sar("34.50"), sar("534.50"))
    signed = [r.gross.minor * (-1 if r.kind is DocumentKind.CREDIT else 1) for r in shop.receipts()]
    assert sum(signed) == report.gross.minor


def test_an_unfinished_sale_keeps_the_shift_open(shop: Shop) -> None:
    page = shop.begin()
    shop.station.checkout.cash(page.sale_id, sar("100"))
    assert refused(shop.station.shifts.count, {}) is Code.SHIFT_SALE_OPEN


def test_a_shift_survives_a_restart_and_the_next_person(shop: Shop, open_station: Open) -> None:
    shop.sell((TUBE,))
    shop.station.close()
    again = open_station().sign_in("salem")
    page = again.station.shifts.page()
    assert page is not None
    assert (page.sales, page.opened_by.en) == (1, "Reem M.")


@pytest.mark.parametrize("staff", ["faisal"])
def test_gate_staff_have_no_drawer(open_station: Open, staff: str) -> None:
    shop = open_station().sign_in(staff)
    assert refused(shop.station.shifts.open, {10000: 1}) is Code.NOT_ALLOWED


def test_counting_begins_anew_when_money_moved_after_two_counts(shop: Shop) -> None:
    exact = {20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1}
    for _ in range(2):
        shop.station.shifts.count(exact)
    assert refused(shop.station.shifts.count, exact) is Code.COUNT_AGAIN_USED
    shop.sell((WATER,))
    assert refused(shop.station.shifts.close, "", None) is Code.COUNT_NEEDED
    assert shop.station.shifts.count(exact | {200: 1, 25: 1, 5: 1}).difference == sar("0.00")
    assert shop.station.shifts.close("", None).number == "Z-0001"


def test_an_unfinished_sale_counts_once(card_shop: Shop, cards: CardProcess) -> None:
    cards.script("lost")
    card_shop.pay_card(card_shop.begin((TUBE,)))
    page = card_shop.station.shifts.page()
    assert page is not None
    assert page.open_payments == 1


def test_sales_that_are_held_are_told_before_the_shift_closes(shop: Shop) -> None:
    for _ in range(2):
        shop.station.selling.park(shop.cart((WATER,)))
    page = shop.station.shifts.page()
    assert page is not None
    assert page.held == 2
    shop.station.selling.resume(shop.station.selling.parked()[0].parked_id)
    page = shop.station.shifts.page()
    assert page is not None
    assert page.held == 1


def test_what_is_typed_as_a_reason_is_kept_within_bounds(shop: Shop) -> None:
    shop.station.shifts.cash_in(sar("5"), "a\x00b \ud800" + "x" * 2_000_000)
    page = shop.station.shifts.page()
    assert page is not None
    assert page.moves[0].reason.startswith("ab ?xxx")
    assert len(page.moves[0].reason) == 500


def test_the_last_sale_is_the_last_even_when_the_clock_stepped_back(shop: Shop) -> None:
    shop.sell((TUBE,))
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.forward(minutes=-20)
    last = shop.sell((WATER,)).sale_id
    assert shop.station.records.recent()[0].sale_id == last
    assert shop.station.records.void(last, "mistake", HUDA, lambda step: None).credit_number == "POS1-000003"


def test_a_card_number_typed_as_a_reason_is_never_kept(shop: Shop) -> None:
    shop.station.shifts.cash_in(sar("5"), "guest gave 4111 1111 1111 1111")
    page = shop.station.shifts.page()
    assert page is not None
    assert "4111 1111" not in page.moves[0].reason
    assert page.moves[0].reason.endswith("1111")


def test_every_kind_of_cash_move_has_its_word_on_paper() -> None:
    for language in ("en", "ar"):
        assert all(
            texts("paper", language).has(f"move.{move.value}") for move in Move if move is not Move.NO_SALE
        )


def test_every_paper_goes_by_the_servers_clock(open_station: Open) -> None:
    """This computer's is some minutes behind; what it shows is on no paper."""
    shop = open_station().sign_in("reem")
    opened_at = hear_of_a_server(shop, minutes_ahead=11)
    sale = shop.open_shift().sell((ADULT, WATER)).sale_id
    shop.station.records.reprint(shop.station.records.recent()[0].document_id)
    shop.station.records.reprint_tickets(sale)
    assert shop.station.records.void(sale, "mistake", HUDA, lambda step: None).credit_number
    shop.station.shifts.x_report()
    shop.station.shifts.count({20000: 2})
    closed_at = hear_of_a_server(shop, minutes_ahead=7)
    z = shop.station.shifts.close("short", HUDA)
    assert (z.opened_at, z.closed_at, z.printed_at) == (opened_at, closed_at, closed_at)
    with shop.station.store.read_journal() as connection:
        papers = list(connection.execute(sa.select(journal.print_job.c.payload)).scalars())
    assert len(papers) > 6
    shown = f"{shop.station.store.clock.now():%Y-%m-%dT%H:%M}"
    assert not [paper for paper in papers if shown in paper]


def hear_of_a_server(shop: Shop, *, minutes_ahead: int) -> datetime:
    """What time it is by what a server says."""
    clock = shop.station.store.clock
    told = clock.now() + timedelta(minutes=minutes_ahead)
    shop.station.store.clocks.heard(to_ms(told), clock.monotonic())
    return shop.station.store.now()
