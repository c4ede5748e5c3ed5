"""One thread that looks at things now and then: disk, clocks. What it finds is told by whatever it looks at."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from app.worker import Worker

log = logging.getLogger(__name__)
EVERY_SECONDS = 5.0


class Watch(Worker):
    """Calls each of `looks` at once and then every few seconds, until `stop`."""

    def __init__(self, looks: Sequence[Callable[[], None]]) -> None:
        super().__init__("watch", self._look)
        self._looks = looks

    def _look(self) -> float:
        for look in self._looks:
            try:
                look()
            except Exception:  # as the device loops: one fault must not end the watch
                log.exception("a look failed")
        return EVERY_SECONDS
