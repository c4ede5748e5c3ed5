"""The payment axis of a booking: what it cost, what came in and what went back."""

from __future__ import annotations

import pytest

from domain.booking import Paid, paid
from domain.money import Money


@pytest.mark.parametrize(
    ("total", "came", "back", "says"),
    [
        (0, 0, 0, Paid.NONE_DUE),
        (23000, 0, 0, Paid.UNPAID),
        (23000, 10000, 0, Paid.PART_PAID),
        (23000, 23000, 0, Paid.PAID),
        (23000, 23000, 5000, Paid.PART_REFUNDED),
        (23000, 23000, 23000, Paid.REFUNDED),
        (0, 23000, 23000, Paid.REFUNDED),
        (23000, 46000, 0, Paid.OVER_PAID),
        (23000, 46000, 10000, Paid.OVER_PAID),
        (23000, 46000, 23000, Paid.PAID),
        (23000, 46000, 30000, Paid.PART_REFUNDED),
    ],
)
def test_what_was_paid_is_told_in_one_word(total: int, came: int, back: int, says: Paid) -> None:
    assert paid(*(Money(minor, "SAR") for minor in (total, came, back))) is says
