"""Python's search for cycles that nobody holds any more, on the GUI thread alone.

A screen that was closed may be such a cycle, and Qt's objects must not die on another thread: left to itself Python
searches on whichever thread asks for memory next. Started once the window is there, the search also leaves out what
stays for good, so that it never holds the GUI thread for long.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1_000


class Collecting(QObject):
    """Searches as often as Python would, but when this thread has nothing else to do. Build it on the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """What lives now is taken to stay."""
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Python searches by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def look(self) -> None:
        """The oldest generation whose turn it is, with the younger ones."""
        counted = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, threshold) in enumerate(counted) if count > threshold > 0]
        if due:
            gc.collect(due[-1])
