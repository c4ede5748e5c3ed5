"""Rows of a list, one of them marked; grey ones stand in for an answer that takes its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.parts import Item, clear, column, holder, label, panel, row, set_property
from app.views.widgets.scroll import scroller


def skeletons(desk: Desk, count: int = 4) -> list[QWidget]:
    """In the place of rows while the station is asked."""
    made: list[QWidget] = [panel("skeleton") for _ in range(count)]
    for each in made:
        each.setFixedHeight(desk.px(64))
    return made


def told_row(
    desk: Desk, words: Sequence[Item], signs: Sequence[Item], name: str, icon: Item = None
) -> RowButton:
    """A row that tells of one thing: `words` under each other, `signs` at the far end; `name` is all of it, read
    aloud."""
    side, edge = desk.px(14), desk.px(8)
    left = column(1, *words, 1, gap=desk.px(2))
    right = column(1, *(row(1, each) for each in signs), 1, gap=desk.px(4))
    box = row(icon, left, right, gap=edge, margins=(side, edge, side, edge))
    box.setStretch(box.indexOf(left), 1)
    made = RowButton("tile", box, name)
    made.setMinimumHeight(desk.px(64))
    return made


class MarkedRows(QWidget):
    """`make` draws an item, `key` names it. Signal `picked`: the key of a row that was tapped or stepped to."""

    picked = Signal(str)

    def __init__(
        self, desk: Desk, make: Callable[[Any], Pressable], key: Callable[[Any], str], *, trouble: QWidget
    ) -> None:
        """`trouble` is what stands over the rows when something is wrong with them."""
        super().__init__()
        self._desk, self._make, self._key = desk, make, key
        self.items: tuple[Any, ...] = ()
        self.buttons: list[Pressable] = []
        self.chosen = ""
        self._rows = column(gap=desk.px(8))
        self._list = scroller(holder(column(self._rows, 1)))
        layout = column(trouble, self._list, gap=desk.px(12))
        layout.setStretch(1, 1)
        self.setLayout(layout)

    @property
    def keys(self) -> list[str]:
        return [self._key(item) for item in self.items]

    def fill(self, items: tuple[Any, ...], otherwise: str) -> None:
        """Rows that say the same stay; `otherwise` are the words where there are none."""
        if not (items and items == self.items and self.buttons):
            self._fill(items)
        if not items:
            clear(self._rows)
            self._rows.addWidget(label(self._desk, otherwise, "body", "text2", wrap=True))

    def wait(self) -> None:
        """An answer takes its time."""
        items = self.items
        self._fill(())
        self.items = items
        for each in skeletons(self._desk):
            self._rows.addWidget(each)

    def wait_no_more(self) -> None:
        """No answer comes: what was there before is there again."""
        self._fill(self.items)

    def stale(self) -> None:
        """What is there answers another question: rows that look the same are drawn anew."""
        self.items = ()

    def mark(self, key: str) -> None:
        self.chosen = key
        for each, made in zip(self.keys, self.buttons, strict=False):
            set_property(made, "chosen", each == key)
            if each == key:
                QTimer.singleShot(0, made, partial(self._list.ensureWidgetVisible, made))

    def step(self, step: int) -> bool:
        """To the next row or the one before; False where there is none."""
        keys = self.keys if self.buttons else []
        before = keys.index(self.chosen) if self.chosen in keys else -1 if step > 0 else len(keys)
        if not 0 <= before + step < len(keys):
            return False
        self.picked.emit(keys[before + step])
        return True

    def _fill(self, items: tuple[Any, ...]) -> None:
        clear(self._rows)
        self.items = items
        self.buttons = [self._make(item) for item in items]
        for item, made in zip(items, self.buttons, strict=True):
            made.clicked.connect(partial(self.picked.emit, self._key(item)))
            self._rows.addWidget(made)
        self.mark(self.chosen)
