"""Which refunds that were refused somebody at this station has looked at, also before the last start."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from app import config

FILE = "refusals.json"


@dataclass(frozen=True, slots=True)
class _Seen:
    refunds: tuple[str, ...] = ()


class RefusalsSeen:
    """Kept in a file of the station's `folder`; without it nothing was seen yet."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._guard = threading.Lock()
        self._ids = frozenset(config.load(self._file, _Seen, _Seen()).refunds)

    def ids(self) -> frozenset[str]:
        return self._ids

    def add(self, refund_id: str, among: Collection[str]) -> None:
        """What is not `among` them, the ones that are still listed, is kept no longer."""
        with self._guard:
            self._ids = frozenset({*self._ids, refund_id}.intersection(among))
            config.save(self._file, _Seen(tuple(sorted(self._ids))))
