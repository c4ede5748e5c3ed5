"""Who asks: the proof of a person's PIN that comes with a request, held against what the venue keeps of it.

A proof costs a tenth of a second to check, on purpose: one that was right is remembered (by a digest) until the server
ends, and the checking is done beside the loop.
"""

from __future__ import annotations

import hashlib
from collections import deque

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from domain.staff import LOCKED_MINUTES, MOST_TRIES
from ledger import tables as t
from ledger import verifier
from ledger.clock import Clock
from server.database import Database

_LONGEST = 128
_WINDOW_SECONDS = LOCKED_MINUTES * 60
_VERIFIER = sa.select(t.staff.c.verifier).where(
    t.staff.c.staff_id == sa.bindparam("staff"), t.staff.c.active == 1
)


class Proofs:
    """What was shown lately, right and wrong. One process; another checks for itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._right: set[bytes] = set()
        self._wrong: dict[tuple[str, str], deque[float]] = {}

    async def proven(self, database: Database, station_id: str, staff_id: str, proof: str) -> str:
        """The verifier that `proof` is right for: it is to be held against the one of the transaction that acts. Empty
        for a wrong proof, and, after five wrong ones within five minutes from one station, for any."""
        if not staff_id or not 0 < len(proof) <= _LONGEST or self._is_locked(station_id, staff_id):
            return ""
        kept = await database.read(lambda c: kept_verifier(c, staff_id))
        seen = hashlib.sha256(f"{kept}\x1f{proof}".encode()).digest()
        if kept and (seen in self._right or await database.beside(lambda: verifier.proves(kept, proof))):
            self._right.add(seen)
            return kept
        self._wrong.setdefault((station_id, staff_id), deque(maxlen=MOST_TRIES)).append(
            self._clock.monotonic()
        )
        return ""

    def _is_locked(self, station_id: str, staff_id: str) -> bool:
        wrong = self._wrong.get((station_id, staff_id))
        if wrong is None or len(wrong) < MOST_TRIES:
            return False
        return self._clock.monotonic() - wrong[0] < _WINDOW_SECONDS


def kept_verifier(connection: Connection, staff_id: str) -> str:
    """Of somebody who works here; empty for anybody else."""
    return connection.execute(_VERIFIER, {"staff": staff_id}).scalar() or ""


def check_proven(connection: Connection, staff_id: str, proven: str) -> None:
    """Refuses `staff_unproven` unless who is named is who the proof was right for."""
    if staff_id and (not proven or kept_verifier(connection, staff_id) != proven):
        raise Refused(Code.STAFF_UNPROVEN)
