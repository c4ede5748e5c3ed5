"""Which prices a till may have gone by."""

from __future__ import annotations

import pytest

from domain.money import Money
from domain.price_told import STALE_MS, Listed, in_force

NOW = 10 * STALE_MS
OLD, NEW = (
    Listed(Money(minor, "SAR"), 1500, since, 1, 1, "water") for minor, since in ((100, NOW - 5), (200, NOW))
)


@pytest.mark.parametrize(
    ("since", "upto", "found"),
    [
        (NOW - 50, NOW - 9, [OLD]),  # by a server's clock that went back: there was none before
        (NOW - 3, NOW - 1, [OLD]),
        (NOW - 3, NOW, [OLD, NEW]),
        (NOW, NOW + 1, [OLD, NEW]),
        (NOW + 1, NOW + 2, [NEW]),
    ],
)
def test_a_price_counts_from_its_beginning_to_that_of_the_next(
    since: int, upto: int, found: list[Listed]
) -> None:
    assert in_force([OLD, NEW], since, upto) == found
    assert in_force([], since, upto) == []
