"""A simulated card terminal as its own process, on 127.0.0.1 only.

`python -m app.hardware.card_simulator --port 0 --journal FILE --port-file FILE`. Its behaviour is in
`card_device`; restarted on the same journal it still knows every attempt.
"""

from __future__ import annotations

import argparse
import socketserver
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from app.hardware.card_device import Device, HangUpError, Timings
from app.hardware.card_journal import CardJournal
from app.hardware.card_wire import LONGEST_LINE, decode_request

HOST = "127.0.0.1"


class Simulator(socketserver.ThreadingTCPServer):
    """`port` 0 takes a free one; `server_address` tells which."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, device: Device) -> None:
        self.device = device
        super().__init__((HOST, port), _Line)


class _Line(socketserver.StreamRequestHandler):
    """One connection: a request a line until it ends, says nonsense, or the script hangs up."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        assert isinstance(self.server, Simulator)
        try:
            while line := self.rfile.readline(LONGEST_LINE):
                self.server.device.handle(decode_request(line), self._send)
        except (OSError, ValueError, HangUpError):
            return

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()


def _publish(path: Path, port: int) -> None:
    """The port appears whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(f"{port}\n", encoding="ascii")
    part.replace(path)


def _end_with_parent(server: Simulator) -> None:
    """The pipe on standard input closes however the parent ended."""

    def wait() -> None:
        sys.stdin.buffer.read()
        server.shutdown()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Simulated card terminal")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, help="written once it listens")
    parser.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
    defaults = Timings()
    parser.add_argument("--card-seconds", type=float, default=defaults.card)
    parser.add_argument("--bank-seconds", type=float, default=defaults.bank)
    parser.add_argument("--in-progress-seconds", type=float, default=defaults.in_progress)
    return parser.parse_args()


def main() -> None:
    """Serves until it is terminated."""
    told = _arguments()
    timings = Timings(told.card_seconds, told.bank_seconds, told.in_progress_seconds)
    device = Device(CardJournal(told.journal), timings, lambda: datetime.now(UTC))
    with Simulator(told.port, device) as server:
        if told.port_file is not None:
            _publish(told.port_file, server.server_address[1])
        if told.end_with_parent:
            _end_with_parent(server)
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
