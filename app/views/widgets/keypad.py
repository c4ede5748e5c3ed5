"""The number keypad: 7 8 9 / 4 5 6 / 1 2 3 / point 0 back, with an optional fourth column of ready amounts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import KeyButton, Pressable
from app.views.widgets.parts import label, row

DIGITS = "789456123"
LEAST, MOST = 40, 84
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


class Keypad(QWidget):
    """Signals: `typed` one character, `erased`, `quick` the index of a ready amount.

    Owners hand it their own key presses through `take_key`, so digits work wherever the focus is.
    """

    typed = Signal(str)
    erased = Signal()
    quick = Signal(int)

    def __init__(self, desk: Desk, *, point: bool) -> None:
        super().__init__()
        self._desk = desk
        self._quick: list[Pressable] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(desk.px(8))
        for index, digit in enumerate(DIGITS):
            self._grid.addWidget(self._key(digit), index // 3, index % 3)
        if point:
            self._grid.addWidget(self._key("."), 3, 0)
        self._grid.addWidget(self._key("0"), 3, 1)
        self._grid.addWidget(self._erase(), 3, 2)
        for at in range(3):
            self._grid.setColumnStretch(at, 3)
        self.setMaximumHeight(desk.px(4 * MOST + 3 * 8))
        # digits keep their order in Arabic too, as on every keypad
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def set_quick(self, words: Sequence[str]) -> None:
        for old in self._quick:
            old.hide()
            old.deleteLater()
        self._quick = []
        for at, text in enumerate(words[:4]):
            button = KeyButton(self._desk, text, kind="tonal", size=LEAST, amount=True)
            self._size_key(button)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setMinimumWidth(button.minimumSizeHint().width())
            button.clicked.connect(lambda _checked=False, index=at: self.quick.emit(index))
            self._grid.addWidget(button, at, 3)
            self._quick.append(button)
        self._grid.setColumnStretch(3, 4 if words else 0)

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether the key was a digit, a point or an erasing one; then it is typed."""
        text = event.text().translate(_ARABIC_DIGITS).replace(",", ".")
        if event.key() == Qt.Key.Key_Backspace:
            self.erased.emit()
        elif len(text) == 1 and text in "0123456789.":
            self.typed.emit(text)
        else:
            return False
        return True

    def _key(self, digit: str) -> Pressable:
        words = label(self._desk, digit, "h2")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made = Pressable("secondary", row(words), self._desk.texts("keypad.point") if digit == "." else digit)
        self._size_key(made)
        made.clicked.connect(lambda: self.typed.emit(digit))
        return made

    def _erase(self) -> Pressable:
        mark = label(self._desk)
        mark.setPixmap(self._desk.icons.get("backspace", self._desk.look.colour("text"), self._desk.px(22)))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made = Pressable("secondary", row(mark), self._desk.texts("keypad.erase"))
        self._size_key(made)
        made.clicked.connect(lambda: self.erased.emit())
        return made

    def _size_key(self, key: Pressable) -> None:
        """Keys share the room there is, never smaller than a finger."""
        key.setMinimumSize(self._desk.px(48), self._desk.px(LEAST))
        key.setMaximumHeight(self._desk.px(MOST))
        key.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # digits are typed: Tab need not stop at each
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
