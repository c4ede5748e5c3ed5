"""The simulated terminal's own memory: a file of JSON lines that is on disk before any answer leaves.

It is the oracle of tests: what it says was approved is what the "bank" took.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.hardware.card_wire import Total


@dataclass(frozen=True, slots=True)
class Entry:
    """An attempt as the terminal knows it. `kind` empty: still going on. `original` names what a reversal
    takes back, or a refund (`is_refund`) a part of."""

    attempt: str
    minor: int
    currency: str
    batch: int
    original: str = ""
    order: str = ""
    kind: str = ""
    reason: str = ""
    approved_minor: int = 0
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""
    rrn: str = ""
    aid: str = ""
    entry_mode: str = ""
    response_code: str = ""
    text_en: str = ""
    text_ar: str = ""
    at: str = ""
    is_refund: bool = False


class CardJournal:
    """Entries by attempt id, last line wins. Not thread-safe: the terminal calls it under its own lock."""

    def __init__(self, path: Path) -> None:
        self.entries: dict[str, Entry] = {}
        self.batch = 1
        self._path = path
        self._load()
        self._interrupted()

    def put(self, entry: Entry) -> None:
        """Stores `entry` durably."""
        self._append({"entry": asdict(entry)})
        self.entries[entry.attempt] = entry

    def close_batch(self) -> None:
        self._append({"batch": self.batch + 1})
        self.batch += 1

    def reversed_by(self, attempt: str) -> Entry | None:
        """The approved reversal of `attempt`, if there is one."""
        for entry in self.entries.values():
            if entry.original == attempt and entry.kind == "approved":
                return entry
        return None

    def back_of(self, attempt: str) -> int:
        """What of `attempt` was given back, in minor units."""
        backs = (each for each in self.entries.values() if each.original == attempt)
        return sum(each.approved_minor for each in backs if each.kind == "approved")

    def totals(self) -> tuple[Total, ...]:
        """Of the open batch, by scheme: purchases less reversals and refunds."""
        sums: dict[str, tuple[int, int]] = {}
        for entry in self.entries.values():
            if entry.batch == self.batch and entry.kind == "approved":
                count, minor = sums.get(entry.scheme, (0, 0))
                sign = -1 if entry.original else 1
                sums[entry.scheme] = (count + sign, minor + sign * entry.approved_minor)
        return tuple(Total(scheme, *sums[scheme]) for scheme in sorted(sums))

    def _load(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines():
            try:
                facts = json.loads(line)
            except ValueError:
                continue  # the line that a power cut tore: what it told was never answered
            if "batch" in facts:
                self.batch = facts["batch"]
            else:
                entry = Entry(**facts["entry"])
                self.entries[entry.attempt] = entry

    def _interrupted(self) -> None:
        """An attempt that the last run did not finish was not approved: approvals are written before they
        count."""
        for entry in list(self.entries.values()):
            if not entry.kind:
                self.put(replace(entry, kind="cancelled", text_en="Power lost", text_ar="انقطع التيار"))

    def _append(self, facts: dict[str, object]) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(facts, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
