"""The token table: every pair that screens use is readable in every theme, and nothing else names a colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.views.widgets.theme import THEMES, TOKENS

VIEWS = Path(__file__).resolve().parents[2] / "app"
TEXT_PAIRS = (
    ("text", "bg"), ("text", "surface"), ("text", "sunken"), ("text", "accentbg"),
    ("text2", "surface"), ("text2", "bg"),
    ("text2", "sunken"), ("text2", "surface2"), ("text3", "bg"), ("text3", "surface"), ("text3", "sunken"),
    ("text3", "accentbg"), ("onaccent", "accent"), ("accenttext", "accentbg"), ("accenttext", "surface"),
    ("accenttext", "bg"), ("ok", "okbg"), ("ok", "surface"), ("onok", "okfill"),
    ("warn", "warnbg"), ("warn", "surface"),
    ("onwarn", "warnfill"), ("bad", "badbg"), ("bad", "surface"), ("bad", "bg"), ("onbad", "badfill"),
    ("purple", "purplebg"), ("railtext", "rail"), ("railstrong", "railactive"),
)  # fmt: skip
SHAPE_PAIRS = (
    ("border2", "surface"), ("focus", "bg"), ("focus", "surface"), ("accent", "surface"), ("railmark", "rail"),
)  # fmt: skip
BELOW_SEVEN = {("purple", "purplebg"), ("onbad", "badfill")}


def luminance(colour: str) -> float:
    def channel(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (channel(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_in_every_theme(theme: str) -> None:
    tokens = TOKENS[theme]
    for pair in TEXT_PAIRS:
        least = 7.0 if theme == "contrast" and pair not in BELOW_SEVEN else 4.5
        measured = contrast(tokens[pair[0]], tokens[pair[1]])
        assert measured >= least, f"{theme}: {pair} {measured:.2f}"


@pytest.mark.parametrize("theme", THEMES)
def test_outlines_icons_and_focus_can_be_seen(theme: str) -> None:
    tokens = TOKENS[theme]
    for pair in SHAPE_PAIRS:
        measured = contrast(tokens[pair[0]], tokens[pair[1]])
        assert measured >= 3.0, f"{theme}: {pair} {measured:.2f}"


def test_no_colour_is_named_outside_the_table() -> None:
    named = re.compile(r"#[0-9A-Fa-f]{3,8}\b|QColor\(|Qt\.GlobalColor\.(?!transparent)|rgba?\(")
    for path in sorted(VIEWS.rglob("*.py")):
        if path.name != "theme.py":
            found = named.findall(path.read_text(encoding="utf-8"))
            assert not found, f"{path}: {found}"


def test_every_theme_has_every_token() -> None:
    assert {frozenset(tokens) for tokens in TOKENS.values()} == {frozenset(TOKENS["light"])}
