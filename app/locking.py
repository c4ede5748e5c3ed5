"""The writer's lock: one writer at a time, staff actions before sync work. And the lock on the data folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from domain.errors import Code, Refused, Unavailable


class WriterLock:
    """Whoever waits as staff goes before whoever waits as sync. Raises Unavailable once it is shut."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held = self._shut = False
        self._staff_waiting = 0

    def shut(self, seconds: float) -> bool:
        """Lets nobody in any more, and waits so long for whoever is inside; False when somebody still is."""
        with self._changed:
            self._shut = True
            return self._changed.wait_for(lambda: not self._held, timeout=seconds)

    @contextmanager
    def staff(self) -> Iterator[None]:
        with self._changed:
            self._staff_waiting += 1
            self._changed.wait_for(lambda: not self._held)
            self._staff_waiting -= 1
            self._enter()
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def sync(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._held and not self._staff_waiting)
            self._enter()
        try:
            yield
        finally:
            self._release()

    def _enter(self) -> None:
        if self._shut:
            raise Unavailable("store", "it is closed")
        self._held = True

    def _release(self) -> None:
        with self._changed:
            self._held = False
            self._changed.notify_all()


class Readers:
    """Those who read a file; it is exchanged or closed while nobody does. Raises Unavailable once it is shut."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False

    def shut(self, seconds: float) -> bool:
        """Lets nobody in any more, and waits so long for those who are inside; False when some still are."""
        with self._changed:
            self._shut = True
            return self._changed.wait_for(lambda: self._inside == 0, timeout=seconds)

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._changed:
            if self._shut:
                raise Unavailable("store", "it is closed")
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def nobody(self, seconds: float) -> Iterator[bool]:
        """Keeps readers out while it lasts; False, and nobody is kept out, when some did not leave in that time."""
        with self._changed:
            empty = self._changed.wait_for(lambda: self._inside == 0, timeout=seconds)
            if empty:
                yield True
                return
        yield False


def lock_folder(folder: Path) -> FileLock:
    """Holds the data folder for this process. Refuses `data_in_use` and `data_not_writable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(str(folder / "lock"), thread_local=False)  # closed on whatever thread
        lock.acquire(timeout=0)
    except Timeout:
        raise Refused(Code.DATA_IN_USE, folder=str(folder)) from None
    except OSError as error:
        raise Refused(Code.DATA_NOT_WRITABLE, folder=str(folder)) from error
    return lock
