"""The cart of the page Sell and what staff do to it: adding, counting, holding, clearing. Services do the reckoning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.shown import Approval, ProductTile, SessionTile
from app.views.beyond_form import is_about_places, may_be_allowed, with_lines_of
from app.views.cart_keys import Chosen, Counted, TakenAway, key_on_cart
from app.views.cart_work import CartWork
from app.views.desk import Desk
from app.views.discount_words import needs_second, reason_words
from app.views.full_words import full_for, full_words
from app.views.ports import Selling
from app.views.sell_board import SellBoard
from app.views.widgets.buttons import ENTER, PRESSING
from app.views.widgets.cart_lines import About
from app.views.widgets.cart_panel import CartPanel
from domain import cart as carts
from domain.cart import Cart
from domain.catalogue import Product
from domain.discount import Discount
from domain.errors import Code, Refused

READ = timedelta(milliseconds=1500)  # in less nobody has read why something was refused
ASKED_MS = 200


class CartSide(QObject):
    """Signals: `emptied` when the next guest's turn has come, `held` and `resumed` after that has been done, `beyond`
    with the cart that only a supervisor may allow, and why; `over` with one whose discounts are more than who sells may
    give, and the refusal; `changed` the cart, or which line is chosen. `paying`: whether a payment is on the page."""

    emptied = Signal()
    held = Signal()
    resumed = Signal()
    beyond = Signal(object, str)
    over = Signal(object, object)
    changed = Signal(object)

    def __init__(
        self, desk: Desk, selling: Selling, tiles: SellBoard, paying: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.desk, self._selling, self._tiles = desk, selling, tiles
        self.chosen = ""
        self._seen: Cart | None = None
        self._paying = paying
        self.work = CartWork(desk.tasks, lambda: desk.now(), self)
        self.panel = CartPanel(desk)
        self.work.changed.connect(self._show)
        self.work.refused.connect(self.refuse)
        self.work.idle.connect(self._stop_asking)
        self._refused_at = desk.now() - READ
        self._asking = False
        self._asked_long = QTimer(self, singleShot=True, interval=ASKED_MS)
        self._asked_long.timeout.connect(self._show_asking)
        tiles.offered = lambda: self.panel.trouble.way_out is not None
        tiles.picked.connect(self.pick)
        tiles.tapped.connect(self._point)
        tiles.renewed.connect(self.show)
        self.panel.chosen.connect(self.choose)
        self.panel.quantity.connect(self._set_quantity)
        self.panel.undiscount.connect(self._undiscount)
        self.panel.hold.connect(lambda: self.set_aside())
        self.panel.emptied.connect(self._clear)

    @property
    def cart(self) -> Cart | None:
        return self.work.cart

    def load(self) -> None:
        """The first cart, when there is none."""
        if self.cart is None:
            self.desk.tasks.run(self._selling.empty, done=self.work.start)

    def take(self, cart: Cart | None) -> None:
        """Goes on with this cart; its places are held again."""
        self._seen = None
        self.work.put(cart)
        self.hold_places()

    def hold_places(self) -> None:
        self.work.do(self._selling.reserve)
        if self.work.busy and not self._asked_long.isActive():
            self._asked_long.start()

    def _show_asking(self) -> None:
        self._asking = True
        self.show()

    def _stop_asking(self) -> None:
        self._asked_long.stop()
        if self._asking:
            self._asking = False
            self.show()

    def _asked(self, cart: Cart) -> frozenset[str]:
        """The lines whose places are still asked for, once that takes long enough to be seen."""
        had = {line.line_id: line.quantity for line in self.work.good.lines} if self.work.good else {}
        grown = (line for line in cart.lines if line.places and line.quantity > had.get(line.line_id, 0))
        return frozenset(line.line_id for line in grown) if self._asking else frozenset()

    # lines

    def pick(self, tile: ProductTile) -> None:
        product, later = tile.product, tile.next_session
        if self.panel.stopped:
            self._say(self.panel.stopped)
        elif tile.elsewhere and later is not None:
            self._add(product, later.number)
        elif tile.full:
            self._offer(product, later, elsewhere=tile.elsewhere)
        else:
            self._add(product, self._tiles.session)

    def _offer(self, product: Product, later: SessionTile | None, *, elsewhere: bool = False) -> None:
        """It is full; one more is added for the later session, if there is one."""
        add = None
        if later is not None:
            words = self.desk.texts("sell.add_for", time=self.desk.texts.clock(later.starts_at))
            add = (words, lambda: self._add(product, later.number))
        self._say(full_words(self.desk.texts, product, later, elsewhere=elsewhere), "warn", add)

    def _add(self, product: Product, session: int) -> None:
        self._change(lambda cart: self._selling.add(cart, product.number, session), product)

    def _set_quantity(self, line_id: str, quantity: int) -> None:
        lines = self.cart.lines if self.cart else ()
        product = next((line.product for line in lines if line.line_id == line_id), None)
        self._change(lambda cart: self._selling.set_quantity(cart, line_id, quantity), product)

    def _change(self, change: Callable[[Cart], Cart], product: Product | None) -> None:
        """The line is there at once; its places are taken behind it, and paying waits until they are."""
        if not self.unread:
            self.panel.trouble.quiet()
        self.work.do(change, failed=partial(self._not_added, product))
        self.hold_places()

    def _not_added(self, product: Product | None, error: Exception) -> None:
        """Where not even one more has room, the next session that has is offered."""
        session = full_for(self.cart, product, error) if self.cart and product else 0
        if product is None or not session:
            self.refuse(error)
        else:
            self._offer(product, self._tiles.session_after(product, session))
            self.desk.sound("look")

    # discounts

    def discount(
        self,
        given: Discount,
        approval: Approval | None,
        *,
        done: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """One more, or with an approval one that the sale has already."""

        def change(cart: Cart) -> Cart:
            without = self._selling.undiscount(cart, given.discount_id)
            return self._selling.discount(without, given, approval)

        self.panel.trouble.quiet()
        self.work.do(change, done, failed)

    def _undiscount(self, discount_id: str) -> None:
        self.panel.trouble.quiet()
        self.work.do(lambda cart: self._selling.undiscount(cart, discount_id))

    def _say_dropped(self, cart: Cart) -> None:
        before, self._seen = self._seen, cart
        dropped = carts.dropped(before, cart) if before is not None else ()
        if dropped:
            texts = self.desk.texts
            what = texts.line(reason_words(texts, each) for each in dropped)
            self._say(texts("discount.dropped", n=len(dropped), what=what), "warn")

    # what was refused

    @property
    def unread(self) -> bool:
        """Whether something was refused so short a time ago that what is pressed now was not meant as an answer."""
        return bool(self.panel.trouble.words) and timedelta(0) <= self.desk.now() - self._refused_at < READ

    def when_read(self, call: Callable[[], None]) -> Callable[[], None]:
        """`call`, which does nothing while a refusal is `unread`: its words stay, and the sound comes again."""
        return lambda: self.desk.sound("look") if self.unread else call()

    def _say(
        self, words: str, kind: str = "bad", action: tuple[str, Callable[[], None]] | None = None
    ) -> None:
        self._refused_at = self.desk.now()
        self.panel.trouble.say(words, kind, action)
        self._point()

    def _point(self) -> None:
        """Enter does what is offered: the focus, which a tap left on a tile, shows it."""
        at: QWidget | None = self._tiles.window().focusWidget()
        offered = self.panel.trouble.way_out
        if offered is not None and at is not None and self._tiles.isAncestorOf(at):
            offered.setFocus()

    def refuse(self, error: Exception) -> None:
        """Says why; places that nobody here may sell can be allowed by a supervisor."""
        cart, texts = self.cart, self.desk.texts
        if cart is not None and isinstance(error, Refused) and may_be_allowed(error):
            ask = (texts("sell.ask_supervisor"), lambda: self._ask_beyond(cart, error))
            waits, places = error.code is Code.RECOVERING, int(error.facts.get("places", 1))
            self._say(texts("sell.short_waits") if waits else texts("sell.short", n=places), "bad", ask)
        elif cart is not None and cart.discounts and needs_second(error):
            yes = (texts("sell.ask_supervisor"), lambda: self.over.emit(cart, error))
            self._say(texts("discount.over"), "bad", yes)
        else:
            self._say(texts.trouble(error))
        if is_about_places(error):
            self.work.do_next(self._selling.trim)
        self.desk.sound("look")

    def _ask_beyond(self, wanted: Cart, why: Refused) -> None:
        if self.cart is not None:
            self.beyond.emit(with_lines_of(self.cart, wanted), self.desk.texts.trouble(why))

    def choose(self, line_id: str) -> None:
        self.chosen = line_id
        self.show()

    def show(self) -> None:
        """Once more, as it is."""
        if self.cart is not None:
            self._show(self.cart)

    def _show(self, cart: Cart) -> None:
        gone = self._tiles.withdrawn if not cart.booking_id else frozenset[int]()
        about = About(self._asked(cart), gone, self._tiles.activities(cart))
        self.panel.show_cart(cart, self.chosen, about, paying=self._paying())
        self._tiles.count(cart)
        self._say_dropped(cart)
        self.changed.emit(cart)

    def take_key(self, event: QKeyEvent) -> bool:
        offered = self.panel.trouble.way_out
        pressing = PRESSING if offered is not None and offered.hasFocus() else ENTER
        if event.key() in pressing:
            may_act = self._tiles.isVisible() and not self.unread  # not from a form's field
            return may_act and self.panel.trouble.act()
        if self.cart is None:
            return False
        match key_on_cart(self.cart, self.chosen, event.key()):
            case Chosen(line_id):
                self.choose(line_id)
            case Counted(line_id, quantity):
                self._set_quantity(line_id, quantity)
            case TakenAway(discount_id):
                self._undiscount(discount_id)
            case None:
                return False
        return True

    # holding and clearing

    def set_aside(self, then: Callable[[], None] = lambda: None) -> None:
        """Holds what is in the cart, if anything, before something takes its place."""
        self.work.when_done(self.when_read(lambda: self._park(then)))

    def _park(self, then: Callable[[], None]) -> None:
        def parked(_: object) -> None:
            self.held.emit()
            then()

        if (cart := self.cart) is not None and cart.lines:
            self.desk.tasks.run(self._selling.park, cart, done=parked, failed=self.refuse)
        else:
            then()

    def resume(self, parked_id: str) -> None:
        """A held sale; what is in the cart is held instead."""

        def resume() -> Cart:
            if (cart := self.cart) is not None and cart.lines:
                self._selling.park(cart)
            return self._selling.resume(parked_id)

        run = self.desk.tasks.run
        self.work.when_done(lambda: run(resume, done=self._resumed, failed=self.refuse))

    def _resumed(self, cart: Cart) -> None:
        self.resumed.emit()
        self.take(cart)

    def undo(self) -> bool:
        if self._paying() or not self.work.undo():
            return False
        self.panel.trouble.quiet()
        self.hold_places()
        return True

    def empty(self, last_words: str = "") -> None:
        """For the next guest; `last_words` about the sale before stay until something is added."""
        self.chosen, self._seen = "", None
        self.panel.show_last(last_words)
        self.work.put(None)

    def _clear(self) -> None:
        old = self.cart
        undo = (self.desk.texts("cart.undo"), lambda: self._bring_back(old))
        self.emptied.emit()
        if old is not None:
            self.work.remember(old)
        self.panel.trouble.say(self.desk.texts("cart.was_cleared"), "info", undo)

    def _bring_back(self, cart: Cart | None) -> None:
        self._seen = None
        self.work.put(cart)
        self.panel.trouble.quiet()
        self.hold_places()
