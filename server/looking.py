"""Who has which booking open at which station: a hint for colleagues, kept in memory. Nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Code, Refused
from ledger.clock import Clock, to_ms
from ledger.wire import LookAsk, Looker

KEPT_SECONDS = 20.0  # a station that has it open still says so more often than that
_LONGEST = 64


@dataclass(slots=True)
class _Look:
    said: LookAsk
    since: int
    until: float


class Looking:
    """One booking of each station. `changes` counts how often that became another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, _Look] = {}
        self.changes = 0

    def look(self, station_id: str, said: LookAsk) -> bool:
        """Whether that is news to others. Refuses `operation_invalid` for what is no id."""
        if max(len(said.booking), len(said.staff)) > _LONGEST:
            raise Refused(Code.OPERATION_INVALID, why="too long")
        now = self._clock.monotonic()
        self._open = {key: each for key, each in self._open.items() if each.until > now}
        before = self._open.get(station_id)
        is_news = before.said != said if before else bool(said.booking)
        if said.booking:
            since = to_ms(self._clock.now()) if is_news or not before else before.since
            self._open[station_id] = _Look(said, since, now + KEPT_SECONDS)
        else:
            self._open.pop(station_id, None)
        self.changes += is_news
        return is_news

    def others(self, station_id: str, booking: str) -> tuple[Looker, ...]:
        """Who else has it open, the longest first."""
        now = self._clock.monotonic()
        found = (
            Looker(each.said.staff, other, each.since)
            for other, each in self._open.items()
            if other != station_id and booking and each.said.booking == booking and each.until > now
        )
        return tuple(sorted(found, key=lambda looker: (looker.since, looker.station)))
