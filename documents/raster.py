"""Rows of a slip as black and white pictures, one a row, as wide as the paper prints."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import assert_never

import segno
from PIL import Image, ImageDraw

from documents.shaping import Face
from documents.slip import (
    Align,
    Banner,
    Cell,
    Columns,
    Gap,
    Picture,
    QrCode,
    Row,
    Rule,
    Size,
    Slip,
    Stroke,
    Text,
)

DOTS_A_MM = 8
FULL_WIDTH = 576
COLUMN_GAP = 14
QUIET_MODULES = 4
_INK_BELOW = 150
_WHITE, _BLACK = 255, 0


def render(slip: Slip, width: int = FULL_WIDTH) -> Image.Image:
    """The whole slip, mode "1", `width` dots wide (576 for 80 mm paper, 384 for 58 mm)."""
    return stack((draw(row, width) for row in slip.rows), width)


def stack(pictures: Iterable[Image.Image], width: int) -> Image.Image:
    """Pictures under each other on white paper `width` dots wide."""
    parts = list(pictures)
    paper = Image.new("1", (width, sum(part.height for part in parts) or 1), 1)
    top = 0
    for part in parts:
        paper.paste(part, (0, top))
        top += part.height
    return paper


def draw(row: Row, width: int) -> Image.Image:
    """One row, mode "1", exactly `width` dots wide."""
    match row:
        case Text():
            cell = Cell(row.text, 1, row.align, row.size, row.bold)
            return _columns((cell,), width)
        case Columns():
            return _columns(row.cells, width)
        case Banner():
            return _banner(row, width)
        case Rule():
            return _rule(row.stroke, width)
        case Gap():
            return Image.new("1", (width, max(1, _scaled(row.dots, width))), 1)
        case QrCode():
            return _centred(qr_picture(row), width)
        case Picture():
            return _centred(_picture(row, width), width)
        case _ as never:
            assert_never(never)


def qr_module_dots(row: QrCode) -> int:
    """Dots of one module, so that the symbol is at least as wide as asked."""
    modules = symbol(row.text).symbol_size(border=0)[0]
    return math.ceil(row.millimetres * DOTS_A_MM / modules)


def qr_picture(row: QrCode) -> Image.Image:
    """The symbol with its quiet zone."""
    file = io.BytesIO()
    symbol(row.text).save(file, kind="png", scale=qr_module_dots(row), border=QUIET_MODULES)
    return Image.open(file).convert("1")


@lru_cache(maxsize=64)
def symbol(text: str) -> segno.QRCode:
    """The QR code of a text, as every paper has it. Choosing its mask takes 10 ms; slip, picture and PDF share it."""
    return segno.make_qr(text, error="m", boost_error=False)


def _face(size: Size, bold: bool, width: int) -> Face:
    return Face(_scaled(size, width), bold)


def _scaled(dots: int, width: int) -> int:
    """Letters on 58 mm paper are five sixths as high: at two thirds of the width a line still holds
    enough."""
    return dots if width >= FULL_WIDTH else round(dots * 5 / 6)


def _columns(cells: tuple[Cell, ...], width: int) -> Image.Image:
    faces = [_face(cell.size, cell.bold, width) for cell in cells]
    widths = _widths(cells, faces, width)
    lines = [
        face.wrap(cell.text, room) if cell.share else [cell.text]
        for cell, face, room in zip(cells, faces, widths, strict=True)
    ]
    tallest = max(face.size for face in faces)
    heights = [
        tallest - face.size + len(wrapped) * face.line_height
        for wrapped, face in zip(lines, faces, strict=True)
    ]
    paper = Image.new("L", (width, max(heights)), _WHITE)
    canvas, left = ImageDraw.Draw(paper), 0
    for cell, face, room, wrapped in zip(cells, faces, widths, lines, strict=True):
        for number, line in enumerate(wrapped):
            indent = _indent(cell.align, room - face.width(line))
            face.draw(canvas, (left + indent, tallest - face.size + number * face.line_height), line, _BLACK)
        left += room + COLUMN_GAP
    return _inked(paper)


def _widths(cells: tuple[Cell, ...], faces: list[Face], width: int) -> list[int]:
    natural = [
        0 if cell.share else max(face.width(cell.text), face.width(cell.room_for))
        for cell, face in zip(cells, faces, strict=True)
    ]
    left = width - sum(natural) - COLUMN_GAP * (len(cells) - 1)
    shares = sum(cell.share for cell in cells) or 1
    return [
        left * cell.share // shares if cell.share else own for cell, own in zip(cells, natural, strict=True)
    ]


def _indent(align: Align, spare: int) -> int:
    match align:
        case Align.LEFT:
            return 0
        case Align.CENTER:
            return spare // 2
        case Align.RIGHT:
            return spare
        case _ as never:
            assert_never(never)


def _banner(row: Banner, width: int) -> Image.Image:
    face = _face(row.size, True, width)
    lines = face.wrap(row.text, width - 2 * COLUMN_GAP)
    paper = Image.new("L", (width, len(lines) * face.line_height + 12), _BLACK)
    canvas = ImageDraw.Draw(paper)
    for number, line in enumerate(lines):
        face.draw(canvas, ((width - face.width(line)) // 2, 6 + number * face.line_height), line, _WHITE)
    return _inked(paper)


def _rule(stroke: Stroke, width: int) -> Image.Image:
    paper = Image.new("1", (width, 17), 1)
    canvas = ImageDraw.Draw(paper)
    match stroke:
        case Stroke.THIN:
            canvas.rectangle((0, 8, width, 9), fill=0)
        case Stroke.THICK:
            canvas.rectangle((0, 6, width, 10), fill=0)
        case Stroke.DASHED:
            for left in range(0, width, 12):
                canvas.rectangle((left, 8, left + 5, 9), fill=0)
        case _ as never:
            assert_never(never)
    return paper


def _picture(row: Picture, width: int) -> Image.Image:
    picture = Image.open(io.BytesIO(row.data)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, (_WHITE, _WHITE, _WHITE, _WHITE))
    paper.alpha_composite(picture)
    widest = min(row.millimetres * DOTS_A_MM, width)
    if paper.width > widest:
        paper = paper.resize((widest, max(1, paper.height * widest // paper.width)))
    return paper.convert("L").convert("1")


def _centred(picture: Image.Image, width: int) -> Image.Image:
    paper = Image.new("1", (width, picture.height), 1)
    paper.paste(picture, ((width - picture.width) // 2, 0))
    return paper


def _inked(paper: Image.Image) -> Image.Image:
    """Grey edges become ink or paper: a thermal head knows nothing between."""
    return paper.point([_BLACK if level < _INK_BELOW else _WHITE for level in range(256)], "1")
