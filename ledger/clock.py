"""Time and ids, handed to whatever needs them. One settable clock serves demo and tests on both sides."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.envelope import Envelope
from domain.timing import usable_ms


class Clock(Protocol):
    """Wall time may be set or jump; monotonic time is always real, in seconds."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Goes on while the computer sleeps, or each sleep would look as if somebody had set the clock."""
        return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)


# Linux and macOS have a clock that counts sleep, each under another name; that of Windows does so anyhow.
_STEADY: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


class FileClock(SystemClock):
    """The system's clock moved by the milliseconds that a file holds; every process that shares the file agrees.

    A missing or unreadable file moves nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return super().now() + timedelta(milliseconds=self._shift())

    def monotonic(self) -> float:
        """Steady time moves along: what is played is that time passes, not that somebody sets a clock."""
        return super().monotonic() + self._shift() / 1000

    def _shift(self) -> int:
        try:
            return int(self._path.read_text())
        except (OSError, ValueError):
            return 0

    def set(self, moment: datetime) -> None:
        """From now on it is `moment` and goes on from there, in all processes."""
        shift = (moment - super().now()) // timedelta(milliseconds=1)
        beside = self._path.with_suffix(".new")
        beside.write_text(str(shift))
        beside.replace(self._path)


class HandClock(SystemClock):
    """Stands still until it is told otherwise: for tests inside one process. Time that passes is steady time too; a
    `moment` that is set is a clock that somebody set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self._passed = 0.0

    def now(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)
        self._passed += timedelta(**by).total_seconds()

    def monotonic(self) -> float:
        return super().monotonic() + self._passed


class Ids:
    """UUIDv7 texts (RFC 9562) that rise strictly within this process even when the clock steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        with self._lock:
            stamp = int(self._clock.now().timestamp() * 1000) << 12
            self._last = max(stamp, self._last + 1)
            high = self._last
        value = (high >> 12) << 80 | 7 << 76 | (high & 0xFFF) << 64 | 2 << 62 | secrets.randbits(62)
        text = f"{value & (1 << 128) - 1:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def told_at(envelope: Envelope, received_ms: int) -> int:
    """When it was (ms since 1970), by its station's clock put right as far as may be; `usable_ms` says how."""
    return usable_ms(to_ms(envelope.device_at), envelope.offset_ms, received_ms)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as databases keep times."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_ms(stamp: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=stamp)


def venue_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
