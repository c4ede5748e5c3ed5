"""Boxes for the digits of a one-time code: typed one after the other, or pasted at once, in any digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views.desk import Desk
from app.views.widgets.parts import row

DIGITS = 6
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


def digits_of(text: str) -> str:
    """The digits in it, as Western ones."""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


class CodeBoxes(QWidget):
    """Signal `entered`: Enter was pressed. The boxes go from left to right in every language, as the digits do."""

    entered = Signal()

    def __init__(self, desk: Desk, name_of: Callable[[int], str]) -> None:
        """`name_of` names the box of a place, counted from 1."""
        super().__init__()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._boxes = [_Box(desk, name_of(place + 1)) for place in range(DIGITS)]
        for place, box in enumerate(self._boxes):
            box.given.connect(partial(self._take, place))
            box.stepped.connect(partial(self._step, place))
            box.rubbed.connect(partial(self._rub, place))
            box.returnPressed.connect(self.entered)
        self.setLayout(row(*self._boxes, gap=desk.px(8)))
        self.setFocusProxy(self._boxes[0])

    @property
    def code(self) -> str:
        return "".join(box.text() for box in self._boxes)

    @property
    def is_full(self) -> bool:
        return len(self.code) == DIGITS

    def begin(self) -> None:
        """All empty, typing begins in the first."""
        for box in self._boxes:
            box.clear()
        self._boxes[0].setFocus()

    def go_on(self) -> None:
        """The focus goes where a digit is missing."""
        next((box for box in self._boxes if not box.text()), self._boxes[-1]).setFocus()

    def _take(self, place: int, digits: str) -> None:
        """From this box on; a whole code fills all of them. What was held back as if a scanner had typed it comes late,
        to the box that had the focus then: it belongs where the focus is now."""
        focused = self.focusWidget()
        at = self._boxes.index(focused) if isinstance(focused, _Box) and focused in self._boxes else place
        first = 0 if len(digits) >= DIGITS else at
        for box, digit in zip(self._boxes[first:], digits, strict=False):
            box.setText(digit)
        self._step(first, min(len(digits), DIGITS - first))

    def _step(self, place: int, step: int) -> None:
        self._boxes[min(max(place + step, 0), DIGITS - 1)].setFocus()

    def _rub(self, place: int) -> None:
        """Backspace in an empty box empties the one before."""
        if place:
            self._boxes[place - 1].clear()
            self._step(place, -1)


class _Box(QLineEdit):
    """Signals: `given` digits, `stepped` to another box, `rubbed` out where nothing was."""

    given = Signal(str)
    stepped = Signal(int)
    rubbed = Signal()

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("digit", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedSize(desk.px(48), desk.px(56))
        self.textEdited.connect(self._edited)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if event.matches(QKeySequence.StandardKey.Paste):
            self._give(QGuiApplication.clipboard().text())
        elif event.key() == Qt.Key.Key_Backspace and not self.text():
            self.rubbed.emit()
        elif step:
            self.stepped.emit(step)
        elif event.text().isprintable() and event.text():
            self._give(event.text())
        else:
            super().keyPressEvent(event)

    def _edited(self, text: str) -> None:
        """By a menu or a keyboard on the screen."""
        self.setText("")
        self._give(text)

    def _give(self, text: str) -> None:
        if digits := digits_of(text):
            self.given.emit(digits)
