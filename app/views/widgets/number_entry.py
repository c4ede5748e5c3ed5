"""Typing a number: what it is, the number, a keypad, and ready numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.keypad import Keypad
from app.views.widgets.parts import column, label, panel, row

MOST_DIGITS = 9


class NumberEntry(QWidget):
    """Keeps what was typed as text. Kinds of numbers say how it reads (`_words`), how many decimals it has (`_places`)
    and tell others that it changed (`_tell`)."""

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self._desk = desk
        self._typed = ""
        self._number = Amount(desk, "total")
        side = desk.px(16)
        name = label(desk, title, "strong", "text2", wrap=True)
        shown = row(name, self._number, margins=(side, 4, side, 4))
        shown.setStretch(0, 1)
        box = panel("field", shown)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._pad = Keypad(desk, point=True)
        self._pad.typed.connect(self._type)
        self._pad.erased.connect(self._erase)
        self._pad.quick.connect(self._take_quick)
        layout = column(box, self._pad, 1, gap=desk.px(8))
        layout.setStretch(1, 100)
        self.setLayout(layout)

    # for kinds of numbers to say

    @property
    def _places(self) -> int:
        raise NotImplementedError

    def _words(self) -> str:
        raise NotImplementedError

    def _tell(self) -> None:
        raise NotImplementedError

    def _take_quick(self, at: int) -> None:
        raise NotImplementedError

    # typing

    @property
    def is_typed(self) -> bool:
        return bool(self._typed)

    def take_key(self, event: QKeyEvent) -> bool:
        return self._pad.take_key(event)

    def _begin(self, typed: str, quick: Sequence[str]) -> None:
        """Begins anew with what is `typed` already, and the words of the side column."""
        self._typed = typed
        self._pad.set_quick(quick)
        self._show()

    def _put(self, typed: str) -> None:
        self._typed = typed
        self._show()

    def _type(self, character: str) -> None:
        whole, dot, fraction = (self._typed + character).partition(".")
        whole = whole.lstrip("0") or "0"
        places = self._places
        if "." in fraction or len(fraction) > places or (dot and not places) or len(whole) > MOST_DIGITS:
            return
        self._put(whole + dot + fraction)

    def _erase(self) -> None:
        self._put(self._typed[:-1])

    def _show(self) -> None:
        self._number.setText(self._words())
        self._tell()
