"""One thread that looks at things now and then: disk, clocks. What it finds is told by whatever it looks at."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)
EVERY_SECONDS = 5.0


class Watch:
    """Calls each of `looks` at once and then every few seconds, until `stop`."""

    def __init__(self, looks: Sequence[Callable[[], None]]) -> None:
        self._looks = looks
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stop.is_set():
            for look in self._looks:
                try:
                    look()
                except Exception:  # as the device loops: one fault must not end the watch
                    log.exception("a look failed")
            self._stop.wait(EVERY_SECONDS)
