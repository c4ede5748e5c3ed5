"""A payment that was keyed wrongly is put right within its shift: the books say what was paid, no document changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.shown import Approval, PaidBy
from domain.correction import Means, Said
from domain.errors import Code, Refused
from domain.shift import figures
from ledger import read_money
from ledger import tables as t
from tests.helpers.shop import HUDA, WATER, Shop, refused, sar
from tests.services.conftest import Open

MADA = Said(Means.KEYED_CARD, "mada", "4821", "083114")
CASH = Said(Means.CASH)
YES = replace(HUDA, reason="the card was used at the other terminal")


def paid(shop: Shop) -> PaidBy:
    """The only payment of the newest sale."""
    (one,) = shop.station.records.recent()[0].payments
    return one


def correct(shop: Shop, said: Said, approval: Approval = YES) -> None:
    shop.station.records.correct_tender(paid(shop).payment_id, said, approval)


def books(shop: Shop) -> tuple[str, list[tuple[str, int, int]], int]:
    """What the drawer should hold, the sums by tender, and how many corrections there were, as reports say."""
    shift = shop.station.session.open_shift()
    assert shift is not None
    with shop.station.store.read() as connection:
        cash = figures(shift.opening, read_money.cash_events(connection, shift.shift_id))
        sums = read_money.tender_sums(connection, shift.shift_id)
        count = read_money.corrections_of_shift(connection, shift.shift_id)
    return cash.expected.decimal(), sums, count


def test_cash_that_was_a_card_leaves_the_drawer_and_comes_back(shop: Shop) -> None:
    shop.sell((WATER,))
    receipt = shop.receipts()[0]
    gross = receipt.gross.minor
    assert books(shop) == ((sar("500.00") + receipt.gross).decimal(), [("cash", 1, gross)], 0)
    correct(shop, MADA)
    assert books(shop) == ("500.00", [("mada", 1, gross)], 1)
    shown = shop.station.records.recent()[0]
    assert (shown.methods, paid(shop).last4, paid(shop).why_not) == (("card",), "4821", "")
    assert shop.receipts() == [receipt]
    correct(shop, CASH)
    assert books(shop) == ((sar("500.00") + receipt.gross).decimal(), [("cash", 1, gross)], 2)


def test_a_booking_owes_nothing_before_and_after(shop: Shop) -> None:
    shop.sell((WATER,))
    correct(shop, MADA)
    with shop.station.store.read() as connection:
        booking = connection.execute(t.booking.select()).one().booking_id
        assert read_money.owed(connection, booking) == 0


def test_it_takes_a_second_person_and_a_reason(shop: Shop) -> None:
    shop.sell((WATER,))
    assert refused(lambda: correct(shop, MADA, replace(YES, reason=" "))) is Code.REASON_NEEDED
    assert refused(lambda: correct(shop, MADA, replace(YES, pin="1111"))) is Code.PIN_WRONG
    assert refused(lambda: correct(shop, MADA, Approval("reem", "2580", "mine"))) is Code.APPROVER_SAME
    assert paid(shop).method == "cash"


def test_what_a_terminal_approved_stays(card_shop: Shop) -> None:
    card_shop.pay_card(card_shop.begin((WATER,)))
    assert paid(card_shop).why_not == Code.TENDER_FIXED
    assert refused(lambda: correct(card_shop, CASH)) is Code.TENDER_FIXED


def test_a_payment_of_another_shift_stays(shop: Shop) -> None:
    shop.sell((WATER,))
    payment = paid(shop).payment_id
    shop.station.shifts.count({50000: 1, 200: 1, 100: 1, 25: 1, 10: 1, 5: 1})
    shop.station.shifts.close("counted", HUDA)
    shop.open_shift()
    assert shop.station.records.recent()[0].payments == ()
    with pytest.raises(Refused) as told:
        shop.station.records.correct_tender(payment, MADA, YES)
    assert told.value.code is Code.TENDER_OTHER_SHIFT


def test_a_sale_with_a_typed_card_is_not_voided(shop: Shop) -> None:
    shop.sell((WATER,))
    correct(shop, MADA)
    sale = shop.station.records.recent()[0]
    assert sale.why_not_void == Code.VOID_KEYED_CARD
    correct(shop, CASH)
    voided = shop.station.records.void(sale.sale_id, "wrong sale", HUDA, lambda step: None)
    assert voided.cash_back == sale.total
    assert books(shop)[0] == "500.00"
    credit = shop.station.records.recent()[0]
    assert (credit.kind, credit.payments) == ("credit", ())
    payment = shop.station.records.recent()[1].payments[0]
    assert payment.why_not == Code.TENDER_UNDONE


def test_the_power_between_leaves_one_or_the_other(open_station: Open) -> None:
    """After a restart everything is as it was said."""
    shop = open_station().sign_in("reem").open_shift()
    shop.sell((WATER,))
    correct(shop, MADA)
    shop.station.close()
    again = open_station().sign_in("reem")
    assert (paid(again).scheme, again.count(t.tender_fix), again.count(t.payment)) == ("mada", 1, 2)
