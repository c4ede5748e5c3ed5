"""Plays a script through the event loop: each step acts and yields a condition to wait for. No nested
loops, no sleeps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

log = logging.getLogger(__name__)
Condition = Callable[[], object]
Script = Iterator[Condition]
_LOOK_MS = 15


class PlayFailed(Exception):
    """A step did not lead to what it should have led to."""


class Player(QObject):
    """Runs `script` until it ends or fails; then `finished` is True and `error` says why it failed, if it did."""

    def __init__(
        self, script: Script, *, seconds: float = 60.0, ended: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__()
        self._script = script
        self._seconds = seconds
        self._ended = ended
        self._waiting: Condition = lambda: True
        self._until = 0.0
        self.finished = False
        self.error: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._until = time.monotonic() + self._seconds
        self._timer.start()

    def _look(self) -> None:
        try:
            if self._waiting():
                self._waiting = next(self._script)
                self._until = time.monotonic() + self._seconds
            elif time.monotonic() > self._until:
                raise PlayFailed(f"waited {self._seconds:.0f} s in vain at {_place(self._script)}")
        except StopIteration:
            self._end(None)
        except Exception as error:  # whatever it was, it is the play's outcome
            log.exception("the play failed")
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._timer.stop()
        self.error = error
        self.finished = True
        self._ended()


def _place(script: object) -> str:
    """`step:line` of the innermost generator, for the log."""
    frame = getattr(script, "gi_frame", None)
    inner = getattr(script, "gi_yieldfrom", None)
    if inner is not None and getattr(inner, "gi_frame", None) is not None:
        return _place(inner)
    return f"{frame.f_code.co_name}:{frame.f_lineno}" if frame is not None else "the end"
