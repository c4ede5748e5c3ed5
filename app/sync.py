"""The loop that exchanges with the server; hints wake it, a poll is its net. It knows how the line is."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime

from app.exchange import Exchange
from app.line import FAULT, Line
from app.server_api import Denied, ServerApi
from app.store import Store
from domain.errors import Refused, Unavailable
from ledger import cache

log = logging.getLogger(__name__)
POLL_SECONDS = 5.0
_FIRST_SECONDS = 120.0
_BACK_OFF = (0.5, 1.0, 2.0, 5.0)


class Sync(Exchange):
    """Two threads: one pushes and pulls, one listens for hints. `told` hears of every change of the line."""

    def __init__(self, store: Store, api: ServerApi, told: Callable[[Line], None]) -> None:
        super().__init__(store, api)
        self._told = told
        self._wake = threading.Event()
        self._back = threading.Event()  # the server is there again
        self._stop = threading.Event()
        self.line = Line(store.clock.now())
        self.internet_since: datetime | None = None
        self._threads = [
            threading.Thread(target=self._work, name="sync", daemon=True),
            threading.Thread(target=self._listen, name="hints", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._back.set()
        self._api.hang_up()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=3)
        self._api.close()

    @property
    def started(self) -> bool:
        return self._threads[0].is_alive()

    def wake(self) -> None:
        """There is something to send or fetch."""
        self._wake.set()

    # threads ---------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._wake.clear()
            self._back.clear()
            try:
                self.once()
                failures = 0
                self._set_line(Line(None))
            except Unavailable as error:
                failures += 1
                self._lost(error.why)
            except Denied as refused:
                failures += 1
                log.warning("the server refuses this station: %s", refused)
                self._set_line(Line(self._since(), refused=refused.code.value))
            except Refused as refused:
                failures += 1
                log.warning("sync waits for this computer: %s", refused)
                self._set_line(Line(self._since(), here=refused.code.value))
            except Exception:  # the sync loop is one of the three places that may catch everything
                failures += 1
                log.exception("sync failed")
                self._set_line(Line(self._since(), here=FAULT))
            self._pause(failures)

    def _pause(self, failures: int) -> None:
        if failures:
            self._back.wait(_BACK_OFF[min(failures, len(_BACK_OFF)) - 1] * random.uniform(0.8, 1.2))
        else:
            left = self._not_before - self._store.clock.monotonic()
            self._wake.wait(left if 0 < left < POLL_SECONDS else POLL_SECONDS)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                for number, moved in enumerate(self._api.hints()):
                    if self._stop.is_set():
                        return
                    if number == 0:
                        self._back.set()
                    if moved or self.line.since is not None:
                        self._wake.set()
                    self._note_internet()
            except (Denied, Unavailable) as error:
                if not self._stop.is_set():
                    self._unheard(error)
            self._stop.wait(0.5)

    def _unheard(self, error: Denied | Unavailable) -> None:
        """No hints come. Whether the server refuses this station, or does so no more, is for the next round to tell."""
        if isinstance(error, Unavailable) and not self.line.refused:
            self._lost(error.why)
        elif isinstance(error, Unavailable) or not self.line.refused:
            self._back.set()
        self._wake.set()

    def _note_internet(self) -> None:
        """What lies behind the server, as it says with each beat. While it is away itself nobody knows."""
        if self._api.internet_away != (self.internet_since is not None):
            self.internet_since = self._store.clock.now() if self._api.internet_away else None
            self._told(self.line)

    def _lost(self, why: str) -> None:
        if self.line.since is None:
            log.info("server away: %s", why)
        self._set_line(Line(self._since()))

    def _since(self) -> datetime:
        return self.line.since or self._store.clock.now()

    def _set_line(self, line: Line) -> None:
        if line != self.line:
            self.line = line
            self._told(line)

    # a new station -------------------------------------------------------------------------------------------------

    def fetch_first(self) -> None:
        """As `once`, for a station that has nothing yet: waits for its turn. Raises Unavailable when that takes too
        long."""
        until = time.monotonic() + _FIRST_SECONDS
        self.once()
        while not self._has_all():
            if time.monotonic() > until or self._stop.is_set():
                raise Unavailable("server", "it gives no turn")
            self._stop.wait(min(1.0, max(0.1, self._not_before - self._store.clock.monotonic())))
            self.once()

    def _has_all(self) -> bool:
        with self._store.read() as connection:
            return cache.level(connection).complete_at > 0
