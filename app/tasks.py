"""Runs work off the GUI thread and delivers its result or exception on it; the only file that knows threads and Qt.

`run` is ordered: one thread, so actions record in the order they were pressed. `run_aside` is for long waits on a
device (a card). Results for widgets that are gone, or after `close`, are dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from domain.errors import Refused, Unavailable

log = logging.getLogger(__name__)
ASIDE_THREADS = 4
CLOSE_WAIT_MS = 3000


class Runner(Protocol):
    """What screens see of this module."""

    def run(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...

    def run_aside(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...


class _Job(QRunnable):
    def __init__(self, fn: Callable[[], Any], deliver: Callable[[Any, Exception | None], None]) -> None:
        super().__init__()
        self._fn, self._deliver = fn, deliver

    def run(self) -> None:
        try:
            result = self._fn()
        except Exception as error:  # the task runner is one of the three places that may catch everything
            self._deliver(None, error)
        else:
            self._deliver(result, None)


class Tasks(QObject):
    """The real runner. `notice` gets what no `failed` handled: trouble as it is, bugs logged first."""

    _finished = Signal(object)

    def __init__(self, notice: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        self._open = True
        self._ordered, self._aside = QThreadPool(), QThreadPool()
        self._ordered.setMaxThreadCount(1)
        self._ordered.setExpiryTimeout(-1)
        self._aside.setMaxThreadCount(ASIDE_THREADS)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._start(self._ordered, lambda: fn(*args), done, failed)

    def run_aside(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._start(self._aside, lambda: fn(*args), done, failed)

    def close(self) -> None:
        """Delivers nothing more, lets what runs finish for a short while."""
        self._open = False
        self._ordered.clear()
        self._aside.clear()
        self._ordered.waitForDone(CLOSE_WAIT_MS)
        self._aside.waitForDone(CLOSE_WAIT_MS)

    def _start(
        self,
        pool: QThreadPool,
        fn: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[Exception], None] | None,
    ) -> None:
        if not self._open:
            return

        def finished(result: Any, error: Exception | None) -> None:
            if self._open and isValid(self):
                self._finished.emit(lambda: settle(result, error, done, failed, self._notice))

        pool.start(_Job(fn, finished))

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if self._open:
            call()


class InstantTasks:
    """The runner of tests: everything at once, on the calling thread."""

    def __init__(self, notice: Callable[[Exception], None]) -> None:
        self._notice = notice

    def run(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        try:
            result = fn(*args)
        except Exception as error:
            settle(None, error, done, failed, self._notice)
        else:
            settle(result, None, done, failed, self._notice)

    run_aside = run


def settle(
    result: Any,
    error: Exception | None,
    done: Callable[[Any], None] | None,
    failed: Callable[[Exception], None] | None,
    notice: Callable[[Exception], None],
) -> None:
    """Hands a result or an exception to whom it belongs. A bug is logged and always becomes a notice."""
    if error is None:
        if done is not None and _alive(done):
            done(result)
        return
    known = isinstance(error, Refused | Unavailable)
    if not known:
        log.error("a task failed", exc_info=error)
    if failed is not None and _alive(failed):
        failed(error)
    if failed is None or not known:
        notice(error)


def _alive(call: Callable[..., None]) -> bool:
    """False for a method of a widget that Qt has already deleted."""
    owner = getattr(call, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
