"""Ctrl+/: every key that does something here, over the page. Esc, Ctrl+/ or a tap puts it away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.parts import clear, column, holder, label, panel, row
from app.views.widgets.scroll import scroller

COLUMNS, WIDTH = 2, 900
EVERYWHERE = (
    ("Enter", "enter"),
    ("Tab Space", "space"),
    ("Esc", "esc"),
    ("Ctrl+N", "attention"),
    ("Ctrl+R", "readiness"),
    ("Ctrl+B", "refunds"),
    ("Ctrl+L", "sign_out"),
    ("Ctrl+P", "reprint"),
    ("Ctrl+Shift+P", "choose_reprint"),
    ("Ctrl+Z", "undo"),
    ("Ctrl+/", "list"),
)
SELL = (
    ("Ctrl+K", "search"),
    ("Ctrl+1…9", "tile"),
    ("↑ ↓", "line"),
    ("+ − Del", "quantity"),
    ("Ctrl+D", "discount"),
    ("Ctrl+H", "held"),
)


class KeyList(QFrame):
    """Hidden until `open_over` is called with the keys of the place: pairs of key and words."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("panel", "page")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(desk.px(32))
        self._grid.setVerticalSpacing(desk.px(8))
        for at in range(COLUMNS):
            self._grid.setColumnStretch(at, 1)
        close = KeyButton(desk, desk.texts("keys.close"), "x", key="Esc", size=SMALL, on_click=self.hide)
        title = row(label(desk, desk.texts("keys.title"), "h1"), 1, close)
        side = desk.px(24)
        inner = column(title, scroller(holder(column(self._grid, 1))), gap=desk.px(16))
        inner.setContentsMargins(side, side, side, side)
        card = panel("card", inner)
        card.setMaximumWidth(desk.px(WIDTH))
        middle = row(1, card, 1, margins=(side, side, side, side))
        middle.setStretch(1, 100)
        self.setLayout(middle)
        self.hide()

    def open_over(self, place: QRect, keys: Sequence[tuple[str, str]], *, sell: bool) -> None:
        """`place` is what it covers."""
        texts = self._desk.texts
        general = (*SELL, *EVERYWHERE) if sell else EVERYWHERE
        shown = [*keys, *((key, texts(f"keys.{name}")) for key, name in general)]
        clear(self._grid)
        rows = -(-len(shown) // COLUMNS)
        for at, (key, words) in enumerate(shown):
            line = row(self._cap(key), label(self._desk, words, wrap=True), gap=self._desk.px(12))
            line.setStretch(1, 1)
            self._grid.addLayout(line, at % rows, at // rows)
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
        event.accept()

    def _cap(self, key: str) -> QLabel:
        made = label(self._desk, self._desk.texts.code(key), "keycap")
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setFixedHeight(self._desk.px(26))
        made.setMinimumWidth(self._desk.px(112))
        return made
