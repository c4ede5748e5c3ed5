"""Who may fetch everything now: two stations at a time, so that after a restart or a restore those at work are not
slowed by all that begin anew."""

from __future__ import annotations

MOST = 2
IDLE_SECONDS = 10.0
WAIT_SECONDS = 2


class Turns:
    """The turns of one server process. A station that asks for nothing more has given its turn back."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def take(self, station_id: str, now: float) -> bool:
        """Whether the station may have a page now; `now` is steady time in seconds."""
        for other in [one for one, asked in self._asked.items() if now - asked > IDLE_SECONDS]:
            del self._asked[other]
        if station_id not in self._asked and len(self._asked) >= MOST:
            return False
        self._asked[station_id] = now
        return True

    def give_back(self, station_id: str) -> None:
        """It has everything."""
        self._asked.pop(station_id, None)
