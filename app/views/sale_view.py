"""Sell: tiles and cart, and the payment that takes the tiles' place. The cart is kept in its side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent

from app.shown import OpenPayment, ParkedCart
from app.shown_status import StationStatus
from app.views.cart_side import CartSide
from app.views.desk import Desk
from app.views.page import Page
from app.views.payment_board import How
from app.views.payment_panel import PaymentPanel
from app.views.ports import Checkout, People, Selling, Shifts
from app.views.sale_forms import SaleForms
from app.views.sale_lists import SaleLists
from app.views.sell_board import SellBoard
from app.views.stopped import why_no_record, why_no_sale
from app.views.widgets.pages import Pages
from app.views.widgets.parts import row
from app.views.widgets.tab_row import TURN
from domain.cart import Cart, unseen
from domain.errors import Code, Refused

Lists = tuple[tuple[ParkedCart, ...], tuple[OpenPayment, ...]]
PAY = ("F9", "F10", "F11")
ACTIONS = (*PAY, "F12", "Ctrl+D")
CART, CART_PAYING, CART_NARROW, CART_CLOSE, WIDE = 408, 344, 360, 316, 1366


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
        self._tiles = SellBoard(desk, selling)
        self._side = CartSide(desk, selling, self._tiles, lambda: self._paying, self)
        self._payment = PaymentPanel(desk, checkout, people, shifts)
        self._lists = SaleLists(desk)
        self._forms = SaleForms(desk, people, selling, self._side)
        self._how = How.CHOOSE  # what was pressed before a membership was asked for
        self._left = Pages()
        for each in (self._tiles, self._payment, self._lists, *self._forms.all):
            self._left.addWidget(each)
        self._panel, self._work = self._side.panel, self._side.work
        self._join()
        desk.signals.changed.connect(self._forget_voided)
        layout = row(self._left, self._panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _join(self) -> None:
        side, panel, payment = self._side, self._panel, self._payment
        self._tiles.go.connect(self.go)
        side.emptied.connect(self._next_guest)
        side.held.connect(self._held)
        side.resumed.connect(self._resumed)
        panel.card.connect(lambda: self._pay(How.CARD))
        panel.cash.connect(lambda: self._pay(How.CASH))
        panel.split.connect(lambda: self._pay(How.CHOOSE))
        panel.held_list.connect(self.show_held)
        panel.resolve_list.connect(self._show_unfinished)
        payment.returned.connect(self._returned)
        payment.ended.connect(self._next_guest)
        payment.adopted.connect(self._adopt)
        self._lists.left.connect(self._show_tiles)
        self._forms.opened.connect(self._left.setCurrentWidget)
        self._forms.closed.connect(self._show_tiles)
        self._forms.seen.connect(lambda: self._pay(self._how))
        self._lists.resumed.connect(side.resume)
        self._lists.reopened.connect(self.reopen)

    # the page's life

    def reload(self) -> None:
        self._tiles.load()
        self._side.load()
        self.desk.tasks.run(self._ask_lists, done=self._take_lists)
        if self._paying:
            self._payment.refresh()

    def keep(self) -> object:
        tiles, sale_id = self._tiles, self._payment.sale_id if self._paying else ""
        return SaleState(self.cart, self._side.chosen, tiles.chosen, tiles.category, sale_id)

    def restore(self, kept: object) -> None:
        if isinstance(kept, SaleState):
            self._side.chosen, self._tiles.chosen = kept.chosen, kept.session
            self._tiles.category = kept.category
            if kept.sale_id:
                self._go_on_paying(kept.sale_id)
            self._side.take(kept.cart)
            self._panel.show_last("")

    def back(self) -> None:
        if self._paying:
            self._payment.back()
        elif self._left.currentWidget() is not self._tiles:
            if not self._forms.back():
                self._show_tiles()
        else:
            self._side.choose("")

    def any_key(self) -> bool:
        return self._paying and self._payment.end_done()

    def take_scan(self, code: str) -> bool:
        self.any_key()
        return False

    def show_status(self, status: StationStatus) -> None:
        texts = self.desk.texts
        self._panel.show_offline(status.offline_since is not None)
        self._panel.stop(why := why_no_sale(status, texts), why_no_record(status, texts))
        self._tiles.stop(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._work.waits:
            again = event.clone()
            self._work.when_done(lambda: self.keyPressEvent(again))
            return
        taken = self._payment.take_key(event) if self._paying else self._side.take_key(event)
        if not taken:
            super().keyPressEvent(event)

    @property
    def session(self) -> int:
        """The session that tiles are sold for; 0 before the page is there."""
        return self._tiles.session

    @property
    def cart(self) -> Cart | None:
        return self._work.cart

    @property
    def _paying(self) -> bool:
        return self._left.currentWidget() is self._payment

    def _ask_lists(self) -> Lists:
        return self._selling.parked(), self._checkout.to_resolve()

    def _take_lists(self, lists: Lists) -> None:
        self._lists.take(*lists)
        self._show_lists()

    def _show_lists(self) -> None:
        """All but the sale that is on the page."""
        self._panel.show_lists(*self._lists.show_but(self._payment.sale_id if self._paying else ""))

    # tiles and search

    def search(self, words: str) -> None:
        """Products in place of the tiles."""
        if not self._paying:
            self._left.setCurrentWidget(self._tiles)
            self._tiles.search(words)

    def take_tile(self, index: int) -> None:
        """Enter in the search field takes the first, Ctrl+1…9 the others."""
        if self._left.currentWidget() is self._tiles and (tile := self._tiles.tile(index)) is not None:
            self._side.pick(tile)

    def show_keys(self, shown: bool) -> None:
        """The digits that take tiles while Ctrl is held."""
        self._tiles.show_keys(shown)

    def _show_tiles(self) -> None:
        self._left.setCurrentWidget(self._tiles)
        self._set_paying(False)
        self.setFocus()

    # held and unfinished sales

    def show_held(self) -> None:
        """Ctrl+H."""
        if not self._paying:
            self._left.setCurrentWidget(self._lists)
            self._lists.open_held()

    def _show_unfinished(self) -> None:
        self._left.setCurrentWidget(self._lists)
        self._lists.open_unfinished()

    def _held(self) -> None:
        self._next_guest()
        self.notice.emit(self.desk.texts("cart.was_held"), "info")

    def _resumed(self) -> None:
        self.unsaid.emit(self.desk.texts("cart.was_held"))
        self._show_tiles()
        self.reload()

    def undo(self) -> bool:
        return self._side.undo()

    # payment

    def press(self, key: str) -> bool:
        """While the last tap is on its way, what begins something waits: its button may not be enabled yet."""
        if self._work.busy and key in ACTIONS:
            self._work.when_done(partial(self.press, key))
            return True
        if self._panel.stopped and key in PAY and not self._paying:
            self._panel.trouble.say(self._panel.stopped)
            return True
        pressed = super().press(key)
        if pressed and key == TURN:
            self._tiles.point_at_session()  # so that keys to the sides go through those of the activity
        return pressed

    def _pay(self, how: How) -> None:
        self._work.when_done(self._side.when_read(lambda: self._pay_now(how)))

    def _pay_now(self, how: How) -> None:
        cart = self.cart
        if cart is None or not cart.lines or self._paying:
            return
        if not self._tiles.shift_open:
            self._side.refuse(Refused(Code.SHIFT_NEEDED))
            return
        self._panel.trouble.quiet()
        if (plan := self._tiles.plan(next(iter(unseen(cart)), ""))) is not None:
            self._how = how
            self._forms.ask_member(plan)
            return
        self._show_payment()
        self._payment.open(cart, how)

    def _show_payment(self) -> None:
        self._size_panel(True)  # first, or the window would have to hold the wide cart beside the payment
        self._left.setCurrentWidget(self._payment)
        self._set_paying(True)

    def reopen(self, sale_id: str) -> None:
        """Goes on with a payment that is not finished; a cart that is not being paid is held."""
        if self._paying:
            self._go_on_paying(sale_id)
        else:
            self._side.set_aside(lambda: self._go_on_paying(sale_id))

    def pay_booking(self, cart: Cart) -> None:
        """What was booked ahead is paid; a cart that is on the page is held."""
        if self._paying and self._payment.sale_id:
            self.notice.emit(self.desk.texts("bookings.finish_first"), "warn")
        else:
            self._side.set_aside(lambda: self._pay_booked(cart))

    def _pay_booked(self, cart: Cart) -> None:
        self._panel.trouble.quiet()
        self._show_payment()
        self._payment.open(cart, How.CHOOSE)

    def _adopt(self, cart: Cart) -> None:
        self._work.put(cart)
        self._show_lists()

    def _go_on_paying(self, sale_id: str) -> None:
        self._show_payment()
        self._payment.reopen(sale_id)

    def _returned(self, cart: Cart | None, error: Exception | None) -> None:
        self._show_tiles()
        if cart is not None and cart.booking_id:  # as it was booked: nothing is added to it here
            self._side.empty()
            self.go.emit("bookings")
        elif cart is not None:
            self._side.take(cart)
        self._side.load()
        if error is not None:
            self._side.refuse(error)

    def _next_guest(self, last_words: str = "") -> None:
        """An empty Sell; `last_words` about the sale before stay until something is added."""
        self._side.empty(last_words)
        self._show_tiles()
        self.reload()

    def _forget_voided(self, topics: frozenset[str]) -> None:
        """What was said of the sale before is not true any more."""
        if "SaleVoided" in topics:
            self._panel.show_last("")
            self._side.show()

    def _set_paying(self, paying: bool) -> None:
        self.paying.emit(paying)
        self._size_panel(paying)
        self._side.show()

    def _size_panel(self, paying: bool) -> None:
        narrow = self.window().width() * 100 < WIDE * self.desk.look.scale
        paying_wide, wide = (CART_CLOSE, CART_NARROW) if narrow else (CART_PAYING, CART)
        self._panel.setFixedWidth(self.desk.px(paying_wide if paying else wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_panel(self._paying)
