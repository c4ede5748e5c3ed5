"""Payment in the place of the tiles: joins what is pressed to the checkout.

Money is three things here: paid, left, and not known yet. While something is not known, no second charge is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.shown import Approval, CardStep, PaymentPage, TenderStatus
from app.views.asking import Asking, Done
from app.views.desk import Desk
from app.views.payment_board import How, PaymentBoard
from app.views.payment_card import refused
from app.views.payment_partial import part_approved
from app.views.ports import Checkout, People, Shifts
from app.views.widgets.parts import column
from domain.cart import Cart
from domain.money import Money


class PaymentPanel(QWidget):
    """Signals: `returned` a cart (or None) and an exception (or None); `ended` words about the closed sale;
    `adopted` the cart of the sale, once `sale_id` is known."""

    returned = Signal(object, object)
    ended = Signal(str)
    adopted = Signal(object)

    def __init__(self, desk: Desk, checkout: Checkout, people: People, shifts: Shifts) -> None:
        super().__init__()
        self._desk, self._checkout = desk, checkout
        self._page: PaymentPage | None = None
        self._how, self._charging = How.CHOOSE, False
        self._pending_cash: Money | None = None
        self._asking = Asking(desk.tasks, self)
        self._board = PaymentBoard(desk, people)
        self.setLayout(column(self._board))
        self._join()
        desk.tasks.run(shifts.denominations, done=self._board.cash.set_notes)

    def _join(self) -> None:
        board = self._board
        board.header.back.connect(self.back)
        board.side.card.connect(self._press_card)
        board.side.cash.connect(self._press_cash)
        board.side.undo.connect(self._ask_undo)
        board.undo.confirmed.connect(self._undo_cash)
        board.undo.left.connect(self._start_over)
        board.side.give_back.connect(self._ask_give_back)
        board.cash.complete.connect(self._take_cash)
        board.terminal.cancel.connect(self._cancel_card)
        board.unknown.again.connect(self._ask_again)
        board.unknown.leave.connect(self._leave_open)
        board.unknown.answered.connect(self._resolve)
        board.back.given.connect(self._give_back)
        board.back.left.connect(self._start_over)
        board.done.over.connect(self._end)
        self._desk.signals.card_step.connect(self._step)

    # entering

    def open(self, cart: Cart, how: How) -> None:
        """A new payment. The page shows at once from the cart; keys pressed before the sale exists are not lost."""
        self._forget(how)
        self._board.show_cart(cart, how)
        self.setFocus()
        self._asking.run(self._checkout.begin, cart, done=self._begun, failed=self._not_opened)

    def reopen(self, sale_id: str) -> None:
        self._forget(How.CHOOSE)
        self._asking.run(self._checkout.page, sale_id, done=self._reopened, failed=self._not_opened)

    def refresh(self) -> None:
        """Something changed elsewhere: the page is asked for again, unless an answer is on its way anyway."""
        page = self._page
        if page is not None and page.paid_in_full is None and not (self._asking.busy or self._charging):
            self._desk.tasks.run(self._checkout.page, page.sale_id, done=self._refreshed)

    @property
    def sale_id(self) -> str:
        return self._page.sale_id if self._page else ""

    # keys

    def back(self) -> None:
        """Esc: out of a form; back to the sale while no money moved, else it stays open for later."""
        page = self._page
        if self.end_done() or page is None or self._charging or self._board.unknown.close_form():
            return
        if self._board.asks:
            self._start_over()
        elif page.paid or page.unknown:
            self._leave_open()
        else:
            self._ask(self._checkout.give_up, page.sale_id, done=self._gave_up)

    def take_key(self, event: QKeyEvent) -> bool:
        return self.end_done() or self._board.take_key(event)

    def end_done(self) -> bool:
        """Ends the "Paid" page early; False when it is not shown."""
        if not self._board.is_done:
            return False
        self._board.done.end()
        return True

    # answers

    def _begun(self, page: PaymentPage) -> None:
        how, pending = self._how, self._pending_cash
        self._took(page, keep=True)
        self.adopted.emit(page.cart)
        if how is How.CARD and page.left and not page.unknown:
            self._charge(page.left)
        elif not page.left and not page.unknown:  # nothing to charge or to split: everything is free
            self._press_cash()
        elif pending is not None:
            self._take_cash(pending)

    def _not_opened(self, error: Exception) -> None:
        self.returned.emit(None, error)

    def _reopened(self, page: PaymentPage) -> None:
        self._answered(page)
        self.adopted.emit(page.cart)

    def _refreshed(self, page: PaymentPage) -> None:
        if self._is_shown(page) and page != self._page and not self._asking.busy:
            self._took(page)

    def _took(self, page: PaymentPage, *, keep: bool = False) -> None:
        """`keep` what was typed while this answer was on its way."""
        before, self._page = self._page, page
        if page.paid_in_full is not None:
            self._board.show_done(page.paid_in_full)
            self._desk.sound("yes")
            self.setFocus()
            return
        self._board.show_page(page, self._how)
        entering = self._board.card in (self._board.cash, self._board.part)
        if not page.unknown and (before is None or before.left != page.left or not entering):
            self._enter(page, keep=keep)

    def _enter(self, page: PaymentPage, *, keep: bool = False) -> None:
        if not any(each.status is TenderStatus.WAITING for each in page.tenders):
            self._board.show_entry(self._how, page.left, page.quick, page.terminal, keep=keep)

    def _start_over(self) -> None:
        """Back to choosing how to go on."""
        self._how = How.CHOOSE
        if self._page is not None:
            self._board.show_page(self._page, self._how)
            self._enter(self._page)
            self.setFocus()

    def _is_shown(self, page: PaymentPage) -> bool:
        return self._page is not None and page.sale_id == self._page.sale_id

    # cash

    def _press_cash(self) -> None:
        page = self._page
        if page is None or self._charging or self._board.refuse_nothing():
            return
        if (part := self._board.part_of(page)) != page.left:
            self._take_cash(part)
            return
        over = self._board.cash_over(page)
        self._how = How.CASH
        self._board.show_page(page, self._how)
        self._enter(page)
        if over is not None:  # seen with its change first, taken by the next press
            self._board.cash.take(over)

    def _take_cash(self, tendered: Money) -> None:
        if self._page is None:
            self._pending_cash = tendered
        elif not self._asking.busy:
            self._ask(self._checkout.cash, self._page.sale_id, tendered, done=self._took)

    def _ask_undo(self) -> None:
        if self._page is not None and not (self._charging or self._asking.busy):
            self._board.show_undo(self._page)

    def _undo_cash(self) -> None:
        page = self._page
        if page is not None and not self._asking.busy:
            done = partial(self._undone, page.paid)
            self._ask(self._checkout.undo_cash, page.sale_id, done=done)

    def _undone(self, paid_before: Money, page: PaymentPage) -> None:
        self._how = How.CHOOSE
        self._took(page)
        self._board.header.say(self._desk.texts("payment.undone", amount=paid_before - page.paid))
        self.setFocus()

    # card

    def _press_card(self) -> None:
        if self._page is not None and not self._page.left:
            self._press_cash()  # a free sale is completed there, whichever key is pressed
            return
        if self._page is not None and not self._board.refuse_nothing():
            self._charge(self._board.card_part_of(self._page))

    def _charge(self, amount: Money) -> None:
        page = self._page
        if page is None or self._charging or self._asking.busy or page.unknown:
            return
        self._how, self._charging = How.CARD, True
        self._board.show_charge(page, amount)
        ask = (self._checkout.card, page.sale_id, amount, self._desk.signals.card_step.emit)
        self._desk.tasks.run_aside(*ask, done=self._charged, failed=self._card_trouble)

    def _charged(self, page: PaymentPage) -> None:
        if not self._is_shown(page):
            return
        self._charging, self._how = False, How.CHOOSE
        self._answered(page)

    def _answered(self, page: PaymentPage) -> None:
        """What a card's answer came to, when it is not simply paid: refused, or less than was asked for."""
        self._took(page)
        if (failed := refused(page)) is not None:
            self._desk.sound("no")
            self._board.show_failed(failed, page)
        elif (less := part_approved(page)) is not None:
            self._desk.sound("look")
            self._board.show_partial(less, page)

    def _card_trouble(self, error: Exception) -> None:
        self._charging, self._how = False, How.CHOOSE
        if self._page is not None:
            self._ask(
                self._checkout.page, self._page.sale_id, done=lambda page: self._after_trouble(page, error)
            )

    def _after_trouble(self, page: PaymentPage, error: Exception) -> None:
        self._took(page)
        if page.paid_in_full is None:
            self._board.header.trouble(error)

    def _cancel_card(self) -> None:
        if self._page is not None:
            cancel, sale_id = self._checkout.cancel_card, self._page.sale_id
            self._desk.tasks.run_aside(cancel, sale_id, failed=self._board.header.trouble)

    def _step(self, step: CardStep) -> None:
        card = self._board.unknown if self._board.card is self._board.unknown else self._board.terminal
        card.show_step(step)

    # an outcome that is not known

    def _ask_again(self) -> None:
        if self._page is not None and not self._asking.busy:
            self._board.unknown.asking()
            again = self._checkout.ask_again
            self._asking.run_aside(again, self._page.sale_id, done=self._answered, failed=self._not_answered)

    def _not_answered(self, error: Exception) -> None:
        if self._page is not None:
            self._board.unknown.show_page(self._page)
        self._board.header.trouble(error)

    def _resolve(self, approved: bool, code: str, approval: Approval) -> None:
        if self._page is not None:
            said = (self._page.sale_id, approved, code, approval)
            self._asking.run(
                self._checkout.resolve, *said, done=self._resolved, failed=self._board.unknown.fail
            )

    def _resolved(self, page: PaymentPage) -> None:
        self._board.unknown.close_form()
        self._how = How.CHOOSE
        self._took(page)

    # leaving

    def _ask_give_back(self) -> None:
        if self._page is not None and not self._charging:
            self._board.show_give_back(self._page)

    def _give_back(self, approval: Approval) -> None:
        if self._page is not None:
            ask = (self._checkout.give_back, self._page.sale_id, approval, self._desk.signals.card_step.emit)
            self._asking.run_aside(*ask, done=self._gave_up, failed=self._board.back.fail)

    def _gave_up(self, cart: Cart) -> None:
        self._forget(How.CHOOSE)
        self.returned.emit(cart, None)

    def _leave_open(self) -> None:
        self._forget(How.CHOOSE)
        self.ended.emit("")

    def _end(self) -> None:
        paid = self._page.paid_in_full if self._page else None
        self._forget(How.CHOOSE)
        self.ended.emit(self._board.done.last_words(paid) if paid else "")

    def _forget(self, how: How) -> None:
        self._asking.forget()
        self._page, self._pending_cash, self._charging, self._how = None, None, False, how

    def _ask(self, fn: Callable[..., object], *args: object, done: Done) -> None:
        self._asking.run(fn, *args, done=done, failed=self._board.header.trouble)
