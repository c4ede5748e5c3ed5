"""What waits for the printer, below the sales: each paper with its trouble, tried again or given up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.shown import PrintJobRow
from app.views.desk import Desk
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.parts import clear, column, label, panel, picture, row

MOST = 4
MARKS = {
    "failed": ("circle-x", "bad"),
    "unconfirmed": ("alert-triangle", "warn"),
    "done": ("check", "ok"),
}
_OPEN = ("failed", "unconfirmed", "queued")


class PrintWaiting(QWidget):
    """Signals: `again` and `given_up` with a job's id."""

    again = Signal(str)
    given_up = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows = column(gap=desk.px(8))
        self.setLayout(self._rows)

    def show_jobs(self, jobs: Sequence[PrintJobRow]) -> None:
        clear(self._rows)
        waiting = [job for job in jobs if job.state not in ("done", "given_up")]
        if waiting:
            title = self._desk.texts("print.title")
            self._rows.addWidget(label(self._desk, title, "captionstrong", "text2"))
        for job in waiting[:MOST]:
            self._rows.addWidget(self._row(job))

    def _row(self, job: PrintJobRow) -> QWidget:
        desk, texts, side = self._desk, self._desk.texts, self._desk.px(12)
        icon, tone = MARKS.get(job.state, ("clock", "accenttext"))
        reason_key = f"print.reason_{job.reason}"
        reason = texts(reason_key) if texts.has(reason_key) else ""
        detail = " · ".join(
            part for part in (texts(f"print.state_{job.state}"), reason, texts.clock(job.at)) if part
        )
        words = column(
            label(desk, job.title, "bodystrong"), label(desk, detail, "caption", "text3", wrap=True), gap=0
        )
        box = row(picture(desk, icon, tone), words, *self._acts(job), gap=side, margins=(side, 6, side, 6))
        box.setStretch(1, 1)
        return panel("row", box)

    def _acts(self, job: PrintJobRow) -> list[KeyButton]:
        if job.state not in _OPEN:
            return []
        desk, texts = self._desk, self._desk.texts
        words = texts("print.copy" if job.state == "unconfirmed" else "print.retry")
        retry = KeyButton(desk, words, "refresh", size=SMALL)
        retry.clicked.connect(lambda: self.again.emit(job.job_id))
        give_up = KeyButton(desk, texts("print.give_up"), kind="plain", size=SMALL)
        give_up.clicked.connect(lambda: self.given_up.emit(job.job_id))
        return [give_up, retry]
