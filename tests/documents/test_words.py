"""The words of paper and how numbers and times are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from documents import words
from documents.format import (
    Digits,
    clock,
    day,
    day_with_year,
    isolate,
    local,
    moment,
    money,
    money_named,
    percent,
    quantity,
)
from documents.words import Texts, texts
from domain.money import Money


def test_both_languages_have_the_same_keys_and_facts() -> None:
    english, arabic = texts("paper", "en"), texts("paper", "ar")
    assert english.keys() == arabic.keys()
    for key in sorted(english.keys()):
        assert _facts(english.phrases[key]["other"]) == _facts(arabic.phrases[key]["other"]), key


def _facts(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_missing_key_names_file_and_key() -> None:
    with pytest.raises(KeyError, match=r"paper\.ar: no text 'nothing'"):
        texts("paper", "ar").get("nothing")


def test_missing_fact_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="number"):
        texts("paper", "en").get("copy")


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Texts]:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "shop.ar.toml").write_text(
        '[cart.tickets]\nzero = "لا تذاكر"\none = "تذكرة"\ntwo = "تذكرتان"\n'
        'few = "{n} تذاكر"\nmany = "{n} تذكرة"\nother = "{n} تذكرة كاملة"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(words, "RESOURCES", tmp_path)
    texts.cache_clear()
    yield texts("shop", "ar")
    texts.cache_clear()


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "لا تذاكر"),
        (1, "تذكرة"),
        (2, "تذكرتان"),
        (3, "3 تذاكر"),
        (11, "11 تذكرة"),
        (100, "100 تذكرة كاملة"),
    ],
)
def test_arabic_counts_have_six_forms(tickets: Texts, count: int, expected: str) -> None:
    assert tickets.get("cart.tickets", n=count) == expected


def test_codes_are_isolated_in_arabic_and_names_in_english() -> None:
    assert isolate("POS1-7", "ar") == "\u2066POS1-7\u2069"
    assert isolate("نورة", "ar") == "نورة"
    assert isolate("نورة", "en") == "\u2067نورة\u2069"
    assert isolate("POS1-7", "en") == "POS1-7"


@pytest.mark.parametrize(
    ("minor", "currency", "western", "arabic"),
    [
        (123450, "SAR", "1,234.50", "١٬٢٣٤٫٥٠"),
        (-5, "SAR", "-0.05", "-٠٫٠٥"),
        (0, "SAR", "0.00", "٠٫٠٠"),
        (1234567, "KWD", "1,234.567", "١٬٢٣٤٫٥٦٧"),
        (1500, "JPY", "1,500", "١٬٥٠٠"),
    ],
)
def test_money_has_its_currencys_decimals(minor: int, currency: str, western: str, arabic: str) -> None:
    assert money(Money(minor, currency)) == western
    assert money(Money(minor, currency), Digits.ARABIC_INDIC) == arabic


def test_money_names_its_currency() -> None:
    assert money_named(Money(23000, "SAR"), "en") == "SAR 230.00"
    assert money_named(Money(23000, "SAR"), "ar") == "\u2066230.00\u2069 ر.س"


def test_days_times_and_rates() -> None:
    assert day(date(2026, 11, 26), "en") == "Thu 26 Nov"
    assert day(date(2026, 11, 26), "ar") == "الخميس 26 نوفمبر"
    assert day_with_year(date(2026, 1, 2), "en") == "Fri 2 Jan 2026"
    assert day_with_year(date(2026, 1, 2), "ar") == "الجمعة 2 يناير 2026"
    late = local(datetime(2026, 11, 26, 21, 5, tzinfo=UTC), "Asia/Riyadh")
    assert (moment(late, "en"), moment(late, "ar")) == ("27 Nov 2026 00:05", "27 نوفمبر 2026 00:05")
    assert day_with_year(date(2026, 1, 2), "ar", Digits.ARABIC_INDIC) == "الجمعة ٢ يناير ٢٠٢٦"
    assert clock(local(datetime(2026, 11, 26, 21, 5, tzinfo=UTC), "Asia/Riyadh")) == "00:05"
    assert (percent(1500), percent(550), percent(0)) == ("15%", "5.5%", "0%")
    assert quantity(1200) == "1,200"


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2026, 11, 26), "Asia/Riyadh")  # noqa: DTZ001  # naive on purpose
