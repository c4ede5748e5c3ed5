"""Reads our PDFs back: text through the fonts' own maps, and filled rectangles. Enough for what reportlab
writes."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

from PIL import Image, ImageDraw

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_FONT = re.compile(rb"/(F\d+\+\d+) (\d+) 0 R")
_SHOWN = re.compile(rb"/(F\d+\+\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_LETTER = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4})>")
_RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re")


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of text in drawing order, as the glyphs say they are, and the picture of all rectangles."""

    lines: list[str]
    rectangles: list[tuple[float, float, float, float]]

    def code(self) -> Image.Image:
        """The small rectangles on white at 4 dots a point: the QR."""
        paper = Image.new("L", (298 * 4, 420 * 4), 255)
        canvas = ImageDraw.Draw(paper)
        for x, y, width, height in self.rectangles:
            if height < 10:
                box = (x * 4, (420 - y - height) * 4, (x + width) * 4 - 1, (420 - y) * 4 - 1)
                canvas.rectangle(tuple(round(edge) for edge in box), fill=0)
        return paper


def pages(pdf: bytes) -> list[Page]:
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {name: _letters(objects, int(number)) for name, number in _FONT.findall(pdf)}
    contents = [int(number) for number in re.findall(rb"/Contents (\d+) 0 R", pdf)]
    return [_page(_stream(objects[number]), fonts) for number in contents]


def _page(content: bytes, fonts: dict[bytes, dict[int, str]]) -> Page:
    lines: list[str] = []
    letters: dict[int, str] = {}
    for font, text in _SHOWN.findall(content):
        if font:
            letters = fonts[font]
        else:
            lines.append("".join(letters[byte] for byte in _unescaped(text)))
    rectangles = [tuple(float(part) for part in match) for match in _RECTANGLE.findall(content)]
    return Page(lines, [(x, y, width, height) for x, y, width, height in rectangles])


def _stream(body: bytes) -> bytes:
    match = _STREAM.search(body)
    assert match is not None
    data = match[1].strip()
    if b"ASCII85Decode" in body:
        data = base64.a85decode(data.removesuffix(b"~>"))
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    reference = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    assert reference is not None
    return {
        int(byte, 16): chr(int(letter, 16))
        for byte, letter in _LETTER.findall(_stream(objects[int(reference[1])]))
    }


def _unescaped(text: bytes) -> bytes:
    octal = re.sub(rb"\\([0-7]{3})", lambda match: bytes((int(match[1], 8),)), text)
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(rb"\\(.)", lambda match: plain.get(match[1], match[1]), octal, flags=re.DOTALL)
