"""Python's search for cycles that nobody holds any more, on the GUI thread alone.

A screen that was closed may be such a cycle, and Qt's objects must not die on another thread: left to itself Python
searches on whichever thread asks for memory next. Once the window is there, the search also leaves out what stays for
good, so that it never holds the GUI thread for long.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1_000


class Collecting(QObject):
    """From its making on, searches as often as Python would, but when this thread has nothing else to do. Build it on
    the GUI thread before the first window, and stop it after the last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def keep(self) -> None:
        """What lives now, and nothing older, is taken to stay."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """What is over ends here and now; then Python searches by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

    def look(self) -> None:
        """The oldest generation whose turn it is, with the younger ones."""
        counted = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, threshold) in enumerate(counted) if count > threshold > 0]
        if due:
            gc.collect(due[-1])


@contextmanager
def on_this_thread() -> Iterator[Collecting]:
    """A `Collecting` for as long as there are windows."""
    one = Collecting()
    try:
        yield one
    finally:
        one.stop()
