"""Arabic on paper: joined letters, right order, lines broken before reordering, with and without Raqm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from documents import shaping
from documents.shaping import Face, base_direction, visual, wrap

ENGINES = ["raqm", "reshaper"] if shaping.has_raqm() else ["reshaper"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both ways of shaping; the second is what a Windows without FriBidi has."""
    monkeypatch.setattr(shaping, "has_raqm", lambda: request.param == "raqm")
    shaping._load.cache_clear()
    yield str(request.param)
    shaping._load.cache_clear()


def test_letters_are_joined_in_presentation_forms() -> None:
    assert visual("بيت", "rtl") == "\ufe96\ufef4\ufe91"
    assert visual("سلام", "rtl") == "\ufee1\ufefc\ufeb3"


def test_numbers_and_codes_keep_their_order_inside_arabic() -> None:
    assert "POS1-000123" in visual("فاتورة \u2066POS1-000123\u2069", "rtl")
    assert visual("المبلغ \u2066-5.00\u2069", "rtl").startswith("-5.00 ")


def test_no_invisible_mark_reaches_the_paper() -> None:
    assert not set(visual("\u2067أ\u2069 \u200fب\u200e", "rtl")) & set("\u2066\u2067\u2068\u2069\u200e\u200f")


def test_direction_is_that_of_the_first_letter_outside_isolates() -> None:
    assert base_direction("123 شكرا") == "rtl"
    assert base_direction("\u2066SAR\u2069 ر.س") == "rtl"
    assert base_direction("Thank you \u2067شكرا\u2069") == "ltr"
    assert base_direction("12:30") == "ltr"


def test_joined_words_are_narrower_than_their_letters_apart(engine: str) -> None:
    face = Face(30)
    word = "منتزه"
    assert face.width(word) < 0.9 * sum(face.width(letter) for letter in word)


def test_drawn_line_stays_in_its_box(engine: str) -> None:
    face, text = Face(24), "الضريبي POS1-000123 ي"
    paper = Image.new("L", (600, 100), 255)
    face.draw(ImageDraw.Draw(paper), (20, 20), text, 0)
    box = paper.point([255 if level < 150 else 0 for level in range(256)]).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left >= 18 and right <= 22 + face.width(text)
    assert top >= 20 and bottom <= 20 + face.line_height


@given(st.text(alphabet="abc دابي\n", max_size=60), st.integers(3, 20))
def test_wrapping_loses_no_letter_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, len)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= width for line in lines)
