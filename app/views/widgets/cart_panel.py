"""The cart beside tiles and payment: lines scroll, totals and pay buttons never move. Shows what it is given."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from app.views.desk import Desk
from app.views.discount_words import off_words
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import LARGE, SMALL, KeyButton
from app.views.widgets.cart_lines import About, CartLines, rows_of
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, number, panel, picture, row, rule
from documents.format import percent
from domain.cart import Cart, reduced, totals

SIDE = 16


class CartPanel(QFrame):
    """Signals: `chosen` the id of a line or a discount ("" for none), `quantity` line id and count, `undiscount` the id
    of a discount; the buttons' own."""

    chosen = Signal(str)
    quantity = Signal(str, int)
    undiscount = Signal(str)
    discount = Signal()
    hold = Signal()
    emptied = Signal()
    card = Signal()
    cash = Signal()
    split = Signal()
    held_list = Signal()
    resolve_list = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("panel", "side")
        self._lines = CartLines(desk)
        self._lines.chosen.connect(self.chosen)
        self._lines.quantity.connect(self.quantity)
        self._lines.undiscount.connect(self.undiscount)
        self._paying = chip(desk, desk.texts("cart.paying"), "lock", "accent")
        self._ways_box = row(gap=desk.px(8))
        self._extra = panel("plain", self._ways_box)
        self._way_buttons = list[KeyButton]()
        self._ways: tuple[int, int] | None = None
        self._last = ""
        self._filled, self.stopped, self._not_held = False, "", ""
        self.trouble = InlinePanel(desk, key="Enter")
        self.trouble.installEventFilter(self)
        pay = self._pay()
        layout = column(
            self._header(),
            self._extra,
            self._lines,
            self.trouble,
            self._ways_to_go(),
            self._totals(),
            self._warning(),
            pay,
            gap=desk.px(8),
        )
        side = desk.px(SIDE)
        layout.setContentsMargins(side, desk.px(10), side, side)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    # what it shows

    def show_cart(self, cart: Cart, chosen: str, about: About, *, paying: bool) -> None:
        """Line `chosen` is open."""
        self._lines.show_rows(rows_of(cart, chosen, about, paying=paying) or [self._last])
        for widget in (self._hold, self._clear, self._buttons, self._more):
            widget.setVisible(not paying)
        self._paying.setVisible(paying)
        self._warn.setVisible(self._offline and not paying)
        self._sums(cart)
        self._filled = bool(cart.lines)
        self._allow()

    def show_lists(self, held: int, to_resolve: int) -> None:
        """The ways to held sales and to payments without an answer; nothing when there are none."""
        layout = self._ways_box
        if self._ways == (held, to_resolve):
            return
        self._ways = held, to_resolve
        clear(layout)
        opens_held: KeyButton | None = None
        resolve: KeyButton | None = None
        if held:
            words = self._desk.texts("cart.held", n=held)
            opens_held = KeyButton(self._desk, words, "player-pause", key="Ctrl+H", kind="held", size=SMALL)
            opens_held.clicked.connect(self.held_list)
        if to_resolve:
            words = self._desk.texts("cart.to_resolve", n=to_resolve)
            resolve = KeyButton(self._desk, words, "alert-triangle", kind="resolve", size=SMALL)
            resolve.clicked.connect(self.resolve_list)
        self._way_buttons = [each for each in (opens_held, resolve) if each is not None]
        for each in self._way_buttons:
            layout.addWidget(each)
        self._lay_lists()
        self._extra.setVisible(bool(held or to_resolve))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_lists()

    def _lay_lists(self) -> None:
        """The ways to the lists lie beside each other where their words have room, else one above the other."""
        box = self._ways_box
        needed = sum(each.minimumSizeHint().width() + box.spacing() for each in self._way_buttons)
        room = self.width() - 2 * self._desk.px(SIDE) + box.spacing()
        box.setDirection(
            QBoxLayout.Direction.LeftToRight if needed <= room else QBoxLayout.Direction.TopToBottom
        )

    def show_last(self, words: str) -> None:
        """What is worth knowing of the sale before, where the lines of the next one will be."""
        self._last = words
        self.trouble.quiet()

    def stop(self, why: str, why_not_held: str) -> None:
        """Nothing new may be sold, and why; "" when it may be. The same of holding a sale."""
        if self.stopped and not why and self.trouble.words == self.stopped:
            self.trouble.quiet()
        self.stopped, self._not_held = why, why_not_held
        self._allow()

    def _allow(self) -> None:
        for button in (self._card, self._cash, self._split, self._discount):
            button.allow(self._filled, self.stopped)
        self._hold.allow(self._filled, self._not_held)
        self._clear.setEnabled(self._filled)

    def show_offline(self, offline: bool) -> None:
        self._offline = offline
        self._warn.setVisible(offline and not self._paying.isVisibleTo(self))

    # making it

    def _header(self) -> QWidget:
        texts = self._desk.texts
        self._hold = KeyButton(
            self._desk, texts("cart.hold"), "player-pause", key="F12", kind="plain", size=SMALL
        )
        self._hold.clicked.connect(self.hold)
        self._clear = KeyButton(self._desk, texts("cart.clear"), "trash", kind="plain", size=SMALL)
        self._clear.clicked.connect(self.emptied)
        title = label(self._desk, texts("cart.title"), "h3")
        made = holder(row(title, 1, self._hold, self._clear, self._paying, gap=self._desk.px(4)))
        made.setMinimumHeight(self._desk.px(44))
        return made

    def _totals(self) -> QWidget:
        desk = self._desk
        self._net, self._vat = (number(desk, "", "small", "text2") for _ in range(2))
        self._vat_name, self._items = (label(desk, "", "small", "text2") for _ in range(2))
        self._total = Amount(desk, "total")
        self._currency = label(desk, "", "h2", "text3")
        total = column(label(desk, desk.texts("cart.total"), "h3"), self._items, gap=0)
        net = row(label(desk, desk.texts("cart.net"), "small", "text2"), 1, self._net)
        self._off = number(desk, "", "small", "text2")
        self._off_row = holder(row(label(desk, desk.texts("cart.discounts"), "small", "text2"), 1, self._off))
        vat = row(self._vat_name, 1, self._vat)
        self._before_vat = holder(column(rule(), self._off_row, net, vat, gap=desk.px(4)))
        return holder(
            column(
                self._before_vat,
                rule(),
                row(total, 1, self._currency, self._total, gap=desk.px(8)),
                gap=desk.px(4),
            )
        )

    def _warning(self) -> QWidget:
        self._offline = False
        words = label(self._desk, self._desk.texts("cart.card_offline"), "small", "warn", wrap=True)
        side = self._desk.px(12)
        box = row(picture(self._desk, "cloud-off", "warn", 20), words, gap=side, margins=(side, 6, side, 6))
        box.setStretch(1, 1)
        self._warn = panel("warn", box)
        return self._warn

    def _ways_to_go(self) -> QWidget:
        """What else may be done with the sale before it is paid."""
        desk, texts = self._desk, self._desk.texts
        self._discount = KeyButton(desk, texts("cart.discount"), "discount", key="Ctrl+D", size=SMALL)
        self._discount.clicked.connect(self.discount)
        self._split = KeyButton(
            desk, texts("cart.split"), "arrows-split-2", key="F11", size=SMALL, money=True
        )
        self._split.clicked.connect(self.split)
        both = row(self._discount, self._split, gap=desk.px(8))
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        self._more = holder(both)
        return self._more

    def _pay(self) -> QWidget:
        desk, texts = self._desk, self._desk.texts
        self._card = KeyButton(
            desk, texts("pay.card"), "credit-card", key="F9", kind="primary", size=LARGE + 2, money=True
        )
        self._card.clicked.connect(self.card)
        self._cash = KeyButton(desk, texts("pay.cash"), "cash", key="F10", size=LARGE + 2, money=True)
        self._cash.clicked.connect(self.cash)
        pay = row(self._card, self._cash, gap=desk.px(8))
        pay.setStretch(0, 1)
        pay.setStretch(1, 1)
        self._buttons = holder(pay)
        return self._buttons

    def _sums(self, cart: Cart) -> None:
        texts, sums = self._desk.texts, totals(cart)
        rates = sorted({line.product.vat_rate for line in cart.lines})
        rate = percent(rates[0]) if len(rates) == 1 else ""
        self._net.setText(texts.money(sums.net))
        self._vat.setText(texts.money(sums.vat))
        self._vat_name.setText(texts("cart.vat_rate", rate=rate) if rate else texts("cart.vat"))
        self._total.setText(texts.money(sums.gross))
        self._currency.setText(texts.currency(cart.currency))
        self._items.setText(texts("cart.items", n=cart.items) if cart.items else "")
        self._off_row.setVisible(bool(cart.discounts))
        self._off.setText(off_words(texts, reduced(cart).off) if cart.discounts else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where type is large a trouble takes the place of the sums before VAT: the lines must be seen."""
        if watched is self.trouble and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._before_vat.setVisible(self.trouble.isHidden() or not self._desk.look.close)
        return super().eventFilter(watched, event)
