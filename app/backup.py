"""Copies the journal to a second place every few minutes when it has changed, checks the copy, and keeps the last few.

A reader of its own makes the copy: SQLite lets a writer write meanwhile, so nobody at the counter waits.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite_driver

from app.copies import STEM, copies, is_held, made_ms
from app.shown_status import BackupStatus
from app.worker import Worker
from ledger.clock import Clock, from_ms, to_ms
from ledger.database import check_driver

log = logging.getLogger(__name__)
EVERY_SECONDS, KEPT = 300.0, 3
_JOURNAL = "journal.db"


class Backup(Worker):
    """Backs up `data`/journal.db into `folder`. `suspect` hears when what was read does not pass its check."""

    def __init__(self, data: Path, folder: Path, clock: Clock, suspect: Callable[[], None]) -> None:
        super().__init__("backup", self._every_time)
        self._data, self._folder = data, folder
        self._clock = clock
        self._suspect = suspect
        self._seen: tuple[int, ...] = ()
        self._trouble = ""

    def status(self) -> BackupStatus:
        """Where backups go and how old the newest is; looks at the disk, so never on the GUI thread."""
        try:
            newest = next(iter(copies(self._folder)), None)
            made = self._made(newest) if newest else 0
            same = self._folder.exists() and self._folder.stat().st_dev == self._data.stat().st_dev
        except OSError:
            made, same = 0, False
        at = from_ms(made) if 0 < made <= self._now() else None
        return BackupStatus(str(self._folder), at, self._trouble, same, undated=made > self._now())

    def _now(self) -> int:
        return to_ms(self._clock.now())

    def _made(self, copy: Path) -> int:
        """By its name, which is ahead where an earlier copy was made by a clock that was; then by its file."""
        named = made_ms(copy)
        return named if named <= self._now() else min(named, int(copy.stat().st_mtime * 1000))

    def _every_time(self) -> float:
        self.once()
        return EVERY_SECONDS

    def once(self) -> bool:
        """Makes a backup if the journal has changed since the last; True when there is a new one."""
        try:
            now = self._look()
            if now == self._seen and not self.status().undated:
                return False
            self._make()
        except (OSError, sqlite_driver.Error) as error:
            log.warning("no backup: %s", error)
            self._trouble = "failed"
            return False
        self._seen, self._trouble = now, ""
        return True

    def _look(self) -> tuple[int, ...]:
        """Changes whenever the journal does."""
        found = []
        for name in (_JOURNAL, f"{_JOURNAL}-wal"):
            path = self._data / name
            kept = path.stat() if path.exists() else None
            found += [kept.st_mtime_ns, kept.st_size] if kept else [0, 0]
        return tuple(found)

    def _make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._folder / "journal.new"
        beside.unlink(missing_ok=True)
        _copy(self._data / _JOURNAL, beside)
        if not _passes(beside):
            self._suspect()
            raise sqlite_driver.DatabaseError("the copy does not pass its check")
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        made = self._now()
        os.utime(beside, (made / 1000, made / 1000))
        last = max((made_ms(path) for path in copies(self._folder)), default=0)
        beside.replace(self._folder / f"{STEM}{max(made, last + 1)}.db")
        self._tidy()

    def _tidy(self) -> None:
        """The last few stay, and each that knows something that none of them does."""
        found = copies(self._folder)
        staying = list(found[:KEPT])
        for old in found[KEPT:]:
            if is_held(old, staying):
                old.unlink(missing_ok=True)
            else:
                staying.append(old)


def _copy(source: Path, target: Path) -> None:
    check_driver()
    reader = sqlite_driver.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    try:
        writer = sqlite_driver.connect(str(target))
        try:
            writer.execute("PRAGMA synchronous=OFF")  # synced once, when it is whole
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode=DELETE")  # one file, without a WAL
        finally:
            writer.close()
    finally:
        reader.close()


def _passes(path: Path) -> bool:
    connection = sqlite_driver.connect(str(path))
    try:
        return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite_driver.DatabaseError:
        return False
    finally:
        connection.close()
