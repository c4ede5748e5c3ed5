"""What shows the server who asks: kept in memory only, of who is signed in, and of a second person for one action."""

from __future__ import annotations

import threading

from ledger.clock import Clock

ONCE_SECONDS = 60.0


class Proofs:
    """Proofs of PINs (`ledger.verifier.proof`) by staff id. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._signed_in: tuple[str, str] = ("", "")
        self._once: dict[str, tuple[str, float]] = {}

    def signed_in(self, staff_id: str, proof: str) -> None:
        with self._lock:
            self._signed_in = (staff_id, proof)

    def signed_out(self) -> None:
        with self._lock:
            self._signed_in = ("", "")
            self._once.clear()

    def said_yes(self, staff_id: str, proof: str) -> None:
        """A second person, here and now: good for one request within a minute."""
        with self._lock:
            self._once[staff_id] = (proof, self._clock.monotonic() + ONCE_SECONDS)

    def take(self, staff_id: str) -> str:
        """The proof to send in somebody's name; empty when there is none."""
        with self._lock:
            if staff_id and staff_id == self._signed_in[0]:
                return self._signed_in[1]
            proof, ends = self._once.pop(staff_id, ("", 0.0))
            return proof if self._clock.monotonic() < ends else ""
