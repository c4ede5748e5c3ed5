"""One source of chance and time for everything in a history: the same seed gives the same ids, keys and moments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

from argon2 import PasswordHasher

import app.places
import app.requests
import ledger.verifier

MORNING = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
_DRAWERS = (
    "ledger.clock",
    "ledger.journal",
    "ledger.feed",
    "server.setup",
    "server.access",
    "server.tokens",
    "server.settings",
)


class Chance:
    """Stands where our modules say `secrets`."""

    def __init__(self) -> None:
        self._random = random.Random(0)

    def begin(self, seed: str) -> None:
        self._random = random.Random(seed)

    def randbits(self, bits: int) -> int:
        return self._random.getrandbits(bits)

    def randbelow(self, top: int) -> int:
        return self._random.randrange(top)

    def choice(self, letters: str) -> str:
        return self._random.choice(letters)

    def token_hex(self, size: int) -> str:
        return self._random.randbytes(size).hex()

    def token_urlsafe(self, size: int) -> str:
        return self._random.randbytes(size).hex()


CHANCE = Chance()


class Time:
    """The venue's true time; each machine's clock is off by its own skew."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def forward(self, seconds: float) -> None:
        self.passed += timedelta(seconds=seconds)


class SkewedClock:
    """A machine's clock: wall time may be wrong and jump, monotonic time only goes on."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.skew = timedelta()

    def now(self) -> datetime:
        return MORNING + self._time.passed + self.skew

    def monotonic(self) -> float:
        return self._time.passed.total_seconds()


@contextmanager
def one_source() -> Iterator[None]:
    """Ids and keys come from CHANCE, PINs cost nothing to check, nobody waits between two tries."""
    with ExitStack() as stack:
        for module in _DRAWERS:
            stack.enter_context(mock.patch(f"{module}.secrets", CHANCE))
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        stack.enter_context(mock.patch.object(ledger.verifier, "_HASHER", cheap))
        stack.enter_context(mock.patch.object(app.requests, "_PAUSE_SECONDS", 0.0))
        stack.enter_context(mock.patch.object(app.places, "PATIENCE_SECONDS", 0.0))
        yield
