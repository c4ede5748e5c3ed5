"""Sell: tiles and cart, and the payment that takes the tiles' place. Keeps the cart; services do everything else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from app.shown import OpenPayment, ParkedCart, ProductTile, SellPage
from app.views import sale_lists
from app.views.cart_work import CartWork
from app.views.desk import Desk
from app.views.page import Page
from app.views.payment_panel import How, PaymentPanel
from app.views.ports import Checkout, People, Selling, Shifts
from app.views.sell_tiles import SellTiles
from app.views.widgets.cart_panel import CartPanel
from app.views.widgets.parts import row
from app.views.widgets.row_list import RowList
from domain.cart import Cart
from domain.errors import Code, Refused

Lists = tuple[tuple[ParkedCart, ...], tuple[OpenPayment, ...]]
CART, CART_PAYING, CART_NARROW, WIDE = 408, 344, 360, 1366


@dataclass(frozen=True, slots=True)
class SaleState:
    """What survives when the page is made anew. `sale_id` is set while a payment is open."""

    cart: Cart | None = None
    chosen: str = ""
    session: int = 0
    category: str = ""
    sale_id: str = ""


class SaleView(Page):
    """Signal `paying`: whether a payment has taken the tiles' place."""

    paying = Signal(bool)

    def __init__(
        self, desk: Desk, people: People, selling: Selling, checkout: Checkout, shifts: Shifts
    ) -> None:
        super().__init__(desk)
        self._selling, self._checkout = selling, checkout
        self._state = SaleState()
        self._page: SellPage | None = None
        self._work = CartWork(desk.tasks, self)
        self._tiles = SellTiles(desk)
        self._payment = PaymentPanel(desk, checkout, people, shifts)
        self._held, self._open = RowList(desk), RowList(desk)
        self._left = QStackedWidget()
        for each in (self._tiles, self._payment, self._held, self._open):
            self._left.addWidget(each)
        self._panel = CartPanel(desk)
        self._join()
        layout = row(self._left, self._panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _join(self) -> None:
        tiles, panel, payment = self._tiles, self._panel, self._payment
        self._work.changed.connect(self._show_cart)
        self._work.refused.connect(self._refused)
        tiles.picked.connect(self._pick)
        tiles.session.connect(lambda number: self._move(session=number))
        tiles.category.connect(lambda name: self._move(category=name))
        tiles.go.connect(self.go)
        panel.chosen.connect(self._choose)
        panel.quantity.connect(self._set_quantity)
        panel.hold.connect(self._hold)
        panel.emptied.connect(self._clear)
        panel.card.connect(lambda: self._pay(How.CARD))
        panel.cash.connect(lambda: self._pay(How.CASH))
        panel.split.connect(lambda: self._pay(How.CHOOSE))
        panel.held_list.connect(self.show_held)
        panel.resolve_list.connect(self._show_unfinished)
        payment.returned.connect(self._returned)
        payment.ended.connect(self._next_guest)
        payment.adopted.connect(self._work.put)
        for each in (self._held, self._open):
            each.left.connect(self._show_tiles)
        self._held.picked.connect(self._resume)
        self._open.picked.connect(self._reopen)

    # the page's life

    def reload(self) -> None:
        run = self.desk.tasks.run
        self._load_page()
        if self._work.cart is None:
            run(self._selling.empty, done=self._start)
        run(self._lists, done=self._show_lists)
        if self._paying:
            self._payment.refresh()

    def keep(self) -> object:
        return replace(
            self._state, cart=self._work.cart, sale_id=self._payment.sale_id if self._paying else ""
        )

    def restore(self, kept: object) -> None:
        if isinstance(kept, SaleState):
            self._state = kept
            if kept.sale_id:
                self._reopen(kept.sale_id)
            self._work.put(kept.cart)

    def back(self) -> None:
        if self._paying:
            self._payment.back()
        elif self._left.currentWidget() is not self._tiles:
            self._show_tiles()
        else:
            self._choose("")

    def any_key(self) -> bool:
        return self._paying and self._payment.end_done()

    def take_scan(self, code: str) -> bool:
        self.any_key()
        return False

    def show_offline(self, offline: bool) -> None:
        self._panel.show_offline(offline)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        taken = self._payment.take_key(event) if self._paying else self._cart_key(event)
        if not taken:
            super().keyPressEvent(event)

    @property
    def session(self) -> int:
        """The session that tiles are sold for; 0 before the page is there."""
        return self._page.chosen if self._page else 0

    @property
    def cart(self) -> Cart | None:
        return self._work.cart

    @property
    def _paying(self) -> bool:
        return self._left.currentWidget() is self._payment

    def _show_lists(self, lists: Lists) -> None:
        self._panel.show_lists(len(lists[0]), len(lists[1]))
        self._held.show_rows(*sale_lists.held(self.desk, lists[0]))
        self._open.show_rows(*sale_lists.unfinished(self.desk, lists[1]))

    def _lists(self) -> Lists:
        return self._selling.parked(), self._checkout.to_resolve()

    # tiles and search

    def search(self, words: str) -> None:
        """Products in place of the tiles; nothing to look for brings the tiles back."""
        if self._paying:
            return
        self._left.setCurrentWidget(self._tiles)
        if words.strip():
            self.desk.tasks.run(self._selling.search, words, done=self._show_results)
        elif self._page is not None:
            self._show_page(self._page)

    def take_tile(self, index: int) -> None:
        """Enter in the search field takes the first, Ctrl+1…9 the others."""
        if self._left.currentWidget() is self._tiles and (tile := self._tiles.tile(index)) is not None:
            self._pick(tile)

    def _show_results(self, products: object) -> None:
        if isinstance(products, tuple):
            self._tiles.show_results(products, self._counts())

    def _move(self, session: int | None = None, category: str | None = None) -> None:
        if session is not None:
            self._state = replace(self._state, session=session)
        if category is not None:
            self._state = replace(self._state, category=category)
        self._load_page()

    def _load_page(self) -> None:
        self.desk.tasks.run(
            self._selling.page, self._state.session, self._state.category, done=self._show_page
        )

    def _show_page(self, page: SellPage) -> None:
        self._page = page
        category = self._state.category or (page.categories[0] if page.categories else "")
        self._tiles.show_page(page, category, self._counts())

    def _show_tiles(self) -> None:
        self._set_paying(False)
        self._left.setCurrentWidget(self._tiles)
        self.setFocus()

    # the cart

    def _start(self, empty: Cart) -> None:
        if self._work.cart is None:
            self._work.put(empty)

    def _pick(self, tile: ProductTile) -> None:
        texts, product = self.desk.texts, tile.product
        name = product.name.get(texts.language)
        later = tile.next_session
        if tile.full and later is not None:
            time = texts.clock(later.starts_at)
            add = (texts("sell.add_for", time=time), lambda: self._add(product.number, later.number))
            self._panel.trouble.say(texts("sell.full_offer", name=name, time=time), "warn", add)
        elif tile.full:
            self._panel.trouble.say(texts("sell.full_no_more", name=name), "warn")
        else:
            self._add(product.number, self._page.chosen if self._page else self._state.session)

    def _add(self, product: int, session: int) -> None:
        self._panel.trouble.quiet()
        self._work.do(lambda cart: self._selling.add(cart, product, session))

    def _set_quantity(self, line_id: str, quantity: int) -> None:
        self._panel.trouble.quiet()
        self._work.do(lambda cart: self._selling.set_quantity(cart, line_id, quantity))

    def _refused(self, error: Exception) -> None:
        self._panel.trouble.trouble(error)
        self.desk.sound("look")

    def _choose(self, line_id: str) -> None:
        self._state = replace(self._state, chosen=line_id)
        if self._work.cart is not None:
            self._show_cart(self._work.cart)

    def _show_cart(self, cart: Cart) -> None:
        self._panel.show_cart(cart, self._state.chosen, paying=self._paying)
        self._tiles.show_counts(self._counts())

    def _counts(self) -> Counter[int]:
        counts: Counter[int] = Counter()
        for line in self._work.cart.lines if self._work.cart else ():
            counts[line.product.number] += line.quantity
        return counts

    def _cart_key(self, event: QKeyEvent) -> bool:
        cart, key = self._work.cart, event.key()
        if cart is None or not cart.lines:
            return False
        ids = [line.line_id for line in cart.lines]
        at = ids.index(self._state.chosen) if self._state.chosen in ids else -1
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose(ids[(at + step) % len(ids) if at >= 0 else (0 if step > 0 else -1)])
        elif at >= 0 and key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Delete):
            quantity = cart.lines[at].quantity
            new = {Qt.Key.Key_Plus: quantity + 1, Qt.Key.Key_Minus: quantity - 1}.get(Qt.Key(key), 0)
            self._set_quantity(ids[at], new)
        else:
            return False
        return True

    # holding and clearing

    def show_held(self) -> None:
        """Ctrl+H."""
        if not self._paying:
            self._left.setCurrentWidget(self._held)

    def _show_unfinished(self) -> None:
        self._left.setCurrentWidget(self._open)

    def _hold(self) -> None:
        self._work.when_done(self._park)

    def _park(self) -> None:
        if (cart := self._work.cart) is not None and cart.lines:
            self.desk.tasks.run(self._selling.park, cart, done=lambda _: self._parked(), failed=self._refused)

    def _parked(self) -> None:
        self._next_guest()
        self.notice.emit(self.desk.texts("cart.was_held"), "info")

    def _resume(self, parked_id: str) -> None:
        def resume() -> Cart:
            if (cart := self._work.cart) is not None and cart.lines:
                self._selling.park(cart)
            return self._selling.resume(parked_id)

        self.desk.tasks.run(resume, done=self._resumed, failed=self._refused)

    def _resumed(self, cart: Cart) -> None:
        self._show_tiles()
        self._work.put(cart)
        self.reload()

    def _clear(self) -> None:
        old = self._work.cart
        undo = (self.desk.texts("cart.undo"), lambda: self._work.put(old))
        self._next_guest()
        self._panel.trouble.say(self.desk.texts("cart.was_cleared"), "info", undo)

    # payment

    def _pay(self, how: How) -> None:
        self._work.when_done(lambda: self._pay_now(how))

    def _pay_now(self, how: How) -> None:
        cart = self._work.cart
        if cart is None or not cart.lines or self._paying:
            return
        if self._page is not None and not self._page.shift_open:
            self._refused(Refused(Code.SHIFT_NEEDED))
            return
        self._panel.trouble.quiet()
        self._left.setCurrentWidget(self._payment)
        self._set_paying(True)
        self._payment.open(cart, how)

    def _reopen(self, sale_id: str) -> None:
        self._left.setCurrentWidget(self._payment)
        self._set_paying(True)
        self._payment.reopen(sale_id)

    def _returned(self, cart: Cart | None, error: Exception | None) -> None:
        self._show_tiles()
        if cart is not None:
            self._work.put(cart)
        if error is not None:
            self._refused(error)

    def _next_guest(self, last_words: str = "") -> None:
        """An empty Sell; `last_words` about the sale before stay until something is added."""
        self._state = replace(self._state, chosen="", sale_id="")
        self._panel.show_last(last_words)
        self._work.put(None)
        self._show_tiles()
        self.reload()

    def _set_paying(self, paying: bool) -> None:
        self.paying.emit(paying)
        self._size_panel(paying)
        if self._work.cart is not None:
            self._panel.show_cart(self._work.cart, self._state.chosen, paying=paying)

    def _size_panel(self, paying: bool) -> None:
        narrow = self.window().width() * 100 < WIDE * self.desk.look.scale
        wide = CART_PAYING if paying else CART_NARROW if narrow else CART
        self._panel.setFixedWidth(self.desk.px(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_panel(self._paying)
