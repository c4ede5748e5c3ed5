"""Counting a drawer: how many of each note and coin, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import column, holder, label, number, panel, row
from app.views.widgets.scroll import scroller
from domain.money import Money
from domain.shift import counted

MOST = 9999


class CountField(QLineEdit):
    """A count of pieces: digits only, chosen whole when it gets the focus."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()


class DenominationCount(QWidget):
    """Signal `counted`: the sum after each change."""

    counted = Signal(object)

    def __init__(self, desk: Desk, denominations: Sequence[int], currency: str) -> None:
        super().__init__()
        self._desk, self._currency = desk, currency
        self._fields: dict[int, QLineEdit] = {}
        self._sums: dict[int, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(desk.px(12))
        grid.setVerticalSpacing(desk.px(6))
        for at, piece in enumerate(sorted(denominations, reverse=True)):
            self._add(grid, at, piece)
        grid.setColumnStretch(2, 1)
        self._total = Amount(desk, "total")
        title = label(desk, desk.texts("count.total"), "h3")
        currency_name = label(desk, desk.texts.currency(currency), "h2", "text3")
        side = desk.px(16)
        total = panel("field", row(title, 1, currency_name, self._total, margins=(side, 4, side, 4)))
        layout = column(scroller(holder(column(grid, 1))), total, gap=desk.px(12))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        if self._fields:
            self.setFocusProxy(next(iter(self._fields.values())))
        self._show()

    @property
    def pieces(self) -> dict[int, int]:
        return {
            piece: int(each.text() or 0)
            for piece, each in self._fields.items()
            if each.text() not in ("", "0")
        }

    @property
    def is_begun(self) -> bool:
        """Something was written, be it 0."""
        return any(each.text() for each in self._fields.values())

    def fill(self, pieces: Mapping[int, int]) -> None:
        """Puts counts into the fields."""
        for piece, count in pieces.items():
            self._fields[piece].setText(str(count))

    def _add(self, grid: QGridLayout, at: int, piece: int) -> None:
        desk = self._desk
        worth = Money(piece, self._currency)
        name = desk.texts.money(worth)
        made = CountField()
        made.setPlaceholderText("0")
        made.setAccessibleName(desk.texts("count.pieces", amount=worth))
        made.setValidator(QIntValidator(0, MOST, made))
        made.setFixedSize(desk.px(110), desk.px(42))
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.textChanged.connect(lambda _text: self._show())
        made.returnPressed.connect(lambda: made.focusNextChild())
        words = number(desk, name, "strong")
        words.setMinimumWidth(desk.px(80))
        self._fields[piece], self._sums[piece] = made, number(desk, "", "body", "text2")
        self._sums[piece].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        grid.addWidget(words, at, 0)
        grid.addWidget(label(desk, "×", "body", "text3"), at, 1)
        grid.addWidget(made, at, 2, Qt.AlignmentFlag.AlignLeading)
        grid.addWidget(self._sums[piece], at, 3)

    def _show(self) -> None:
        pieces = self.pieces
        for piece, words in self._sums.items():
            worth = Money(piece * pieces.get(piece, 0), self._currency)
            words.setText(self._desk.texts.money(worth) if worth else "")
        total = counted(pieces, self._currency)
        self._total.setText(self._desk.texts.money(total))
        self.counted.emit(total)
