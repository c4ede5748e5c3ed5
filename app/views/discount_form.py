"""In the tiles' place: a discount is typed, and where it is more than who sells may give, a second person says yes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.discount_ask import DiscountAsk, target_words
from app.views.discount_words import needs_second, off_words, reason_words, what_words
from app.views.ports import People, Selling
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.buttons import ARROWS
from app.views.widgets.form import Form
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, drop
from app.views.widgets.supervisor_strip import Among, Why
from domain.cart import Cart, discounted, reduced, totals
from domain.discount import Discount
from domain.staff import Permission

_GO_ON = (*ARROWS, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class DiscountForm(Form):
    """Signals: `given` a discount and the approval of a second person or None, `left`. One that the sale has already
    keeps its id."""

    given = Signal(object, object)

    def __init__(self, desk: Desk, people: People, selling: Selling) -> None:
        super().__init__()
        self._desk, self._people, self._selling = desk, people, selling
        self._cart: Cart | None = None
        self._ask: DiscountAsk | None = None
        self._second: SecondYes | None = None
        self._pages = Pages()
        side, edge = desk.px(24), desk.px(12)
        self.setLayout(column(self._pages, gap=0, margins=(side, edge, side, edge)))

    def begin(self, cart: Cart, line_id: str) -> None:
        """A new one for line `line_id`, or for the whole sale where there is none."""
        self.forget()
        self._cart = cart
        self._ask = DiscountAsk(self._desk, cart, line_id)
        self._ask.given.connect(lambda given: self.given.emit(given, None))
        self._ask.left.connect(self.left)
        self._open(self._ask)
        self._ask.begin()

    def begin_second(self, cart: Cart, error: Exception) -> None:
        """The discounts that the sale has need somebody's yes."""
        self.forget()
        self._cart = cart
        title = self._desk.texts("discount.all_title", off=off_words(self._desk.texts, reduced(cart).off))
        self._ask_second(cart, cart.discounts[-1], title, error)

    def show_cart(self, cart: Cart, line_id: str) -> None:
        """The sale has changed, or another line of it was chosen: a yes would be for another sale."""
        if self._cart is None or not self.isVisible():
            return
        changed, self._cart = cart != self._cart, cart
        if not cart.lines or (self._ask is None and changed):
            self.left.emit()
        elif self._ask is not None:
            self._ask.show_cart(cart, line_id)
            if changed:
                self.step_back()

    def fail(self, error: Exception) -> None:
        """What was typed stays. For more than who sells may give a second person is asked."""
        ask, cart = self._ask, self._cart
        if self._second is not None:
            self._second.fail(error)
        elif ask is not None and cart is not None and (given := ask.discount) and needs_second(error):
            self._ask_second(discounted(cart, given), given, self._asked(cart, given), error)
        elif ask is not None:
            ask.fail(error)

    def step_back(self) -> bool:
        """From the second person back to what was typed; False when there is nothing to go back to."""
        if self._second is None or self._ask is None:
            return False
        self._put_away(self._second)
        self._second = None
        self._ask.go_on()
        return True

    def forget(self) -> None:
        """A PIN that was typed is not kept, nor anything else."""
        for each in (self._ask, self._second):
            if each is not None:
                self._put_away(each)
        self._ask = self._second = self._cart = None

    # keys

    @property
    def is_begun(self) -> bool:
        return (self._ask is not None and self._ask.is_begun) or super().is_begun

    def resume(self, focused: QWidget | None) -> None:
        if self._ask is None or self._second is not None:
            super().resume(focused)
        elif focused is None or not self.isAncestorOf(focused):
            self._ask.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits are typed and arrows choose another line; no other key of the cart does anything meanwhile."""
        if event.key() in _GO_ON:
            super().keyPressEvent(event)
        elif self._ask is not None and self._second is None:
            self._ask.take_key(event)

    # what is shown

    def _asked(self, cart: Cart, given: Discount) -> str:
        texts = self._desk.texts
        off = totals(cart).gross - totals(discounted(cart, given)).gross
        what = target_words(texts, cart, given.line_id)
        return texts("discount.second_title", what=what, off=off_words(texts, off))

    def _ask_second(self, wanted: Cart, given: Discount, title: str, error: Exception) -> None:
        """The yes is to all discounts of the cart as it is `wanted`."""
        texts, right = self._desk.texts, Permission.DISCOUNT_OVER_LIMIT.value
        parts = what_words(texts, given.what), reason_words(texts, given)
        why = texts.line(parts)
        what = f"{why}\n{texts.trouble(error)}"
        among = Among(lambda: self._selling.may_allow(wanted), texts("discount.nobody_may"))
        said = Yes(title, what, texts("discount.give"), right, Why.NONE, among)
        self._second = SecondYes(self._desk, self._people, said)
        self._second.given.connect(lambda approval: self.given.emit(given, approval))
        self._second.left.connect(self._leave_second)
        self._open(self._second)
        self._second.begin()

    def _leave_second(self) -> None:
        if not self.step_back():
            self.left.emit()

    def _open(self, page: QWidget) -> None:
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

    def _put_away(self, page: QWidget) -> None:
        self._pages.removeWidget(page)
        drop(page)
