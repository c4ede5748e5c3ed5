"""Tabs over a list, one of them chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.parts import label, row, set_property


class TabRow(QWidget):
    """In one line where that has room, else in two. Signal `tapped`: the name of a tab."""

    tapped = Signal(str)

    def __init__(self, desk: Desk, names: Iterable[str]) -> None:
        super().__init__()
        self._desk = desk
        self._words = {name: label(desk, "", "bodymedium") for name in names}
        self._tabs = {name: self._make(name) for name in self._words}
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(desk.px(8))
        self._grid.setColumnStretch(len(self._tabs), 1)
        self.setLayout(self._grid)
        self._lay(len(self._tabs))

    def show_words(self, words: Iterable[str], chosen: str) -> None:
        """What each says, in their order."""
        for name, said in zip(self._words, words, strict=True):
            self._words[name].setText(said)
            self._tabs[name].setAccessibleName(said)
            set_property(self._tabs[name], "chosen", name == chosen)
        self._fit()

    def focus(self, name: str) -> None:
        self._tabs[name].setFocus()

    def minimumSizeHint(self) -> QSize:
        """They can always lie in two lines."""
        return QSize(self._width(self._half), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def _half(self) -> int:
        return (len(self._tabs) + 1) // 2

    def _width(self, columns: int) -> int:
        """That of so many beside each other."""
        widths = [each.sizeHint().width() for each in self._tabs.values()]
        beside = [max(widths[at::columns]) for at in range(min(columns, len(widths)))]
        return sum(beside) + self._desk.px(8) * (len(beside) - 1)

    def _fit(self) -> None:
        all_ = len(self._tabs)
        self._lay(all_ if self._width(all_) <= self.width() else self._half)

    def _lay(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, each in enumerate(self._tabs.values()):
            self._grid.addWidget(each, at // columns, at % columns)
        self.updateGeometry()

    def _make(self, name: str) -> Pressable:
        side = self._desk.px(12)
        made = Pressable("tile", row(self._words[name], margins=(side, 0, side, 0)), "")
        made.setMinimumHeight(self._desk.px(44))
        made.clicked.connect(lambda: self.tapped.emit(name))
        return made
