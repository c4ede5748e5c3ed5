"""Tabs over a list, one of them chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.parts import label, row, set_property

TURN = "Ctrl+S"  # the next activity, whose sessions are then seen


class Tab(Pressable):
    """Its words, and the key that takes it, if it has one."""

    def __init__(self, desk: Desk) -> None:
        self._words, self._cap = label(desk, "", "bodymedium"), label(desk, "", "keycap")
        self._cap.setFixedHeight(desk.px(20))
        self._cap.hide()
        side = desk.px(12)
        super().__init__("tile", row(self._words, self._cap, margins=(side, 0, side, 0)), "")
        self.setMinimumHeight(desk.px(44))

    def say(self, words: str) -> None:
        self._words.setText(words)
        self._name_it()

    def _show_key(self) -> None:
        super()._show_key()
        self._cap.setText(self.key)
        self._cap.setVisible(bool(self.key))
        self._name_it()

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self._words.text()} {self.key}".strip())


class TabRow(QWidget):
    """In one line where that has room, else in two, or more `lines`. Signal `tapped`: the name of a tab."""

    tapped = Signal(str)

    def __init__(self, desk: Desk, names: Iterable[str], *, lines: int = 2) -> None:
        super().__init__()
        self._desk, self._lines = desk, lines
        self._tabs = {name: self._make(name) for name in names}
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(desk.px(8))
        self._grid.setColumnStretch(len(self._tabs), 1)
        self.setLayout(self._grid)
        self._lay(len(self._tabs))

    def show_words(self, words: Iterable[str], chosen: str) -> None:
        """What each says, in their order."""
        for (name, tab), said in zip(self._tabs.items(), words, strict=True):
            tab.say(said)
            set_property(tab, "chosen", name == chosen)
        self._fit()

    def show_key(self, name: str, key: str) -> None:
        """That tab alone has a key."""
        for each, tab in self._tabs.items():
            tab.set_key(key if each == name else "")
        self._fit()

    def focus(self, name: str) -> None:
        self._tabs[name].setFocus()

    def minimumSizeHint(self) -> QSize:
        """They can always lie in so many lines."""
        return QSize(self._width(self._columns_of(self._lines)), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _columns_of(self, lines: int) -> int:
        return -(-len(self._tabs) // max(lines, 1))

    def _width(self, columns: int) -> int:
        """That of so many beside each other."""
        widths = [each.sizeHint().width() for each in self._tabs.values()]
        beside = [max(widths[at::columns]) for at in range(min(columns, len(widths)))]
        return sum(beside) + self._desk.px(8) * (len(beside) - 1)

    def _fit(self) -> None:
        wanted = (self._columns_of(lines) for lines in range(1, self._lines))
        fitting = (each for each in wanted if self._width(each) <= self.width())
        self._lay(next(fitting, self._columns_of(self._lines)))

    def _lay(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, each in enumerate(self._tabs.values()):
            self._grid.addWidget(each, at // columns, at % columns)
        self.updateGeometry()

    def _make(self, name: str) -> Tab:
        made = Tab(self._desk)
        made.clicked.connect(lambda: self.tapped.emit(name))
        return made
