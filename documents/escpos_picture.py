"""The picture that our own ESC/POS bytes make: what file output shows beside the bytes.

It reads what `escpos` writes and no more; tests have a printer of their own that reads far more.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageChops

from documents.preview import framed
from documents.raster import FULL_WIDTH, QUIET_MODULES, stack, symbol


@dataclass(slots=True)
class _Reading:
    """A place in the bytes, and the paper so far. `qr` is the code that the printer holds, `module` its
    dots."""

    job: bytes
    width: int
    at: int = 0
    parts: list[Image.Image] = field(default_factory=list)
    qr: bytes = b""
    module: int = 3

    def take(self, count: int) -> bytes:
        taken = self.job[self.at : self.at + count]
        if len(taken) < count:
            raise ValueError(f"ESC/POS ends early at {self.at}")
        self.at += count
        return taken


def png_of(job: bytes, width: int = FULL_WIDTH) -> bytes:
    """`job` as a PNG. ValueError for bytes that `escpos` does not write."""
    return framed(picture(job, width))


def picture(job: bytes, width: int = FULL_WIDTH) -> Image.Image:
    """`job` on paper `width` dots wide, mode "1"."""
    reading = _Reading(job, width)
    while reading.at < len(job):
        start = reading.at
        command = reading.take(2)
        if command not in _COMMANDS:
            raise ValueError(f"ESC/POS {command.hex()} at {start} is not ours")
        _COMMANDS[command](reading)
    return stack(reading.parts, width)


def _raster(reading: _Reading) -> None:
    header = reading.take(6)
    columns, height = int.from_bytes(header[2:4], "little"), int.from_bytes(header[4:6], "little")
    dots = Image.frombytes("1", (columns * 8, height), reading.take(columns * height))
    paper = Image.new("1", (reading.width, height), 1)
    paper.paste(ImageChops.invert(dots.convert("L")).convert("1"), (0, 0))
    reading.parts.append(paper)


def _qr(reading: _Reading) -> None:
    kind = reading.take(1)
    data = reading.take(int.from_bytes(reading.take(2), "little"))
    if kind != b"k" or data[:1] != b"1":
        raise ValueError("ESC/POS 1d28 is no QR")
    match data[1:2]:
        case b"C":
            reading.module = data[2]
        case b"P":
            reading.qr = data[3:]
        case b"Q":
            _print_qr(reading)
        case _:
            pass


def _print_qr(reading: _Reading) -> None:
    file = io.BytesIO()
    code = symbol(reading.qr.decode("ascii"))
    code.save(file, kind="png", scale=reading.module, border=QUIET_MODULES)
    shown = Image.open(file).convert("1")
    paper = Image.new("1", (reading.width, shown.height), 1)
    paper.paste(shown, ((reading.width - shown.width) // 2, 0))
    reading.parts.append(paper)


def _skip(count: int) -> Callable[[_Reading], None]:
    def skip(reading: _Reading) -> None:
        reading.take(count)

    return skip


_COMMANDS: dict[bytes, Callable[[_Reading], None]] = {
    b"\x1b@": _skip(0),
    b"\x1ba": _skip(1),
    b"\x1bp": _skip(3),
    b"\x1dV": _skip(2),
    b"\x1dr": _skip(1),
    b"\x1dv": _raster,
    b"\x1d(": _qr,
}
