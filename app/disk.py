"""How much room the data folder's disk has: a warning in time, no new sales when it runs out, and a ballast file,
given up so that what was begun can still be finished.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.shown_status import Room

log = logging.getLogger(__name__)
BALLAST_FILE = "ballast"
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes: below `warn` staff are told, below `refuse` nothing new is sold, below `least` and without
    ballast nothing is recorded; `ballast` is held back."""

    warn: int = 2_000_000_000
    refuse: int = 200_000_000
    least: int = 1_000_000
    ballast: int = 64 * 1024 * 1024


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Disk:
    """Looked at by a background thread (`look`); asked by anybody (`room`, `left`). `told` hears of a new state."""

    def __init__(
        self,
        folder: Path,
        told: Callable[[], None],
        *,
        probe: Callable[[Path], int] = free_bytes,
        limits: Limits | None = None,
    ) -> None:
        self._folder = folder
        self._told = told
        self._probe = probe
        self._limits = limits or Limits()
        self._guard = threading.Lock()
        self._ballast = folder / BALLAST_FILE
        self.left = -1
        self.room = Room.ENOUGH

    def look(self) -> None:
        """Measures, and puts the ballast there while there is plenty of room for it."""
        if (
            self.measure()
            and self.room is Room.ENOUGH
            and self.left > self._limits.warn + self._limits.ballast
        ):
            self._hold_back()

    def measure(self) -> bool:
        """False when nothing can be told."""
        try:
            left = self._probe(self._folder)
        except OSError as error:
            log.warning("the disk cannot be measured: %s", error)
            return False
        before, self.left, self.room = self.room, left, self._judged(left)
        if self.room is not before:
            log.warning("the disk: %s, %d bytes left", self.room.value, left)
            self._told()
        return True

    def _judged(self, left: int) -> Room:
        if left < self._limits.least and not self._ballast.exists():
            return Room.FULL
        if left < self._limits.refuse:
            return Room.NO_SALES
        return Room.LITTLE if left < self._limits.warn else Room.ENOUGH

    def _hold_back(self) -> None:
        with self._guard:
            if self._ballast.exists() and self._ballast.stat().st_size >= self._limits.ballast:
                return
            beside = self._ballast.with_suffix(".new")
            try:
                with beside.open("wb") as file:
                    piece = os.urandom(_PIECE)  # a disk that compresses must give the room too
                    for _ in range(self._limits.ballast // _PIECE):
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(self._ballast)
            except OSError as error:
                beside.unlink(missing_ok=True)
                log.warning("no ballast: %s", error)

    def give_up_ballast(self) -> bool:
        """The disk took nothing more: makes room, once. True when there was some to make."""
        with self._guard:
            had = self._ballast.exists()
            self._ballast.unlink(missing_ok=True)
        before, self.room = self.room, Room.NO_SALES if had else Room.FULL
        if had or before is not self.room:
            log.warning("the disk is full; %s", "the ballast is given up" if had else "there is no ballast")
            self._told()
        return had
