"""Arabic made ready to draw: letters joined, right order, lines broken before any reordering.

Pillow's Raqm engine does it where its FriBidi is found; elsewhere (a plain Windows) arabic-reshaper and
python-bidi.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import arabic_reshaper
from bidi import get_display
from PIL import ImageDraw, ImageFont, features

from documents.fonts import SLIP_FAMILY, font_file
from documents.format import without_marks

Direction = Literal["ltr", "rtl"]


@cache
def has_raqm() -> bool:
    return bool(features.check("raqm")) and bool(features.check("fribidi"))


def base_direction(text: str) -> Direction:
    """The direction of the first letter outside isolates that has one; left to right for numbers alone."""
    depth = 0
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        depth += (kind in ("LRI", "RLI", "FSI")) - (kind == "PDI")
        if depth == 0 and kind in ("R", "AL"):
            return "rtl"
        if depth == 0 and kind == "L":
            return "ltr"
    return "ltr"


def visual(text: str, direction: Direction) -> str:
    """One line as joined letters in drawing order, for engines that shape nothing (PDF, Pillow's basic
    layout)."""
    joined: str = arabic_reshaper.reshape(text)
    return without_marks(get_display(joined, base_dir="R" if direction == "rtl" else "L"))


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`text` in lines no wider than `width` by `measure`, in reading order. A word wider than a line is
    cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            whole = f"{line} {word}" if line else word
            if measure(whole) <= width:
                line = whole
                continue
            if line:
                lines.append(line)
            *full, line = _cut(word, width, measure)
            lines += full
        lines.append(line)
    return lines


def _cut(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@dataclass(frozen=True, slots=True)
class Face:
    """A font of the slips at one size, in dots."""

    size: int
    bold: bool = False

    @property
    def line_height(self) -> int:
        return round(self.size * 1.5)

    def width(self, text: str) -> int:
        """Dots that `text` takes on one line."""
        direction = base_direction(text)
        if has_raqm():
            return round(self._font().getlength(text, direction=direction))
        return round(self._font().getlength(visual(text, direction)))

    def wrap(self, text: str, width: int) -> list[str]:
        return wrap(text, width, self.width)

    def draw(self, canvas: ImageDraw.ImageDraw, at: tuple[int, int], text: str, fill: int) -> None:
        """Draws one line whose box starts at `at`; the baseline is the same for both scripts."""
        font, direction = self._font(), base_direction(text)
        left, top = at
        baseline = (left, top + round(self.size * 1.02))
        if has_raqm():
            canvas.text(baseline, text, fill, font, anchor="ls", direction=direction)
        else:
            canvas.text(baseline, visual(text, direction), fill, font, anchor="ls")

    def _font(self) -> ImageFont.FreeTypeFont:
        return _load(self.size, self.bold)


@cache
def _load(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if has_raqm() else ImageFont.Layout.BASIC
    path = font_file(SLIP_FAMILY, "Bold" if bold else "Regular")
    return ImageFont.truetype(str(path), size, layout_engine=engine)
