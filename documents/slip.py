"""A slip as data: rows from top to bottom, with no idea of dots, printers or files (`raster`, `escpos` draw
them)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Size(IntEnum):
    """Letter heights in dots at 203 dpi on 80 mm paper; narrower paper makes them smaller."""

    SMALL = 20
    NORMAL = 24
    LARGE = 30
    TITLE = 38
    HUGE = 54


class Align(StrEnum):
    """Sides of the paper, not of the reading: left stays left in Arabic."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Stroke(StrEnum):
    THIN = "thin"
    THICK = "thick"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph over the full width; wraps."""

    text: str
    size: Size = Size.NORMAL
    bold: bool = False
    align: Align = Align.CENTER


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row. `share` of 0 is as wide as its text (at least as `room_for`) and never wraps:
    amounts; the other cells divide what is left by their shares and wrap inside it."""

    text: str
    share: int = 0
    align: Align = Align.LEFT
    size: Size = Size.NORMAL
    bold: bool = False
    room_for: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells beside each other, from the left of the paper; the first lines stand level."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """White on black over the full width: the COPY mark."""

    text: str
    size: Size = Size.LARGE


@dataclass(frozen=True, slots=True)
class Rule:
    stroke: Stroke = Stroke.THIN


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty paper, in dots (8 a millimetre)."""

    dots: int


@dataclass(frozen=True, slots=True)
class QrCode:
    """`text` as a QR at least `millimetres` wide without its quiet zone, error correction M, centred."""

    text: str
    millimetres: int = 30


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file's bytes (PNG, a logo), scaled down to `millimetres` wide at most, centred, black or
    white."""

    data: bytes
    millimetres: int = 40


Row = Text | Columns | Banner | Rule | Gap | QrCode | Picture


@dataclass(frozen=True, slots=True)
class Slip:
    """What comes out between two cuts. `title` names it in logs and file names."""

    title: str
    rows: tuple[Row, ...]
