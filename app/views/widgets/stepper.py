"""A count with minus and plus."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import icon_button
from app.views.widgets.parts import label, row


class Stepper(QWidget):
    """Signal `stepped`: the count that was asked for. The owner decides and calls `set_count`."""

    stepped = Signal(int)

    def __init__(self, desk: Desk, what: str, count: int, *, least: int = 0) -> None:
        super().__init__()
        self._count, self._least = count, least
        self._number = label(desk, str(count), "h2")
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setMinimumWidth(desk.px(60))
        less = icon_button(desk, "minus", desk.texts("stepper.less", what=what), lambda: self._step(-1))
        more = icon_button(desk, "plus", desk.texts("stepper.more", what=what), lambda: self._step(1))
        self.setLayout(row(less, self._number, more, gap=0))

    @property
    def count(self) -> int:
        return self._count

    def set_count(self, count: int) -> None:
        self._count = count
        self._number.setText(str(count))

    def _step(self, by: int) -> None:
        self.stepped.emit(max(self._least, self._count + by))
