"""How many: typed, or by minus and plus. Arrows are left to what the field lies in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import ENTER, icon_button
from app.views.widgets.inputs import field
from app.views.widgets.parts import row

_STEPS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Minus: -1}
_LEFT = Qt.Key.Key_Left, Qt.Key.Key_Right


class _Number(QLineEdit):
    """Chosen whole when it gets the focus. Signals: `stepped` by plus or minus, `entered`."""

    stepped = Signal(int)
    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        elif event.key() in ENTER:
            self.entered.emit()  # Qt says nothing of Enter in an empty field that wants a number
        elif event.key() in _LEFT:
            event.ignore()
        else:
            super().keyPressEvent(event)


class CountEntry(QWidget):
    """Signals: `counted` the count that was typed or stepped to, `entered` by Enter."""

    counted = Signal(int)
    entered = Signal()

    def __init__(self, desk: Desk, what: str, most: int) -> None:
        """`what` is counted, up to `most`."""
        super().__init__()
        self._most = most
        made = field(desk, what, placeholder="0", height=42, kind=_Number)
        assert isinstance(made, _Number)
        self._number = made
        made.setValidator(QIntValidator(0, most, made))
        made.setFixedWidth(desk.px(56))
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        made.textEdited.connect(lambda text: self.counted.emit(int(text or 0)))
        made.stepped.connect(self._step)
        made.entered.connect(self.entered)
        less = icon_button(desk, "minus", desk.texts("stepper.less", what=what), lambda: self._step(-1))
        more = icon_button(desk, "plus", desk.texts("stepper.more", what=what), lambda: self._step(1))
        for each in (less, more):
            each.setAutoRepeat(True)  # who holds it down gets many
        self.setLayout(row(less, made, more, gap=desk.px(4)))
        self.setFocusProxy(made)

    @property
    def count(self) -> int:
        return int(self._number.text() or 0)

    def set_count(self, count: int) -> None:
        if count != self.count:
            self._number.setText(str(count) if count else "")
            if self._number.hasFocus():
                self._number.selectAll()

    def _step(self, by: int) -> None:
        self.set_count(min(max(self.count + by, 0), self._most))
        self.counted.emit(self.count)
