"""Tenders, change, the drawer and card attempts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.card import AttemptState, contradicts, state_of
from domain.errors import Code, Refused
from domain.money import Money
from domain.sale import (
    CardTender,
    CashTender,
    change_in_notes,
    check_paid,
    left_to_pay,
    quick_amounts,
    take_cash,
)
from domain.shift import CashEvent, counted, figures, must_be_seen
from tests.domain.builders import sar

NOTES = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5)


def card(text: str) -> CardTender:
    return CardTender(sar(text), "attempt", "mada", "", "4821", "083114")


def test_card_then_cash_gives_change_from_cash_only() -> None:
    tender = take_cash(sar("425.50"), [card("300.00")], sar("150.00"))
    assert (tender.amount, tender.change) == (sar("125.50"), sar("24.50"))
    check_paid(sar("425.50"), [card("300.00"), tender])


def test_a_part_in_cash_gives_no_change() -> None:
    tender = take_cash(sar("465.00"), [], sar("200.00"))
    assert (tender.amount, tender.change) == (sar("200.00"), sar("0.00"))
    assert left_to_pay(sar("465.00"), [tender]) == sar("265.00")


@pytest.mark.parametrize(
    ("paid", "given_", "code"),
    [
        ("0.00", "0.00", Code.CASH_TOO_LITTLE),
        ("465.00", "10.00", Code.TENDERS_OVER),
        ("465.01", "10.00", Code.TENDERS_OVER),
    ],
)
def test_cash_that_makes_no_sense_is_refused(paid: str, given_: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        take_cash(sar("465.00"), [CashTender(sar(paid), sar(paid))], sar(given_))
    assert refused.value.code is code


def test_more_cash_than_ten_million_at_once_is_a_slip_of_the_hand() -> None:
    most = sar("10000000.00")
    assert take_cash(sar("23.00"), [], most).change == sar("9999977.00")
    for tendered in (most + Money(1, "SAR"), Money(10**15, "SAR"), Money(2**70, "SAR")):
        with pytest.raises(Refused) as caught:
            take_cash(sar("23.00"), [], tendered)
        assert (caught.value.code, caught.value.facts["most"]) == (Code.AMOUNT_TOO_LARGE, "10000000.00")


def test_a_sale_closes_only_when_the_tenders_are_exact() -> None:
    for paid, code in (("464.99", Code.TENDERS_SHORT), ("465.01", Code.TENDERS_OVER)):
        with pytest.raises(Refused) as refused:
            check_paid(sar("465.00"), [card(paid)])
        assert refused.value.code is code


def test_quick_amounts_are_the_next_sums_a_guest_hands_over() -> None:
    assert [money.minor for money in quick_amounts(sar("165.00"), NOTES)] == [17000, 18000, 20000]
    assert all(money > sar("125.50") for money in quick_amounts(sar("125.50"), NOTES))


@given(st.integers(0, 10**6))
def test_change_in_notes_adds_up(steps: int) -> None:
    change = Money(steps * 5, "SAR")
    assert sum(note * count for note, count in change_in_notes(change, NOTES)) == change.minor


def test_the_drawer_of_the_visit() -> None:
    events = [
        CashEvent("sale", sar("125.50")),
        CashEvent("drop", sar("200.00")),
        CashEvent("cash_in", sar("10.00")),
    ]
    events += [
        CashEvent("refund", sar("5.00")),
        CashEvent("cash_out", sar("3.00")),
        CashEvent("no_sale", sar("0.00")),
    ]
    drawer = figures(sar("500.00"), events)
    assert drawer.expected == sar("427.50")
    assert counted({20000: 2, 10000: 1, 1000: 4, 500: 1, 25: 1, 10: 1, 5: 1}, "SAR") == sar("545.40")
    assert must_be_seen(Money(-200, "SAR"), drawer.expected, sar("1.00"))
    assert not must_be_seen(Money(-100, "SAR"), drawer.expected, sar("1.00"))
    assert must_be_seen(sar("0.00"), Money(-1, "SAR"), sar("1.00"))


@pytest.mark.parametrize(
    "order", list(itertools.permutations([AttemptState.ASKED, AttemptState.UNKNOWN, AttemptState.CAPTURED]))
)
def test_captured_money_is_never_forgotten_whatever_the_order(order: tuple[AttemptState, ...]) -> None:
    assert state_of(order) is AttemptState.CAPTURED


def test_an_attempt_without_outcome_is_asked_and_two_answers_contradict() -> None:
    assert state_of([]) is AttemptState.ASKED
    assert contradicts([AttemptState.DECLINED, AttemptState.CAPTURED])
    assert not contradicts([AttemptState.UNKNOWN, AttemptState.CAPTURED, AttemptState.CAPTURED])
