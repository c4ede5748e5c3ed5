"""The five Qt signals that join screens to the rest; each may be emitted from any thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SOON_MS = 100


class Signals(QObject):
    """Signals: `changed` topics of records, `scanned` text of a code, `connection` the station's status is new,
    `notice` an exception to show, `card_step` a `CardStep` of the terminal."""

    changed = Signal(object)
    scanned = Signal(str)
    connection = Signal()
    notice = Signal(object)
    card_step = Signal(object)


class StatusSoon(QObject):
    """Emits `connection` a little after records changed, once for all that did meanwhile: whoever waits for the answer
    to a scan has it first. Lives as long as the signals."""

    def __init__(self, signals: Signals) -> None:
        super().__init__(signals)
        self._timer = QTimer(self, singleShot=True, interval=SOON_MS)
        self._timer.timeout.connect(signals.connection)
        signals.changed.connect(self._changed)

    @Slot(object)
    def _changed(self, topics: object) -> None:
        is_about_status = isinstance(topics, frozenset) and bool(topics - {"parked"})
        if is_about_status and not self._timer.isActive():
            self._timer.start()
