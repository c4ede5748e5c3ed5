"""Rows that say a thing in English on the left and in Arabic on the right, as Saudi paper does."""

from __future__ import annotations

from datetime import date, datetime

from documents.format import currency_name, day_with_year, isolate, local, moment, money
from documents.slip import Align, Banner, Cell, Columns, Row, Size, Text
from documents.words import Fact, texts
from domain.catalogue import Words
from domain.money import Money
from domain.receipt import Copied

_WHOLE = 18


def phrase(key: str, **facts: Fact) -> Words:
    """A phrase of the paper's words in both languages."""
    return Words(texts("paper", "en").get(key, **facts), texts("paper", "ar").get(key, **facts))


def named(group: str, code: str) -> Words:
    """The words of `<group>.<code>`: card schemes, tenders, cash moves. An unknown code is printed as it
    came."""
    key = f"{group}.{code.lower()}"
    return phrase(key) if texts("paper", "en").has(key) else Words(code, isolate(code, "ar"))


def field(label: Words, value: str, size: Size = Size.SMALL) -> Columns:
    """English label, value in the middle, Arabic label: `Invoice no.  POS1-000123  رقم الفاتورة`. A number
    stays whole on the narrowest paper; only a long name wraps."""
    share = 0 if len(value) <= _WHOLE else 2
    return Columns(
        (
            Cell(label.en, 1, Align.LEFT, size),
            Cell(value, share, Align.CENTER, size, bold=True),
            Cell(label.ar, 1, Align.RIGHT, size),
        )
    )


def said(label: Words, value: Words, *, bold: bool = False) -> tuple[Row, ...]:
    """Label and value in each language: `Date: 26 Nov 2026 14:05` on the left, its Arabic on the right."""
    return pair(Words(f"{label.en}: {value.en}", f"{label.ar}: {value.ar}"), Size.SMALL, bold=bold)


def day_words(value: date) -> Words:
    """A day with its year in both languages."""
    return Words(day_with_year(value, "en"), day_with_year(value, "ar"))


def moment_words(value: datetime, time_zone: str) -> Words:
    """A moment of the venue's clock in both languages."""
    there = local(value, time_zone)
    return Words(moment(there, "en"), moment(there, "ar"))


def stored_day(text: str) -> Words:
    """The day of a stored document: an ISO day in words; anything else as it was recorded."""
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return Words(text, text)


def amount(label: Words, value: str, *, bold: bool = False, room_for: str = "") -> Columns:
    """Both labels and the amount at the right edge, where all amounts of a slip stand under each other.
    `room_for` is the slip's longest amount, so that the Arabic labels stand under each other too."""
    return Columns(
        (
            Cell(label.en, 2, Align.LEFT, Size.SMALL, bold),
            Cell(label.ar, 3, Align.RIGHT, Size.SMALL, bold),
            Cell(value, 0, Align.RIGHT, Size.NORMAL, bold, room_for),
        )
    )


def total(label: Words, value: Money) -> tuple[Row, ...]:
    """The one figure that people look for: labels above, currency and amount big below."""
    names = f"{value.currency}  {isolate(currency_name(value.currency, 'ar'), 'en')}"
    figure = Cell(money(value), 0, Align.RIGHT, Size.HUGE, bold=True)
    return (*pair(label, bold=True), Columns((Cell(names, 1, Align.LEFT, Size.LARGE, bold=True), figure)))


def pair(words: Words, size: Size = Size.NORMAL, *, bold: bool = False) -> tuple[Row, ...]:
    """English left and Arabic right on one row; one cell when a language is missing or both say the same."""
    if not words.ar or not words.en or words.ar == words.en:
        return (Text(words.en or words.ar, size, bold, Align.LEFT),)
    return (Columns((Cell(words.en, 1, Align.LEFT, size, bold), Cell(words.ar, 1, Align.RIGHT, size, bold))),)


def heading(words: Words, size: Size, small: Size, *, bold: bool = True) -> tuple[Row, ...]:
    """Arabic above English, centred; the English alone where there is no Arabic."""
    arabic = (Text(words.ar, size, bold),) if words.ar else ()
    english = (Text(words.en, small if arabic else size, bold),) if words.en and words.en != words.ar else ()
    return arabic + english


def copy_mark(number: int, copied: Copied | None) -> tuple[Row, ...]:
    """Big and inverse, so that nobody takes a reprint for the original, then when and by whom; nothing for the
    original (0)."""
    if number == 0:
        return ()
    words = phrase("copy", number=number)
    banner = Banner(f"{words.en}   ·   {isolate(words.ar, 'en')}", Size.TITLE)
    return (banner, *(heading(copied_words(copied), Size.SMALL, Size.SMALL) if copied else ()))


def copied_words(copied: Copied) -> Words:
    """`24 Nov 2026 17:52 · Reem Mansour`."""
    when = moment_words(copied.at, copied.time_zone)
    return Words(f"{when.en} · {copied.by.en}", f"{when.ar} · {copied.by.ar}")
