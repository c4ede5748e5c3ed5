"""A receipt printer for tests: a real TCP server that decodes ESC/POS, draws it, and has faults.

It shares no code with ours. What it does not know is recorded in `unknown`, never guessed.
"""

from __future__ import annotations

import contextlib
import io
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import segno
from PIL import Image

WIDTH = 576


@dataclass(slots=True)
class Paper:
    """What came out between two cuts: text lines, pictures and native QR codes in order."""

    items: list[str | Image.Image] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    feeds: int = 0

    def render(self) -> Image.Image:
        pictures = [item for item in self.items if isinstance(item, Image.Image)]
        paper = Image.new("L", (WIDTH, sum(p.height for p in pictures) or 1), 255)
        top = 0
        for picture in pictures:
            paper.paste(picture, (0, top))
            top += picture.height
        return paper


class Incomplete(Exception):
    """The command's rest has not arrived yet."""


class Sink(socketserver.ThreadingTCPServer):
    """`flags` may be set at any time; `receipts` grows with each cut; `changed` wakes those who wait for
    it."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paper_out = self.paper_low = self.cover_open = self.mute = self.drawer_open = False
        self.deaf_after = 0
        self.after_status = ""
        self.receipts: list[Paper] = []
        self.unknown: list[str] = []
        self.received = 0
        self.pulses = 0
        self.changed = threading.Condition()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_address[1]

    def status(self, number: int) -> int:
        offline = self.paper_out or self.cover_open
        return {
            1: 0x12 | 0x08 * offline | 0x04 * (not self.drawer_open),
            2: 0x12 | 0x04 * self.cover_open | 0x20 * self.paper_out,
            3: 0x12,
            4: 0x12 | 0x0C * (self.paper_low or self.paper_out) | 0x60 * self.paper_out,
        }[number]

    def wait_for(self, receipts: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.receipts) >= receipts, 5)


class Handler(socketserver.BaseRequestHandler):
    """One connection. While offline the printer keeps what comes in its buffer, but answers DLE EOT at
    once."""

    server: Sink

    def handle(self) -> None:
        self.buffer, self.paper, self.qr, self.module, self.line = b"", Paper(), b"", 3, b""
        self.request.settimeout(0.02)
        while True:
            try:
                data = self.request.recv(65536)
            except TimeoutError:
                data = None
            except OSError:
                return
            if data == b"":
                return
            if data:
                self.server.received += len(data)
                self.buffer += data
            self._real_time()
            if not (self.server.paper_out or self.server.cover_open):
                self._consume()
            if self.server.deaf_after and self.server.received >= self.server.deaf_after:
                return

    def _answer(self, byte: int) -> None:
        if not self.server.mute:
            with contextlib.suppress(OSError):
                self.request.sendall(bytes((byte,)))

    def _real_time(self) -> None:
        """Real printers find these even inside picture data."""
        while (at := self.buffer.find(b"\x10\x04")) >= 0 and at + 2 < len(self.buffer):
            number = self.buffer[at + 2]
            if number not in (1, 2, 3, 4):
                self.server.unknown.append(self.buffer[at : at + 3].hex())
                return
            self.buffer = self.buffer[:at] + self.buffer[at + 3 :]
            self._answer(self.server.status(number))
            if number == 4 and self.server.after_status:
                setattr(self.server, self.server.after_status, True)
                self.server.after_status = ""

    def _consume(self) -> None:
        while self.buffer:
            try:
                used = self._command(self.buffer)
            except Incomplete:
                return
            self.buffer = self.buffer[used:]

    def _command(self, data: bytes) -> int:
        """Carries out the first command of `data`; returns its length."""
        first = data[0]
        if first == 0x1B:
            return self._esc(_need(data, 2))
        if first == 0x1D:
            return self._gs(_need(data, 3))
        if first == 0x0A:
            self._flush()
        elif first >= 0x20:
            self.line += data[:1]
        elif first == 0x10:
            raise Incomplete
        return 1

    def _esc(self, data: bytes) -> int:
        match data[1]:
            case 0x40:
                self._flush()
                return 2
            case 0x61 | 0x45 | 0x64 | 0x4A:
                _need(data, 3)
                self.paper.feeds += data[2] if data[1] in (0x64, 0x4A) else 0
                return 3
            case 0x70:
                _need(data, 5)
                self.server.pulses += 1
                self.server.drawer_open = True
                return 5
            case _:
                self.server.unknown.append(data[:3].hex())
                return 2

    def _gs(self, data: bytes) -> int:
        match data[1]:
            case 0x76:
                return self._raster(_need(data, 8))
            case 0x28:
                return self._bracket(_need(data, 5))
            case 0x56:
                used = 4 if data[2] in (65, 66) else 3
                _need(data, used)
                self._cut()
                return used
            case 0x72:
                self._answer(0x0C * self.server.paper_low)
                return 3
            case _:
                self.server.unknown.append(data[:3].hex())
                return 2

    def _raster(self, data: bytes) -> int:
        columns, height = data[4] | data[5] << 8, data[6] | data[7] << 8
        used = 8 + columns * height
        _need(data, used)
        dots = bytes(~byte & 255 for byte in data[8:used])
        self.paper.items.append(Image.frombytes("1", (columns * 8, height), dots).convert("L"))
        return used

    def _bracket(self, data: bytes) -> int:
        used = 5 + (data[3] | data[4] << 8)
        _need(data, used)
        body = data[5:used]
        if data[2] != 0x6B or body[:1] != b"1":
            self.server.unknown.append(data[:7].hex())
        elif body[1] == 0x43:
            self.module = body[2]
        elif body[1] == 0x50:
            self.qr = body[3:]
        elif body[1] == 0x51:
            self._print_qr()
        return used

    def _print_qr(self) -> None:
        file = io.BytesIO()
        segno.make(self.qr.decode("ascii"), error="m", micro=False).save(file, kind="png", scale=self.module)
        symbol = Image.open(file).convert("L")
        paper = Image.new("L", (WIDTH, symbol.height), 255)
        paper.paste(symbol, ((WIDTH - symbol.width) // 2, 0))
        self.paper.items.append(paper)
        self.paper.codes.append(self.qr.decode("ascii"))

    def _flush(self) -> None:
        if self.line:
            self.paper.items.append(self.line.decode("cp437"))
            self.line = b""

    def _cut(self) -> None:
        self._flush()
        with self.server.changed:
            self.server.receipts.append(self.paper)
            self.server.changed.notify_all()
        self.paper = Paper()


def _need(data: bytes, count: int) -> bytes:
    if len(data) < count:
        raise Incomplete
    return data


@contextlib.contextmanager
def running_sink() -> Iterator[Sink]:
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield sink
        sink.shutdown()
        thread.join()
