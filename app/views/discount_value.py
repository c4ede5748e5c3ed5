"""How much a discount takes: a percent, an amount, another price a piece, or all of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.amount_entry import AmountEntry
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, holder, label
from app.views.widgets.share_entry import ShareEntry
from app.views.widgets.tab_row import TabRow
from domain.discount import AmountOff, Comp, NewPrice, Percent, What
from domain.money import Money

PERCENT, AMOUNT, PRICE, COMP = KINDS = "percent", "amount", "price", "comp"
USUAL = (500, 1000, 2000, 5000)  # basis points, one touch away


class DiscountValue(QWidget):
    """What is typed for the kind that is chosen in `tabs`, which lie elsewhere. Each keeps its own.
    Signal `changed`."""

    changed = Signal()

    def __init__(self, desk: Desk, currency: str) -> None:
        super().__init__()
        self._desk, self.kind = desk, PERCENT
        texts, nothing = desk.texts, Money(0, currency)
        self.tabs = TabRow(desk, KINDS)
        self.tabs.tapped.connect(self.choose)
        self._share = ShareEntry(desk, texts("discount.percent_off"), USUAL)
        self._amount = AmountEntry(desk, texts("discount.amount_off"), currency)
        self._price = AmountEntry(desk, texts("discount.price_each"), currency)
        comp = column(label(desk, texts("discount.comp_what"), "body", "text2", wrap=True), 1)
        self._pages = Pages()
        self._places = dict(zip(KINDS, (self._share, self._amount, self._price, holder(comp)), strict=True))
        for place in self._places.values():
            self._pages.addWidget(place)
        self._amount.start(nothing)
        self._price.start(nothing)
        for typed in (self._share.entered, self._amount.entered, self._price.entered):
            typed.connect(lambda _: self.changed.emit())
        self.setLayout(column(self._pages))
        self.choose(PERCENT)

    @property
    def is_typed(self) -> bool:
        return any(entry.is_typed for entry in (self._share, self._amount, self._price))

    @property
    def what(self) -> What | None:
        """None while nothing is typed."""
        match self.kind:
            case "percent" if self._share.is_typed:
                return Percent(self._share.share)
            case "amount" if self._amount.is_typed:
                return AmountOff(self._amount.amount)
            case "price" if self._price.is_typed:
                return NewPrice(self._price.amount)
            case "comp":
                return Comp()
        return None

    def choose(self, kind: str) -> None:
        self.kind = kind
        self.tabs.show_words([self._desk.texts(f"discount.{each}") for each in KINDS], kind)
        self._pages.setCurrentWidget(self._places[kind])
        self.changed.emit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether the key was one of a number; then it is typed."""
        entry = self._places[self.kind]
        return isinstance(entry, ShareEntry | AmountEntry) and entry.take_key(event)

    def focus(self) -> None:
        """To the chosen tab: what is typed from there goes into its number."""
        self.tabs.focus(self.kind)
