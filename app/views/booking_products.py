"""What can be booked for a session: each with its price, whether somebody must say yes, and how many."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.views.desk import Desk
from app.views.widgets.count_entry import CountEntry
from app.views.widgets.form import reveal
from app.views.widgets.marks import chip
from app.views.widgets.parts import clear, column, holder, label, lines, panel, row
from app.views.widgets.scroll import scroller
from domain.cart import MOST_OF_A_LINE
from domain.catalogue import Product


class BookingProducts(QWidget):
    """Signals: `counted` a product's number and how many, `done` by Enter in the last one."""

    counted = Signal(int, int)
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._products: tuple[Product, ...] = ()
        self._left: Mapping[int, int] = {}
        self.entries: dict[int, CountEntry] = {}
        self._rows = column(gap=desk.px(6))
        self._list = scroller(holder(column(self._rows, 1)))
        self.setLayout(column(self._list))

    def show_products(
        self, products: tuple[Product, ...], counts: Mapping[int, int], left: Mapping[int, int]
    ) -> None:
        """The same products stay, with the focus that one may have; `left` of those of which there is a number."""
        if (products, left) != (self._products, self._left):
            clear(self._rows)
            self._products, self._left, self.entries = products, left, {}
            for each in products:
                self._rows.addWidget(self._row(each))
        for number, entry in self.entries.items():
            entry.set_count(counts.get(number, 0))

    @property
    def has_keys(self) -> bool:
        """Whether one of them has the keys."""
        return any(map(self._has_keys, self.entries.values()))

    def begin(self) -> bool:
        """The first takes the keys; False where there is none."""
        return self._focus(0)

    def step(self, by: int) -> bool:
        """From the one that has the keys to the next or the one before; False where there is none."""
        at = next((n for n, each in enumerate(self.entries.values()) if self._has_keys(each)), None)
        return at is not None and self._focus(at + by)

    def _go_on(self) -> None:
        if not self.step(1):
            self.done.emit()

    def _has_keys(self, entry: CountEntry) -> bool:
        focused: QWidget | None = self.window().focusWidget()
        return focused is not None and entry.isAncestorOf(focused)

    def _focus(self, at: int) -> bool:
        entries = list(self.entries.values())
        if not 0 <= at < len(entries):
            return False
        entries[at].setFocus()
        QTimer.singleShot(0, entries[at], lambda: reveal(entries[at]))
        return True

    def _row(self, product: Product) -> QFrame:
        desk, texts, side = self._desk, self._desk.texts, self._desk.px(12)
        name = product.name.get(texts.language)
        more = [texts("bookings.for_members")] if product.membership else []
        more += [texts("bookings.not_sold")] if product.withdrawn else []
        if (left := self._left.get(product.number)) is not None:
            more.append(texts("bookings.left_that_day", n=left))
        words = lines(
            label(desk, name, "bodystrong", wrap=True),
            label(desk, texts.line((texts.price(product.price), *more)), "small", "text2", wrap=True),
        )
        mark = chip(desk, texts("bookings.needs_yes"), "hourglass", "warn") if product.approval else None
        entry = CountEntry(desk, texts("bookings.how_many", what=name), MOST_OF_A_LINE)
        entry.counted.connect(lambda count: self.counted.emit(product.number, count))
        entry.entered.connect(self._go_on)
        self.entries[product.number] = entry
        line = row(words, mark, entry, gap=side, margins=(side, desk.px(6), side, desk.px(6)))
        line.setStretch(0, 1)
        return panel("card", line)
