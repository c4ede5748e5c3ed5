"""A titled list of rows to choose from, in the place of a page: held sales, payments without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import SMALL, KeyButton, Pressable
from app.views.widgets.parts import clear, column, holder, label, lines, number, picture, row
from app.views.widgets.scroll import scroller


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: `key` comes back when it is chosen."""

    key: str
    icon: str
    title: str
    detail: str
    amount: str
    tone: str = "accenttext"


class RowList(QWidget):
    """Signals: `picked` the key of a row, `left` back without choosing."""

    picked = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._title = label(desk, "", "h1")
        back = KeyButton(desk, desk.texts("list.back"), "arrow-left", key="Esc", kind="plain", size=SMALL)
        back.clicked.connect(self.left)
        self._rows = column(gap=desk.px(8))
        layout = column(row(self._title, 1, back), scroller(holder(column(self._rows, 1))), gap=desk.px(16))
        side = desk.px(24)
        layout.setContentsMargins(side, desk.px(16), side, side)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_rows(self, title: str, rows: Sequence[ListRow], empty: str) -> None:
        self._title.setText(title)
        clear(self._rows)
        for each in rows:
            self._rows.addWidget(self._row(each))
        if not rows:
            self._rows.addWidget(label(self._desk, empty, "body", "text2", wrap=True))

    def _row(self, shown: ListRow) -> Pressable:
        title, detail = (
            label(self._desk, shown.title, "strong"),
            label(self._desk, shown.detail, "small", "text2"),
        )
        words = lines(title, detail if shown.detail else None)
        side = self._desk.px(16)
        box = row(
            picture(self._desk, shown.icon, shown.tone),
            words,
            1,
            number(self._desk, shown.amount, "h3"),
            gap=side,
        )
        box.setContentsMargins(side, 8, side, 8)
        made = Pressable("tile", box, f"{shown.title}, {shown.detail}, {shown.amount}")
        made.setMinimumHeight(self._desk.px(64))
        made.clicked.connect(lambda: self.picked.emit(shown.key))
        return made
