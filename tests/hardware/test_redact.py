"""No card number gets into a log; everything else does."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hardware.redact import Redacting, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("card 4111111111111111 ok", "card ************1111 ok"),
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("4111-1111-1111-1111", "****-****-****-1111"),
        ("378282246310005", "***********0005"),
        ("3782 822463 10005", "**** ****** *0005"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "**** **** **** ١١١١"),
        ("order 12 4111 1111 1111 1111", "order 12 **** **** **** 1111"),
        ("{'pan': '5555555555554444'}", "{'pan': '************4444'}"),
        ("4111111111111111=25121010000", "************1111=25121010000"),
        ("two 4111111111111111, 5555555555554444", "two ************1111, ************4444"),
    ],
)
def test_card_numbers_lose_all_but_four(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "rrn 000000000042",
        "rrn 632716000042 approval 482913",
        "at 1795600800000 ms",
        "4111111111111112",
        "123e4567-e89b-12d3-a456-426614174000",
        "+966 55 123 4567",
        "2026-11-26 14:05:33",
        "POS1-000123 total 1,234.50",
        "41111111111111111111111111",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


def luhn(digits: str) -> str:
    """`digits` with their check digit."""
    total = sum(
        int(d) if place % 2 else sum(divmod(2 * int(d), 10)) for place, d in enumerate(reversed(digits))
    )
    return digits + str(-total % 10)


cards = st.from_regex(r"[23456][0-9]{11,17}", fullmatch=True).map(luhn)


@given(cards, st.sampled_from(["", "x", "pan=", "«", "\n"]), st.sampled_from(["", " ok", ",", "\n", "»"]))
def test_no_card_number_survives(card: str, before: str, after: str) -> None:
    told = redact(before + card + after)
    assert card not in told
    assert told.endswith(card[-4:] + after)


@given(cards, st.sampled_from([" ", "-", "\u00a0"]))
def test_no_grouped_card_number_survives(card: str, separator: str) -> None:
    grouped = separator.join(card[at : at + 4] for at in range(0, len(card), 4))
    assert card[:-4] not in "".join(letter for letter in redact(grouped) if letter.isdecimal())


def test_filter_cleans_messages_arguments_and_tracebacks() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Redacting())
    logger = logging.Logger("cards")
    logger.addHandler(handler)
    logger.warning("raw %s and %d", "4111 1111 1111 1111", 5555555555554444)
    try:
        raise ValueError("answer 4111111111111111")
    except ValueError:
        logger.exception("bad answer")
    assert "1111 1111" not in written.getvalue()
    assert "4111111111111111" not in written.getvalue()
    assert "************4444" in written.getvalue()
    assert "ValueError: answer ************1111" in written.getvalue()
