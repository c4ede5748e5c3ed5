"""A card that tells of one thing: what is known scrolls, what can be done stays below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QWidget

from app.views.desk import Desk
from app.views.widgets.parts import Item, column, holder, label, row
from app.views.widgets.scroll import scroller


class ToldCard(QWidget):
    """What is told and done is set once, by `tell`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def tell(self, told: Sequence[Item], done: QLayout, gap: int) -> None:
        """`told` from above down, `gap` pixels apart; `done` is the row of keys."""
        self._told = scroller(holder(column(*told, 1, gap=gap)), whole=True)
        self._told.verticalScrollBar().setSingleStep(self.desk.px(48))
        layout = column(self._told, done, gap=self.desk.px(12))
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def take_key(self, event: QKeyEvent) -> bool:
        """Scrolls what is told; False for a key that does not scroll."""
        return self._told.take_key(event)

    def fact(self, name: str, value: str, width: int, mark: Item = None) -> QWidget:
        """A line of what is known; names are `width` wide, so that values stand under each other."""
        first = label(self.desk, name, "body", "text2", wrap=True)
        first.setFixedWidth(self.desk.px(width))
        line = row(first, label(self.desk, value, "bodystrong", wrap=True), mark, gap=self.desk.px(8))
        line.setStretch(1, 1)
        return holder(line)
