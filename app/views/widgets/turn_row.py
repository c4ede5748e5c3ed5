"""A day or a month that is gone through: the one before, the one after, and back to the present one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import KeyButton, icon_button
from app.views.widgets.parts import label, row


class TurnRow(QWidget):
    """Signals: `turned` by one back (-1) or on (1), `home` to the present one."""

    turned = Signal(int)
    home = Signal()

    def __init__(self, desk: Desk, before: str, after: str, now: str) -> None:
        """The names of its buttons."""
        super().__init__()
        self._back = icon_button(desk, "chevron-left", before, partial(self.turned.emit, -1))
        self._on = icon_button(desk, "chevron-right", after, partial(self.turned.emit, 1))
        self._words = label(desk, "", "bodystrong")
        self._now = KeyButton(desk, now, size=42, on_click=self.home.emit)
        self.setLayout(row(self._back, self._on, self._words, 1, self._now, gap=desk.px(8)))

    def begin(self) -> None:
        """One of its arrows takes the keys."""
        (self._on if self._on.isEnabled() else self._back).setFocus(Qt.FocusReason.TabFocusReason)

    def show_at(self, words: str, *, home: bool) -> None:
        """Where one is, and whether that is the present one."""
        self._words.setText(words)
        self._now.setVisible(not home)

    def end(self, why_not_back: str, why_not_on: str) -> None:
        """Why there is nothing before or after; empty where there is."""
        self._back.allow(not why_not_back, why_not_back)
        self._on.allow(not why_not_on, why_not_on)
