"""The days of a month in their weeks, each to be pressed; arrows go from day to day as they lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import reveal
from app.views.widgets.parts import clear, label, panel

WEEK = 7


class DayCell(Pressable):
    """A day. Its arrows belong to the month."""

    def __init__(self, layout: QLayout, name: str) -> None:
        super().__init__("tile", layout, name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)


class MonthGrid(QWidget):
    """Signals: `picked` a day, `beyond` the day outside the month to which an arrow led."""

    picked = Signal(object)
    beyond = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._cells: dict[date, DayCell] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(desk.px(4))
        for column in range(WEEK):
            self._grid.setColumnStretch(column, 1)
        self.setLayout(self._grid)

    @property
    def at(self) -> date | None:
        """The day that has the keys."""
        return next((day for day, cell in self._cells.items() if cell.hasFocus()), None)

    @property
    def days(self) -> list[date]:
        return list(self._cells)

    def fill(self, days: Sequence[date], week_start: int, make: Callable[[date], DayCell]) -> None:
        """`days` of one month; its weeks begin with `week_start` (1: Monday)."""
        clear(self._grid)
        first = (days[0].isoweekday() - week_start) % WEEK
        for n in range(WEEK):
            day = days[(n - first) % WEEK]
            head = label(self._desk, self._desk.texts.weekday(day), "caption", "text2")
            head.setAlignment(Qt.AlignmentFlag.AlignCenter)
            head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._grid.addWidget(head, 0, n)
        self._cells = {day: make(day) for day in days}
        for at, (day, cell) in enumerate(self._cells.items(), start=first):
            cell.clicked.connect(partial(self.picked.emit, day))
            self._grid.addWidget(cell, 1 + at // WEEK, at % WEEK)

    def wait(self) -> None:
        """Grey days while the month is counted."""
        clear(self._grid)
        self._cells = {}
        for at in range(5 * WEEK):
            grey = panel("skeleton")
            grey.setMinimumHeight(self._desk.px(48))
            self._grid.addWidget(grey, at // WEEK, at % WEEK)

    def focus_day(self, day: date) -> bool:
        """The day that can be pressed and is nearest to `day`; False where none can."""
        able = [each for each, cell in self._cells.items() if cell.isEnabled()]
        if able:
            self._give(min(able, key=lambda each: abs(each - day)))
        return bool(able)

    def _give(self, day: date) -> None:
        """The keys."""
        self._cells[day].setFocus(Qt.FocusReason.TabFocusReason)
        reveal(self._cells[day])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        on = -1 if self._desk.look.rtl else 1
        steps = {Qt.Key.Key_Left: -on, Qt.Key.Key_Right: on, Qt.Key.Key_Up: -WEEK, Qt.Key.Key_Down: WEEK}
        step = steps.get(Qt.Key(event.key()), 0)
        at = self.at
        if at is None or not step:
            super().keyPressEvent(event)
            return
        day = at + timedelta(days=step)
        while day in self._cells and not self._cells[day].isEnabled():
            day += timedelta(days=step)
        if day in self._cells:
            self._give(day)
        else:
            self.beyond.emit(day)
