"""Typing an amount of money: what it is, the amount, a keypad, and ready amounts beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.keypad import Keypad
from app.views.widgets.parts import column, label, panel, row
from domain.errors import Refused
from domain.money import EXPONENTS, Money, parse

MOST_DIGITS = 9


class AmountEntry(QWidget):
    """Signal `entered`: the amount after each key. Until something is typed it is the default."""

    entered = Signal(object)

    def __init__(self, desk: Desk, title: str, currency: str) -> None:
        super().__init__()
        self._desk, self._default = desk, Money(0, currency)
        self._typed = ""
        self._quick: tuple[Money, ...] = ()
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
        self._pad.quick.connect(lambda at: self.take(self._quick[at]))
        layout = column(box, self._pad, 1, gap=desk.px(8))
        layout.setStretch(1, 100)
        self.setLayout(layout)

    def start(self, default: Money, quick: Sequence[tuple[str, Money]] = (), *, keep: bool = False) -> None:
        """Begins anew: `default` counts until a digit is typed; `quick` are words and amounts of the side column.
        With `keep` what was typed stays."""
        self._default, self._typed = default, self._typed if keep else ""
        self._quick = tuple(amount for _, amount in quick)
        self._pad.set_quick([words for words, _ in quick])
        self._show()

    @property
    def amount(self) -> Money:
        try:
            return parse(self._typed.removesuffix("."), self._default.currency)
        except Refused:  # nothing typed
            return self._default

    @property
    def is_typed(self) -> bool:
        return bool(self._typed)

    def take(self, amount: Money) -> None:
        self._typed = amount.decimal()
        self._show()

    def take_key(self, event: QKeyEvent) -> bool:
        return self._pad.take_key(event)

    def _type(self, character: str) -> None:
        whole, dot, fraction = (self._typed + character).partition(".")
        whole = whole.lstrip("0") or "0"
        places = EXPONENTS[self._default.currency]
        if "." in fraction or len(fraction) > places or (dot and not places) or len(whole) > MOST_DIGITS:
            return
        self._typed = whole + dot + fraction
        self._show()

    def _erase(self) -> None:
        self._typed = self._typed[:-1]
        self._show()

    def _show(self) -> None:
        typing = self._typed and not self._typed.endswith("00")
        words = self._desk.texts.money(self.amount) if not typing or "." not in self._typed else self._typed
        self._number.setText(words)
        self.entered.emit(self.amount)
