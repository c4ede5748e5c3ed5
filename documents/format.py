"""How money, days, times and counts are written on screens and paper: 24 hours, Western digits unless
switched."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date

from domain.money import Money

LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
LEFT_TO_RIGHT, RIGHT_TO_LEFT, FIRST_STRONG, END = "\u2066", "\u2067", "\u2068", "\u2069"
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_ARABIC_LETTER = re.compile("[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TO_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_SYMBOLS = {("SAR", "ar"): "ر.س", ("AED", "ar"): "د.إ", ("KWD", "ar"): "د.ك", ("BHD", "ar"): "د.ب"}
_SYMBOLS |= {("OMR", "ar"): "ر.ع", ("QAR", "ar"): "ر.ق", ("EGP", "ar"): "ج.م", ("JOD", "ar"): "د.أ"}


class Digits(StrEnum):
    """Which digits are written. Babel's `arab` numbering changes marks but not digits, so ours is a plain
    map."""

    WESTERN = "western"
    ARABIC_INDIC = "arabic-indic"


def money(amount: Money, digits: Digits = Digits.WESTERN) -> str:
    """`1,234.50`; `١٬٢٣٤٫٥٠` in Arabic-Indic digits. A minus stands before the first digit."""
    whole, dot, fraction = amount.decimal().partition(".")
    return _in(f"{int(whole.lstrip('-')):,}{dot}{fraction}", digits, minus=amount.minor < 0)


def money_named(amount: Money, language: str, digits: Digits = Digits.WESTERN) -> str:
    """The amount with its currency: `SAR 1,234.50`, in Arabic `1,234.50 ر.س`."""
    number = money(amount, digits)
    if language == "ar":
        return f"{isolate(number, language)} {currency_name(amount.currency, language)}"
    return f"{amount.currency} {number}"


def currency_name(currency: str, language: str) -> str:
    """`SAR` or `ر.س`; the code itself where no short Arabic name is known. (U+20C1 is in no font of ours.)"""
    return _SYMBOLS.get((currency, language), currency)


def quantity(count: int, digits: Digits = Digits.WESTERN) -> str:
    """`1,200`."""
    return _in(f"{abs(count):,}", digits, minus=count < 0)


def percent(basis_points: int, digits: Digits = Digits.WESTERN) -> str:
    """A VAT rate: 1500 is `15%`, 550 is `5.5%`."""
    whole, rest = divmod(basis_points, 100)
    number = str(whole) if rest == 0 else f"{whole}.{rest:02}".rstrip("0")
    return _in(number, digits, minus=False) + ("٪" if digits is Digits.ARABIC_INDIC else "%")


def day(value: date, language: str, digits: Digits = Digits.WESTERN) -> str:
    """`Thu 26 Nov`, `الخميس 26 نوفمبر`."""
    return _digits(format_date(value, "EEE d MMM", locale=language), digits)


def day_with_year(value: date, language: str, digits: Digits = Digits.WESTERN) -> str:
    """A guest's day on paper and whatever is looked at later: `Thu 26 Nov 2026`, `الخميس 26 نوفمبر 2026`."""
    return f"{day(value, language, digits)} {_digits(str(value.year), digits)}"


def plain_day(value: date, language: str, digits: Digits = Digits.WESTERN) -> str:
    """A day of whatever year whose weekday says nothing: `26 Nov 2026`, as in `moment`."""
    return _digits(format_date(value, "d MMM y", locale=language), digits)


def weekday(value: date, language: str) -> str:
    """`Thu`, `الخميس`."""
    return format_date(value, "EEE", locale=language)


def month(value: date, language: str, digits: Digits = Digits.WESTERN) -> str:
    """`November 2026`, `نوفمبر 2026`."""
    return _digits(format_date(value, "LLLL y", locale=language), digits)


def moment(value: datetime, language: str, digits: Digits = Digits.WESTERN) -> str:
    """When something was done: `26 Nov 2026 14:05`, `26 نوفمبر 2026 14:05`, of the zone that `value` is in."""
    return f"{plain_day(value, language, digits)} {clock(value, digits)}"


def clock(value: datetime, digits: Digits = Digits.WESTERN) -> str:
    """`14:05`, of the zone that `value` is in."""
    return _digits(f"{value.hour:02}:{value.minute:02}", digits)


def span(begins: datetime, ends: datetime, time_zone: str) -> str:
    """`12:00–14:00` on the venue's clock."""
    return f"{clock(local(begins, time_zone))}–{clock(local(ends, time_zone))}"


def local(value: datetime, time_zone: str) -> datetime:
    """An aware moment on the venue's clock. ValueError for a naive one, whose zone nobody can know."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.astimezone(ZoneInfo(time_zone))


def isolate(text: str, language: str) -> str:
    """`text` kept in its own order inside a sentence of `language`: a code in Arabic, an Arabic name in
    English."""
    arabic = is_arabic(text)
    if language == "ar" and not arabic and not text.isdecimal():
        return f"{LEFT_TO_RIGHT}{text}{END}"
    if language != "ar" and arabic:
        return f"{RIGHT_TO_LEFT}{text}{END}"
    return text


def without_marks(text: str) -> str:
    """`text` without invisible direction marks, which printers and PDF fonts have no picture for."""
    return _MARKS.sub("", text)


def is_arabic(text: str) -> bool:
    """Whether any letter of it is written from right to left."""
    return _ARABIC_LETTER.search(text) is not None


def _in(number: str, digits: Digits, *, minus: bool) -> str:
    if digits is Digits.ARABIC_INDIC:
        number = number.replace(",", "٬").replace(".", "٫")
    return ("-" if minus else "") + _digits(number, digits)


def _digits(text: str, digits: Digits) -> str:
    return text.translate(_TO_ARABIC) if digits is Digits.ARABIC_INDIC else text
