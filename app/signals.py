"""The five Qt signals that join screens to the rest; each may be emitted from any thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Signals(QObject):
    """Signals: `changed` topics of records, `scanned` text of a code, `connection` the station's status is new,
    `notice` an exception to show, `card_step` a `CardStep` of the terminal."""

    changed = Signal(object)
    scanned = Signal(str)
    connection = Signal()
    notice = Signal(object)
    card_step = Signal(object)
