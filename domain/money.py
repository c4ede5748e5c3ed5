"""Money as an integer count of minor units with its currency; no float anywhere near it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import Code, Refused

EXPONENTS = {"SAR": 2, "AED": 2, "QAR": 2, "EGP": 2, "EUR": 2, "USD": 2, "GBP": 2}
EXPONENTS |= {"KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "JPY": 0}
LARGEST_MINOR = 10**12
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.", "٬,\u200e\u200f\u2066\u2069")
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,4}))?|\.(\d{1,4})")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` units (halalas, fils) of `currency` (ISO 4217). Adding two currencies is a bug and raises TypeError."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    @property
    def zero(self) -> Money:
        return Money(0, self.currency)

    def decimal(self) -> str:
        """The amount with its currency's decimals and a dot, no thousands mark: `1234.50`."""
        places = EXPONENTS[self.currency]
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        whole = digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
        return f"-{whole}" if self.minor < 0 else whole


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum of `amounts`, zero of `currency` when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def parse(text: str, currency: str) -> Money:
    """What staff typed (Western or Arabic digits, thousands marks) as Money.

    Refuses `not_money` what is no amount, has more decimals than the currency, or is absurdly large.
    """
    clean = text.strip().translate(_DIGITS)
    match = _AMOUNT.fullmatch(clean)
    places = EXPONENTS[currency]
    fraction = (match[2] or match[3] or "") if match else ""
    if match is None or len(fraction.rstrip("0")) > places:
        raise Refused(Code.NOT_MONEY, text=text[:40])
    minor = int(match[1] or 0) * 10**places + int(fraction[:places].ljust(places, "0") or 0)
    if minor > LARGEST_MINOR:
        raise Refused(Code.NOT_MONEY, text=text[:40])
    return Money(minor, currency)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` rounded half away from zero; `denominator` > 0."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def to_step(amount: Money, step: int) -> Money:
    """`amount` in coins of at least `step` minor units, half away from zero, the same above and below it; 0 and 1 leave
    it as it is."""
    return amount if step <= 1 else Money(half_up(amount.minor, step) * step, amount.currency)


def spread(whole: int, numerators: Sequence[int], denominator: int) -> list[int]:
    """Whole units for the exact shares `numerators[i] / denominator` (>= 0) such that they add up to `whole`, their
    rounded sum: floor of each, left-over units to the largest remainders, ties to the lower index (payments: VAT
    spread over lines)."""
    shares = [numerator // denominator for numerator in numerators]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(numerators[i] % denominator), i))
    for index in by_remainder[: whole - sum(shares)]:
        shares[index] += 1
    return shares
