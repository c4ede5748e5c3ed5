"""Money: integer minor units, typed amounts, spreading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Code, Refused
from domain.money import Money, half_up, parse, spread, total


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1", 100), ("1.5", 150), ("1.50", 150), (" 1,234.50 ", 123450), (".5", 50), ("0", 0), ("١٢٫٥٠", 1250),
        ("۱۲.۳", 1230), ("1.500", 150), ("٬١٬٢٣٤", 123400),
    ],
)  # fmt: skip
def test_typed_amounts_are_read_in_both_digit_sets(text: str, minor: int) -> None:
    assert parse(text, "SAR") == sar(minor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1.2.3",
        "-5",
        "1e3",
        "0x10",
        "1.234",
        "١٢x",
        "NaN",
        "inf",
        "9" * 14,
        "99999999999.99",
        "½",
        "12 5",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, "SAR")
    assert refused.value.code is Code.NOT_MONEY


def test_currencies_have_their_own_decimals() -> None:
    assert parse("1.234", "KWD").minor == 1234
    assert parse("5", "JPY").minor == 5
    assert [Money(5, code).decimal() for code in ("SAR", "KWD", "JPY")] == ["0.05", "0.005", "5"]


def test_floats_and_mixed_currencies_are_bugs() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "SAR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "SAR")
    with pytest.raises(TypeError):
        sar(1) + Money(1, "AED")
    with pytest.raises(ValueError, match="currency"):
        Money(1, "XXX")


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_up_is_symmetric_and_within_half(numerator: int, denominator: int) -> None:
    rounded = half_up(numerator, denominator)
    assert half_up(-numerator, denominator) == -rounded
    assert abs(2 * rounded * denominator - 2 * numerator) <= denominator


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.integers(1, 10**5))
def test_spreading_loses_nothing_and_is_fair(numerators: list[int], denominator: int) -> None:
    whole = half_up(sum(numerators), denominator)
    shares = spread(whole, numerators, denominator)
    assert sum(shares) == whole
    for share, numerator in zip(shares, numerators, strict=True):
        assert abs(share * denominator - numerator) <= denominator


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_totals_add_up(amounts: list[int]) -> None:
    assert total((sar(amount) for amount in amounts), "SAR") == sar(sum(amounts))


@given(st.integers(0, 10**12))
def test_an_amount_reads_back_as_written(minor: int) -> None:
    assert parse(sar(minor).decimal(), "SAR") == sar(minor)
