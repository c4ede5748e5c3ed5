"""What is asked in the tiles' place before a sale is paid: a yes to places of others, a discount, a yes to that, the
number of a membership."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.shown import Approval
from app.views.beyond_form import BeyondForm
from app.views.cart_side import CartSide
from app.views.desk import Desk
from app.views.discount_form import DiscountForm
from app.views.member_form import MemberForm
from app.views.ports import People, Selling
from app.views.widgets.form import Form
from domain.cart import Cart
from domain.catalogue import MembershipPlan
from domain.discount import Discount


class SaleForms(QObject):
    """Signals: `opened` a form, `closed` when the tiles come back, `seen` when a membership was."""

    opened = Signal(object)
    closed = Signal()
    seen = Signal()

    def __init__(self, desk: Desk, people: People, selling: Selling, side: CartSide) -> None:
        super().__init__(side)
        self._side = side
        self._beyond = BeyondForm(desk, people, selling)
        self._discount = DiscountForm(desk, people, selling)
        self._member, self._selling = MemberForm(desk), selling
        self.all: tuple[Form, ...] = (self._beyond, self._discount, self._member)
        side.beyond.connect(self._ask_beyond)
        side.over.connect(self._ask_over)
        side.changed.connect(lambda cart: self._discount.show_cart(cart, side.chosen))
        side.panel.discount.connect(self._open_discount)
        self._beyond.left.connect(self.closed)
        self._beyond.allowed.connect(self._allowed)
        self._discount.left.connect(self._leave_discount)
        self._discount.given.connect(self._give)
        self._member.left.connect(self._leave_member)
        self._member.given.connect(self._see)

    def back(self) -> bool:
        """Esc: one step back inside a form; False when it is to be closed."""
        return self._discount.isVisible() and self._discount.step_back()

    def ask_member(self, plan: MembershipPlan) -> None:
        self.opened.emit(self._member)
        self._member.begin(plan)

    def _see(self, plan: str, number: str) -> None:
        def done() -> None:
            self._leave_member()
            self.seen.emit()

        self._side.work.do(lambda cart: self._selling.see(cart, plan, number), done, self._member.fail)

    def _leave_member(self) -> None:
        self._member.forget()
        self.closed.emit()

    def _ask_beyond(self, wanted: Cart, why: str) -> None:
        self.opened.emit(self._beyond)
        self._beyond.begin(wanted, why)

    def _allowed(self, cart: Cart) -> None:
        self._side.panel.trouble.quiet()
        self._side.work.put(cart)
        self.closed.emit()

    def _open_discount(self) -> None:
        cart = self._side.cart
        if cart is not None and cart.lines:
            self.opened.emit(self._discount)
            self._discount.begin(cart, self._side.chosen)

    def _ask_over(self, cart: Cart, error: Exception) -> None:
        self.opened.emit(self._discount)
        self._discount.begin_second(cart, error)

    def _give(self, given: Discount, approval: Approval | None) -> None:
        self._side.discount(given, approval, done=self._leave_discount, failed=self._discount.fail)

    def _leave_discount(self) -> None:
        self._discount.forget()
        self.closed.emit()
