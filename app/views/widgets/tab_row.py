"""Tabs over a list, one of them chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.parts import label, row, set_property


class TabRow(QWidget):
    """Signal `tapped`: the name of a tab."""

    tapped = Signal(str)

    def __init__(self, desk: Desk, names: Iterable[str]) -> None:
        super().__init__()
        self._desk = desk
        self._words = {name: label(desk, "", "bodymedium") for name in names}
        self._tabs = {name: self._make(name) for name in self._words}
        self.setLayout(row(*self._tabs.values(), 1, gap=desk.px(8)))

    def show_words(self, words: Iterable[str], chosen: str) -> None:
        """What each says, in their order."""
        for name, said in zip(self._words, words, strict=True):
            self._words[name].setText(said)
            self._tabs[name].setAccessibleName(said)
            set_property(self._tabs[name], "chosen", name == chosen)

    def focus(self, name: str) -> None:
        self._tabs[name].setFocus()

    def _make(self, name: str) -> Pressable:
        side = self._desk.px(12)
        made = Pressable("tile", row(self._words[name], margins=(side, 0, side, 0)), "")
        made.setMinimumHeight(self._desk.px(44))
        made.clicked.connect(lambda: self.tapped.emit(name))
        return made
