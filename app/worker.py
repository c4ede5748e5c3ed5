"""A thread that looks at something at once, whenever it is woken, and now and then by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

_PATIENCE_SECONDS = 5.0


class Worker:
    """Calls `turn` again and again, which returns the seconds until it is due by itself; None: only when woken."""

    def __init__(self, name: str, turn: Callable[[], float | None]) -> None:
        self._turn = turn
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_SECONDS)

    def wake(self) -> None:
        self._wake.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            seconds = self._turn()
            if not self._stop.is_set():
                self._wake.wait(seconds)
