"""A titled list of rows to choose from, in the place of a page: held sales, payments without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import SMALL, KeyButton, Pressable, RowButton
from app.views.widgets.form import Form
from app.views.widgets.parts import clear, column, holder, label, lines, picture, row
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


class RowList(Form):
    """Signals: `picked` the key of a row, `left` back without choosing."""

    picked = Signal(str)
    takes_keys = False  # what lies beside it goes on

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._title = label(desk, "", "h1")
        back = KeyButton(desk, desk.texts("list.back"), "arrow-left", key="Esc", kind="plain", size=SMALL)
        back.clicked.connect(self.left)
        self._rows = column(gap=desk.px(8))
        self._buttons: list[Pressable] = []
        self._said: tuple[str, tuple[ListRow, ...], str] | None = None
        self._scroll = scroller(holder(column(self._rows, 1)))
        layout = column(row(self._title, 1, back), self._scroll, gap=desk.px(16))
        side = desk.px(24)
        layout.setContentsMargins(side, desk.px(16), side, side)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_rows(self, title: str, rows: Sequence[ListRow], empty: str) -> None:
        """Rows anew where one differs; the focus stays where it was in the list."""
        if (said := (title, tuple(rows), empty)) == self._said:
            return
        self._said = said
        at = self._at()
        self._title.setText(title)
        clear(self._rows)
        self._buttons = [self._row(each) for each in rows]
        for button in self._buttons:
            self._rows.addWidget(button)
        if at >= 0:
            for button in self._buttons:
                button.show()
            self._focus(at)
        if not rows:
            self._rows.addWidget(label(self._desk, empty, "body", "text2", wrap=True))

    def start(self) -> None:
        """The first row gets the focus: Enter takes it, the arrows go on from there."""
        self.setFocus()
        self._focus(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self._focus(max(self._at() + step, 0))
        else:
            super().keyPressEvent(event)

    def _at(self) -> int:
        """The row that has the focus, from 0; -1 for none."""
        focused = self.window().focusWidget()
        return next((at for at, each in enumerate(self._buttons) if each is focused), -1)

    def _focus(self, at: int) -> None:
        if self._buttons:
            found = self._buttons[min(at, len(self._buttons) - 1)]
            found.setFocus()
            self._scroll.ensureWidgetVisible(found)

    def _row(self, shown: ListRow) -> Pressable:
        title, detail = (
            label(self._desk, shown.title, "strong", wrap=True),
            label(self._desk, shown.detail, "small", "text2", wrap=True),
        )
        words = lines(title, detail if shown.detail else None)
        side = self._desk.px(16)
        box = row(
            picture(self._desk, shown.icon, shown.tone),
            words,
            Amount(self._desk, "h3", text=shown.amount),
            gap=side,
        )
        box.setContentsMargins(side, 8, side, 8)
        box.setStretch(1, 1)
        made = RowButton("tile", box, f"{shown.title}, {shown.detail}, {shown.amount}")
        made.setMinimumHeight(self._desk.px(64))
        made.clicked.connect(lambda: self.picked.emit(shown.key))
        return made
