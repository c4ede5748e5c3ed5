"""VAT inside inclusive prices: the measured vectors, and what must hold for any document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.vat import by_line, inside, summary


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


VECTORS = [
    (500, 65), (1000, 130), (1500, 196), (2000, 261), (2300, 300), (2500, 326), (3000, 391), (4500, 587), (5500, 717),
    (8000, 1043), (9900, 1291), (11500, 1500), (15000, 1957), (19900, 2596), (23000, 3000), (34550, 4507), (1, 0),
    (42550, 5550), (9890, 1290), (7245, 945), (6900, 900),
]  # fmt: skip


@pytest.mark.parametrize(("gross", "vat"), VECTORS)
def test_vat_of_inclusive_totals(gross: int, vat: int) -> None:
    assert inside(sar(gross), 1500) == sar(vat)


@pytest.mark.parametrize(
    ("lines", "whole", "shares"),
    [
        ([1000, 1000, 1000], 391, [131, 130, 130]),
        ([1000, 1500, 800], 430, [130, 196, 104]),
        ([34550, 1000, 9999], 5941, [4507, 130, 1304]),
        ([1, 1, 1], 0, [0, 0, 0]),
        ([999, 999, 999], 391, [131, 130, 130]),
    ],
)
def test_vat_is_spread_by_largest_remainder(lines: list[int], whole: int, shares: list[int]) -> None:
    got = by_line([(sar(gross), 1500) for gross in lines])
    assert [part.minor for part in got] == shares
    assert sum(shares) == whole


DOCUMENTS = st.lists(
    st.tuples(st.integers(0, 500_000), st.sampled_from([0, 500, 1500])), min_size=1, max_size=12
)


@given(DOCUMENTS)
def test_lines_and_document_agree_for_any_document(raw: list[tuple[int, int]]) -> None:
    lines = [(sar(gross), rate) for gross, rate in raw]
    shares, sums = by_line(lines), summary(lines)
    assert sum(line.gross.minor for line in sums) == sum(gross for gross, _ in raw)
    assert all(line.net + line.vat == line.gross for line in sums)
    for line in sums:
        own = [share.minor for share, (_, rate) in zip(shares, lines, strict=True) if rate == line.rate]
        assert sum(own) == line.vat.minor
    for share, (gross, rate) in zip(shares, lines, strict=True):
        assert abs(share.minor * (10_000 + rate) - gross.minor * rate) <= 10_000 + rate
        assert 0 <= share.minor <= gross.minor or gross.minor == 0
