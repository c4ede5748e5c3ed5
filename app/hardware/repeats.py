"""The same code again within two seconds is the same scan: a ticket lies under the camera, a trigger is
held."""

from __future__ import annotations

import time
from collections.abc import Callable

HOLD_SECONDS = 2.0


class Repeats:
    """`fresh` tells whether a code is a new scan. Each sight of it starts its two seconds anew."""

    def __init__(self, hold: float = HOLD_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._hold, self._clock = hold, clock
        self._seen: dict[str, float] = {}

    def fresh(self, code: str) -> bool:
        now = self._clock()
        self._seen = {known: at for known, at in self._seen.items() if now - at < self._hold}
        new = code not in self._seen
        self._seen[code] = now
        return new
