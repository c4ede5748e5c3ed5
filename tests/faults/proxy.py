"""A bad line between real processes: it refuses, drops, delays, starves, cuts answers short and falls silent on the
bytes of TLS; and, with the server's own certificate, repeats requests, answers in the server's place and loses answers.

It runs on a thread of its own. Which faults come is drawn from a seed; when, is up to the machine.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from server.tls import ensure_certificate

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_PATIENCE = 5.0  # s, for what is still on the line when it is stopped
_TURNS = 3  # of the loop, in which what was cut off closes its sockets
_GONE = (OSError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


class Fault(StrEnum):
    """Up to SILENCE of a connection, the others of one request."""

    RESET = "connection refused"
    DROP = "dropped in the middle"
    TRUNCATE = "answer cut short"
    DELAY = "delayed"
    SLOW = "slow"
    SILENCE = "half-open silence"
    TWICE = "request sent twice"
    LATE = "request repeated later"
    LOST = "answer lost"
    ERROR = "error in the server's place"
    HINTS = "hints cut off"


_LINES = {
    Fault.RESET: 2, Fault.DROP: 4, Fault.TRUNCATE: 4, Fault.DELAY: 3, Fault.SLOW: 2, Fault.SILENCE: 1,
}  # fmt: skip
_REQUESTS = {Fault.TWICE: 3, Fault.LATE: 3, Fault.LOST: 4, Fault.ERROR: 4}
_LIFE = 12_000  # bytes after which a connection with any fault ends, so that there are many
_STATUS = ("500 Oops", "502 Bad Gateway", "503 Away", "413 Too Large")


@dataclass
class Broken:
    """A fault of a connection, which comes after so many bytes; none while the line is calm."""

    fault: Fault | None
    after: int


class Proxy:
    """Between `url` and the servers on `ports`; `calm` passes everything on as it is. `faults` counts. Of the next
    request on a new connection that begins with `lose` the answer is lost, calm or not."""

    def __init__(self, ports: list[int], server_folder: Path, seed: int) -> None:
        self.ports = ports
        self.calm = True
        self.lose = b""
        self.faults: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._own.load_cert_chain(*ensure_certificate(server_folder))
        self._up = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._up.check_hostname, self._up.verify_mode = False, ssl.CERT_NONE
        self._open: set[asyncio.Transport] = set()
        self._callers: set[socket.socket] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._inner = self._wait(self._listen(self._requests, 0, self._own))
        self._inner_port = self._inner.getsockname()[1]
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def lines(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def spoil(self) -> None:
        """From now on it is a bad line; what was connected before is cut off."""
        self.calm = False
        self._cut_off()

    def _cut_off(self) -> None:
        self._loop.call_soon_threadsafe(lambda: [transport.abort() for transport in self._open])

    def open(self) -> None:
        """Listens, on the same port each time."""
        self._outer = self._wait(self._listen(self._line, self.port))
        self.port = self._outer.getsockname()[1]

    def shut(self) -> None:
        """Nobody listens there: connections are refused; those that are open go on."""
        self.faults[Fault.RESET] += 1
        self._loop.call_soon_threadsafe(self._close, self._outer)

    def cut(self) -> None:
        """As `shut`, and those that are open end."""
        self.shut()
        self._cut_off()

    def stop(self) -> None:
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        """Everybody is told that it is over: who is cancelled in the middle of a handshake stays open."""
        for listener in (self._outer, self._inner):
            self._close(listener)
        self._ended.set()
        for caller in self._callers:
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
        if self._work:
            _, waiting = await asyncio.wait(self._work, timeout=_PATIENCE)
            for task in waiting:  # for a server that does not answer
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def _listen(self, serve: Serve, port: int, own: ssl.SSLContext | None = None) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        listener.setblocking(False)
        self._loop.add_reader(listener, self._let_in, listener, serve, own)
        return listener

    def _close(self, listener: socket.socket) -> None:
        self._loop.remove_reader(listener)
        listener.close()

    def _let_in(self, listener: socket.socket, serve: Serve, own: ssl.SSLContext | None) -> None:
        """By ourselves: until Python 3.12 asyncio leaves open whom it accepts while a listener is closed."""
        caller, _ = listener.accept()
        caller.setblocking(False)
        self._callers.add(caller)
        self._begin(self._served(caller, serve, own))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _served(self, caller: socket.socket, serve: Serve, own: ssl.SSLContext | None) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            with suppress(*_GONE):
                transport, _ = await self._loop.connect_accepted_socket(lambda: protocol, caller, ssl=own)
                writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
                self._open.add(transport)
                try:
                    await serve(reader, writer)
                finally:
                    self._open.discard(transport)
                    transport.abort()
        finally:
            self._callers.discard(caller)

    def _wait(self, work):  # type: ignore[no-untyped-def] # any coroutine
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _draw(self, odds: dict[Fault, int]) -> Fault:
        fault = self._chance.choices(list(odds), list(odds.values()))[0]
        self.faults[fault] += 1
        return fault

    # bytes -----------------------------------------------------------------------------------------------------------

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection goes to a server with a fault of its own, or to where its requests are looked at."""
        looked_at = bool(self.lose) or (not self.calm and self._chance.random() < 0.6)
        broken = Broken(
            None if self.calm or looked_at else self._draw(_LINES), self._chance.randint(1500, 20_000)
        )
        if broken.fault is Fault.RESET:
            return
        port = self._inner_port if looked_at else self._chance.choice(self.ports)
        up = await asyncio.open_connection("127.0.0.1", port)
        await self._both((reader, writer), up, broken)

    async def _both(self, here: Streams, up: Streams, broken: Broken) -> None:
        ways = [
            asyncio.ensure_future(self._pump(here[0], up[1], broken, Fault.DROP)),
            asyncio.ensure_future(self._pump(up[0], here[1], broken, Fault.TRUNCATE)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            up[1].transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, broken: Broken, ends: Fault
    ) -> None:
        """One way of a connection; `ends` is the fault that cuts this way."""
        passed = 0
        while data := await source.read(8192):
            passed += len(data)
            over = passed - broken.after
            if over > (0 if broken.fault is ends else _LIFE) and not self.calm:
                sink.write(data[: max(0, len(data) - over)])
                await sink.drain()
                return
            if broken.fault is Fault.SILENCE and over > 0:
                await asyncio.Event().wait()  # until the other end has had enough
            await self._dawdle(broken, sink, data, over)

    async def _dawdle(self, broken: Broken, sink: asyncio.StreamWriter, data: bytes, over: int) -> None:
        if broken.fault is Fault.DELAY:
            await asyncio.sleep(self._chance.uniform(0, 0.4))
        step = 400 if broken.fault is Fault.SLOW and over > 0 else len(data)
        for at in range(0, len(data), step):
            sink.write(data[at : at + step])
            await sink.drain()
            if step < len(data):
                await asyncio.sleep(0.02)

    # requests --------------------------------------------------------------------------------------------------------

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection whose requests are looked at, one after another."""
        port = self._chance.choice(self.ports)
        up = await asyncio.open_connection("127.0.0.1", port, ssl=self._up)
        try:
            while await self._request(await _message(reader), (reader, writer), up, port):
                await writer.drain()
        finally:
            up[1].transport.abort()

    async def _request(self, request: bytes, here: Streams, up: Streams, port: int) -> bool:
        """False when the connection is over."""
        writer = here[1]
        if request.startswith(b"GET /v1/sync/hints"):  # an answer without an end, cut after some heartbeats
            self.faults[Fault.HINTS] += not self.calm
            up[1].write(request)
            await self._both(here, up, Broken(Fault.TRUNCATE, self._chance.randint(150, 400)))
            return False
        match self._fault_of(request):
            case Fault.ERROR:
                writer.write(f"HTTP/1.1 {self._chance.choice(_STATUS)}\r\ncontent-length: 0\r\n\r\n".encode())
            case Fault.LOST:
                await _asked(up, request)
                return False
            case Fault.TWICE:
                await _asked(up, request)
                writer.write(await _asked(up, request))
            case Fault.LATE:
                writer.write(await _asked(up, request))
                self._begin(self._again(request, port, self._chance.uniform(0.05, 3)))
            case _:
                writer.write(await _asked(up, request))
        return True

    def _fault_of(self, request: bytes) -> Fault | None:
        if self.lose and request.startswith(self.lose):
            self.lose = b""
            self.faults[Fault.LOST] += 1
            return Fault.LOST
        calm = self.calm or self._chance.random() > 0.3
        return None if calm else self._draw(_REQUESTS)

    async def _again(self, request: bytes, port: int, seconds: float) -> None:
        """The same request once more, when nobody thinks of it any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
            return
        with suppress(*_GONE):
            up = await asyncio.open_connection("127.0.0.1", port, ssl=self._up)
            try:
                await _asked(up, request)
            finally:
                up[1].transport.abort()


async def _asked(up: Streams, request: bytes) -> bytes:
    """The whole answer."""
    up[1].write(request)
    return await _message(up[0])


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Head and body of a request or an answer, which says how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = _LENGTH.search(head)
    return head + (await reader.readexactly(int(found[1])) if found else b"")
