"""Typing an amount of money, with ready amounts beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.views.desk import Desk
from app.views.widgets.number_entry import NumberEntry
from domain.errors import Refused
from domain.money import EXPONENTS, Money, parse


class AmountEntry(NumberEntry):
    """Signal `entered`: the amount after each key. Until something is typed it is the default."""

    entered = Signal(object)

    def __init__(self, desk: Desk, title: str, currency: str) -> None:
        super().__init__(desk, title)
        self._default = Money(0, currency)
        self._quick: tuple[Money, ...] = ()

    def start(self, default: Money, quick: Sequence[tuple[str, Money]] = (), *, keep: bool = False) -> None:
        """Begins anew: `default` counts until a digit is typed; `quick` are words and amounts of the side column.
        With `keep` what was typed stays."""
        self._default = default
        self._quick = tuple(amount for _, amount in quick)
        self._begin(self._typed if keep else "", [words for words, _ in quick])

    @property
    def amount(self) -> Money:
        try:
            return parse(self._typed.removesuffix("."), self._default.currency)
        except Refused:  # nothing typed
            return self._default

    def take(self, amount: Money) -> None:
        self._put(amount.decimal())

    @property
    def _places(self) -> int:
        return EXPONENTS[self._default.currency]

    def _words(self) -> str:
        typing = self._typed and not self._typed.endswith("00")
        whole = not typing or "." not in self._typed
        return self._desk.texts.money(self.amount) if whole else self._typed

    def _tell(self) -> None:
        self.entered.emit(self.amount)

    def _take_quick(self, at: int) -> None:
        self.take(self._quick[at])
