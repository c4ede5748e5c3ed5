"""A tender that was keyed wrongly: what may be put right, and that the books agree afterwards."""

from dataclasses import replace

import pytest

from domain.correction import Correction, Means, Recorded, Said, correct, drawer
from domain.errors import Code, Refused
from domain.shift import CashEvent, figures
from tests.domain.builders import sar

CASH = Said(Means.CASH)
MADA = Said(Means.KEYED_CARD, "mada", "4821", "083114")
VISA = Said(Means.KEYED_CARD, "visa", "4821", "083114")
TERMINAL = Said(Means.TERMINAL_CARD, "mada", "4821", "083114")
VOUCHER = Said(Means.VOUCHER)


def recorded(said: Said) -> Recorded:
    return Recorded("p1", "shift", sar("80.50"), said)


def put_right(
    wrong: Recorded, said: Said, *, shift_id: str = "shift", reason: str = "wrong key"
) -> Correction:
    return correct(wrong, said, ids=("k1", "p2"), shift_id=shift_id, reason=reason)


@pytest.mark.parametrize(
    ("was", "said"), [(CASH, MADA), (MADA, CASH), (MADA, VISA), (MADA, replace(MADA, last4="1"))]
)
def test_the_old_payment_stays_and_two_rows_say_what_is_true(was: Said, said: Said) -> None:
    wrong = recorded(was)
    done = put_right(wrong, said, reason=" wrong key ")
    assert (done.counter.counter_id, done.counter.payment_id, done.counter.amount) == (
        "k1",
        "p1",
        wrong.amount,
    )
    assert done.counter.said == was
    assert done.new == Recorded("p2", "shift", wrong.amount, said)
    assert done.reason == "wrong key"


@pytest.mark.parametrize(
    ("was", "said", "cash"), [(CASH, MADA, "-80.50"), (MADA, CASH, "80.50"), (MADA, VISA, "0.00")]
)
def test_the_drawer_holds_what_was_really_paid(was: Said, said: Said, cash: str) -> None:
    events = [CashEvent("sale", sar("80.50"))] if was is CASH else []
    before = figures(sar("500.00"), events)
    after = figures(sar("500.00"), [*events, *drawer(put_right(recorded(was), said))])
    assert (after.expected - before.expected).decimal() == cash


def test_a_correction_can_be_corrected_but_no_payment_twice() -> None:
    first = put_right(recorded(CASH), MADA)
    again = correct(first.new, CASH, ids=("k2", "p3"), shift_id="shift", reason="it was cash after all")
    assert (again.counter.payment_id, again.new.said) == ("p2", CASH)
    with pytest.raises(Refused) as refused:
        put_right(replace(recorded(CASH), undone=True), MADA)
    assert refused.value.code is Code.TENDER_UNDONE


@pytest.mark.parametrize(
    ("was", "said", "shift_id", "reason", "code"),
    [
        (CASH, MADA, "other", "x", Code.TENDER_OTHER_SHIFT),
        (CASH, MADA, "", "x", Code.TENDER_OTHER_SHIFT),
        (CASH, MADA, "shift", " ", Code.REASON_NEEDED),
        (CASH, CASH, "shift", "x", Code.TENDER_SAME),
        (MADA, MADA, "shift", "x", Code.TENDER_SAME),
        (TERMINAL, CASH, "shift", "x", Code.TENDER_FIXED),
        (TERMINAL, VISA, "shift", "x", Code.TENDER_FIXED),
        (CASH, TERMINAL, "shift", "x", Code.TENDER_FIXED),
        (VOUCHER, CASH, "shift", "x", Code.TENDER_FIXED),
        (CASH, VOUCHER, "shift", "x", Code.TENDER_FIXED),
        (CASH, replace(MADA, approval=" "), "shift", "x", Code.TENDER_CARD_FACTS),
        (CASH, replace(MADA, scheme=""), "shift", "x", Code.TENDER_CARD_FACTS),
        (MADA, replace(CASH, scheme="mada"), "shift", "x", Code.TENDER_CARD_FACTS),
        (MADA, replace(CASH, last4="4821"), "shift", "x", Code.TENDER_CARD_FACTS),
    ],
)
def test_what_cannot_be_put_right(was: Said, said: Said, shift_id: str, reason: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        put_right(recorded(was), said, shift_id=shift_id, reason=reason)
    assert refused.value.code is code


def test_a_payment_without_a_shift_is_of_no_shift() -> None:
    with pytest.raises(Refused) as refused:
        put_right(replace(recorded(CASH), shift_id=""), MADA, shift_id="")
    assert refused.value.code is Code.TENDER_OTHER_SHIFT
