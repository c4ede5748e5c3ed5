"""The writer's lock: one writer at a time, staff actions before sync work. And the lock on the data folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from domain.errors import Code, Refused


class WriterLock:
    """Whoever waits as staff goes before whoever waits as sync."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held = False
        self._staff_waiting = 0

    @contextmanager
    def staff(self) -> Iterator[None]:
        with self._changed:
            self._staff_waiting += 1
            self._changed.wait_for(lambda: not self._held)
            self._staff_waiting -= 1
            self._held = True
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def sync(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._held and not self._staff_waiting)
            self._held = True
        try:
            yield
        finally:
            self._release()

    def _release(self) -> None:
        with self._changed:
            self._held = False
            self._changed.notify_all()


def lock_folder(folder: Path) -> FileLock:
    """Holds the data folder for this process. Refuses `data_in_use` and `data_not_writable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(str(folder / "lock"))
        lock.acquire(timeout=0)
    except Timeout:
        raise Refused(Code.DATA_IN_USE, folder=str(folder)) from None
    except OSError as error:
        raise Refused(Code.DATA_NOT_WRITABLE, folder=str(folder)) from error
    return lock
