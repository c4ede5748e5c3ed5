"""A slip as ESC/POS bytes: text as raster (for Arabic), QR by the printer's own command, cut; status and
drawer requests.

Raster goes out in bands trimmed to their ink, because a blank dot costs as much line time as a black one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops

from documents.raster import draw, qr_module_dots, stack
from documents.slip import QrCode, Slip

INIT = b"\x1b@"
CUT = b"\x1dVB\x10"
DRAWER_PULSE = b"\x1bp\x00\x19\xfa"
DRAWER_2_PULSE = b"\x1bp\x01\x19\xfa"
ASK_PAPER = b"\x1dr\x01"
_LEFT, _CENTER = b"\x1ba\x00", b"\x1ba\x01"
_BAND = 128
_BLANK_RUN = 24
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a printer prints on. `native_qr` off draws QR codes as raster, for printers without GS ( k."""

    dots: int = 576
    native_qr: bool = True


PAPER_80 = Paper(576)
PAPER_58 = Paper(384)


def encode(slip: Slip, paper: Paper = PAPER_80) -> bytes:
    """The whole job, from INIT to CUT."""
    parts: list[bytes] = [INIT, _LEFT]
    waiting: list[Image.Image] = []
    for row in slip.rows:
        if paper.native_qr and isinstance(row, QrCode):
            parts += [*_flushed(waiting, paper.dots), _native_qr(row)]
            waiting = []
        else:
            waiting.append(draw(row, paper.dots))
    return b"".join([*parts, *_flushed(waiting, paper.dots), CUT])


def status_request(number: int) -> bytes:
    """DLE EOT: 1 printer and drawer, 2 why offline, 3 error, 4 paper. Answered at once, even with paper
    out."""
    if number not in (1, 2, 3, 4):
        raise ValueError(f"DLE EOT {number} does not exist")
    return bytes((0x10, 0x04, number))


def _native_qr(row: QrCode) -> bytes:
    data = row.text.encode("ascii")
    return b"".join(
        (
            _CENTER,
            b"\x1d(k\x04\x001A2\x00",
            b"\x1d(k\x03\x001C" + bytes((min(16, qr_module_dots(row)),)),
            b"\x1d(k\x03\x001E1",
            b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data,
            b"\x1d(k\x03\x001Q0",
            _LEFT,
        )
    )


def _flushed(pictures: list[Image.Image], width: int) -> list[bytes]:
    if not pictures:
        return []
    picture = stack(pictures, width)
    return [_raster(picture.crop((0, top, width, bottom))) for top, bottom in _bands(picture)]


def _bands(picture: Image.Image) -> list[tuple[int, int]]:
    """(top, bottom) of bands at most `_BAND` high, parted at long blank runs so that those cost a byte a
    row."""
    blank = [
        picture.crop((0, y, picture.width, y + 1)).getextrema() == (255, 255) for y in range(picture.height)
    ]
    edges, start = [0], 0
    for y in range(1, picture.height + 1):
        if y < picture.height and blank[y] == blank[start]:
            continue
        if blank[start] and y - start >= _BLANK_RUN:
            edges += [start, y]
        start = y
    edges.append(picture.height)
    return [
        (top, min(top + _BAND, bottom))
        for first, bottom in pairwise(edges)
        for top in range(first, bottom, _BAND)
    ]


def _raster(band: Image.Image) -> bytes:
    """GS v 0 of one band, as wide as its ink."""
    ink = ImageChops.invert(band.convert("L")).getbbox()
    columns = max(1, -(-(ink[2] if ink else 1) // 8))
    dots = ImageChops.invert(band.crop((0, 0, columns * 8, band.height)).convert("L")).convert("1").tobytes()
    header = b"\x1dv0\x00" + columns.to_bytes(2, "little") + band.height.to_bytes(2, "little")
    return header + _REAL_TIME.sub(b"\x18", dots)
