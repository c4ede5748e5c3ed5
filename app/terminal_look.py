"""How the card terminal is, asked before somebody needs it: only while somebody wants to know, one question at a time,
on a thread of its own. Payments never wait for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from app.cards import Cards
from app.hardware.ports import TerminalState
from ledger.clock import Clock

FRESH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What the terminal answered, or that it did not, and when by this computer's clock."""

    at: datetime
    state: TerminalState


class TerminalLook:
    """Without a terminal nothing is ever asked."""

    def __init__(self, cards: Cards, clock: Clock) -> None:
        self._cards, self._clock = cards, clock
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._seen: Looked | None = None
        self._asked = float("-inf")

    def seen(self) -> Looked | None:
        """What is known now; asks anew, for whoever looks next, when that is older than ten seconds. Never waits."""
        if self._cards.busy_now():
            return Looked(self._clock.now(), TerminalState.BUSY)
        with self._guard:
            if self._cards.name and self._is_due():
                self._asked = self._clock.monotonic()
                self._thread = threading.Thread(target=self._ask, name="terminal", daemon=True)
                self._thread.start()
            return self._seen

    def stop(self) -> None:
        """Waits for a question that is under way, as long as that may take."""
        with self._guard:
            self._asked, thread = float("inf"), self._thread
        if thread is not None:
            thread.join(timeout=10)

    def _is_due(self) -> bool:
        is_asking = self._thread is not None and self._thread.is_alive()
        return not is_asking and self._clock.monotonic() - self._asked >= FRESH_SECONDS

    def _ask(self) -> None:
        state = self._cards.ping()
        with self._guard:
            self._seen = Looked(self._clock.now(), state)
