"""Whether this server reaches the internet, by opening a line to places that the administrator named; off without any.

A station knows by itself when it does not reach the server. What lies behind the server only the server can say.
"""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress

log = logging.getLogger(__name__)
EVERY_SECONDS, PATIENCE_SECONDS = 5.0, 2.0
Place = tuple[str, int]


def place(text: str) -> Place:
    """`HOST:PORT`, or `HOST` for port 443. Raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    host, port = (host, port) if colon else (port, "443")
    if not host or not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ValueError(f"{text!r} is no HOST:PORT")
    return host, int(port)


class Internet:
    """`places` are tried in turn; one that answers is enough. Nothing is sent but the opening of the line."""

    def __init__(self, places: tuple[Place, ...] = ()) -> None:
        self._places = places
        self._stop = threading.Event()
        self.away = False

    def start(self) -> None:
        if self._places:
            threading.Thread(target=self._work, name="internet", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(EVERY_SECONDS)

    def look(self) -> None:
        away = not any(_answers(each) for each in self._places)
        if away != self.away:
            log.info("the internet is %s", "away" if away else "back")
        self.away = away

    @property
    def beat(self) -> str:
        """The heartbeat of the hints; a station that does not know the word ignores it."""
        return ": beat away\n\n" if self.away else ": beat\n\n"


def _answers(where: Place) -> bool:
    with suppress(OSError), socket.create_connection(where, timeout=PATIENCE_SECONDS):
        return True
    return False
