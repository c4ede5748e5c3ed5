"""One question to a service at a time. An answer that nobody waits for any more is dropped, never shown elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from app.tasks import Runner

Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class Asking(QObject):
    """`busy` while an answer is on its way; `forget` gives up waiting for it."""

    def __init__(self, tasks: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._serial = 0
        self.busy = False

    def run(self, fn: Callable[..., object], *args: object, done: Done, failed: Failed) -> None:
        over, trouble = self._expect(done, failed)
        self._tasks.run(fn, *args, done=over, failed=trouble)

    def run_aside(self, fn: Callable[..., object], *args: object, done: Done, failed: Failed) -> None:
        """For what waits on a device."""
        over, trouble = self._expect(done, failed)
        self._tasks.run_aside(fn, *args, done=over, failed=trouble)

    def forget(self) -> None:
        self._serial += 1
        self.busy = False

    def _expect(self, done: Done, failed: Failed) -> tuple[Done, Failed]:
        self._serial += 1
        self.busy, serial = True, self._serial

        def over(result: Any) -> None:
            if self._is_awaited(serial):
                done(result)

        def trouble(error: Exception) -> None:
            if self._is_awaited(serial):
                failed(error)

        return over, trouble

    def _is_awaited(self, serial: int) -> bool:
        awaited = isValid(self) and serial == self._serial
        if awaited:
            self.busy = False
        return awaited
