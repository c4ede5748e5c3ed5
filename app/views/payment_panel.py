"""Payment in the place of the tiles: what is due, how to pay, what was paid; the method at work has the right side.

Money is three things here: paid, left, and not known yet. While something is not known, no second charge is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.shown import Approval, CardStep, Paid, PaymentPage, TenderStatus
from app.views.desk import Desk
from app.views.payment_card import FailedCard, TerminalCard
from app.views.payment_cash import CashCard, PartCard
from app.views.payment_done import DoneCard
from app.views.payment_side import PaymentHeader, PaymentSide
from app.views.payment_unknown import UnknownCard
from app.views.ports import Checkout, People, Shifts
from app.views.widgets.parts import column, holder, panel, row, scroller
from domain.cart import Cart, totals
from domain.money import Money

Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class How(StrEnum):
    """What the right side is for: entering cash, the terminal, or a part by either."""

    CASH = "cash"
    CARD = "card"
    CHOOSE = "choose"


class PaymentPanel(QWidget):
    """Signals: `returned` a cart (or None) and an exception (or None); `ended` words about the closed sale;
    `adopted` the cart of a reopened sale."""

    returned = Signal(object, object)
    ended = Signal(str)
    adopted = Signal(object)

    def __init__(self, desk: Desk, checkout: Checkout, people: People, shifts: Shifts) -> None:
        super().__init__()
        self._desk, self._checkout = desk, checkout
        self._page: PaymentPage | None = None
        self._how, self._charging, self._busy = How.CHOOSE, False, False
        self._pending_cash: Money | None = None
        self._then: Done = self._took
        self._else: Failed = lambda _error: None
        self._header, self._side = PaymentHeader(desk), PaymentSide(desk)
        self._cash, self._part = CashCard(desk), PartCard(desk)
        self._terminal, self._failed = TerminalCard(desk), FailedCard(desk)
        self._unknown, self._done = UnknownCard(desk, people), DoneCard(desk)
        self._cards: tuple[QWidget, ...] = (
            self._cash,
            self._part,
            self._terminal,
            self._failed,
            self._unknown,
        )
        self._right = QStackedWidget()
        for each in self._cards:
            self._right.addWidget(scroller(each))
        self._split = row(self._side, panel("card", column(self._right)), gap=desk.px(16))
        work = column(self._header, self._split, gap=desk.px(12))
        work.setContentsMargins(desk.px(24), desk.px(8), desk.px(24), desk.px(16))
        work.setStretch(1, 1)
        self._all = QStackedWidget()
        self._all.addWidget(holder(work))
        self._all.addWidget(self._done)
        self.setLayout(column(self._all))
        self._join()
        desk.tasks.run(shifts.denominations, done=self._cash.set_notes)

    def _join(self) -> None:
        self._header.back.connect(self.back)
        self._side.card.connect(self._press_card)
        self._side.cash.connect(self._press_cash)
        self._side.undo.connect(self._undo_cash)
        self._cash.complete.connect(self._take_cash)
        self._terminal.cancel.connect(self._cancel_card)
        self._unknown.again.connect(self._ask_again)
        self._unknown.leave.connect(self._leave_open)
        self._unknown.answered.connect(self._resolve)
        self._done.over.connect(self._end)
        self._desk.signals.card_step.connect(self._step)

    # entering

    def open(self, cart: Cart, how: How) -> None:
        """A new payment. The page shows at once from the cart; keys pressed before the sale exists are not lost."""
        self._page, self._pending_cash, self._charging, self._how = None, None, False, how
        self._all.setCurrentIndex(0)
        total = totals(cart).gross
        self._header.show_due(total, total.zero, total, total.zero, ())
        self._side.show_nothing(cart)
        self._start_how(total, ())
        self.setFocus()
        self._run(
            self._checkout.begin, cart, done=self._begun, failed=lambda error: self.returned.emit(None, error)
        )

    def reopen(self, sale_id: str) -> None:
        self._page, self._how, self._charging = None, How.CHOOSE, False
        self._all.setCurrentIndex(0)
        self._run(
            self._checkout.page,
            sale_id,
            done=self._reopened,
            failed=lambda error: self.returned.emit(None, error),
        )

    def refresh(self) -> None:
        """Something changed elsewhere: the page is asked for again, unless an answer is on its way anyway."""
        if self._page is not None and not self._busy and self._page.paid_in_full is None:
            self._desk.tasks.run(self._checkout.page, self._page.sale_id, done=self._refreshed)

    @property
    def sale_id(self) -> str:
        return self._page.sale_id if self._page else ""

    # keys

    def back(self) -> None:
        """Esc: out of a form; back to the sale while no money moved, else it stays open for later."""
        page = self._page
        if self.end_done() or page is None or self._charging or self._unknown.close_form():
            return
        if page.paid or page.unknown:
            self._leave_open()
        else:
            self._run(self._checkout.give_up, page.sale_id, done=lambda cart: self.returned.emit(cart, None))

    def take_key(self, event: QKeyEvent) -> bool:
        if self.end_done():
            return True
        entry = self._card
        return isinstance(entry, CashCard | PartCard) and entry.take_key(event)

    def end_done(self) -> bool:
        """Ends the "Paid" page early; False when it is not shown."""
        if self._all.currentWidget() is not self._done:
            return False
        self._done.end()
        return True

    # answers of the service

    def _begun(self, page: PaymentPage) -> None:
        how, pending = self._how, self._pending_cash
        self._took(page)
        if how is How.CARD and not page.paid and not page.unknown:
            self._charge(page.left)
        elif pending is not None:
            self._take_cash(pending)

    def _reopened(self, page: PaymentPage) -> None:
        self.adopted.emit(page.cart)
        self._took(page)

    def _refreshed(self, page: PaymentPage) -> None:
        if (
            self._page is not None
            and page.sale_id == self._page.sale_id
            and page != self._page
            and not self._busy
        ):
            self._took(page)

    def _took(self, page: PaymentPage) -> None:
        before, self._page = self._page, page
        self._header.quiet()
        if page.paid_in_full is not None:
            self._show_done(page.paid_in_full)
            return
        methods = tuple(sorted({row.method for row in page.tenders if row.status is TenderStatus.DONE}))
        self._header.show_due(page.total, page.paid, page.left, page.unknown, methods)
        waiting = any(row.status is TenderStatus.WAITING for row in page.tenders)
        how = How.CARD if waiting else self._how
        self._side.show_page(page, busy=waiting or bool(page.unknown), how=how.value)
        self._split.setStretch(0, 37 if page.unknown else 46)
        self._split.setStretch(1, 63 if page.unknown else 54)
        if page.unknown:
            self._show(self._unknown)
            self._unknown.show_page(page)
        elif waiting:
            self._show(self._terminal)
            self._terminal.show_waiting(page.terminal, page.left)
        elif before is None or before.left != page.left or self._card not in self._entries():
            self._start_how(page.left, page.quick)

    def _entries(self) -> tuple[QWidget, ...]:
        return (self._cash, self._part)

    def _start_how(self, left: Money, quick: tuple[Money, ...]) -> None:
        match self._how:
            case How.CASH:
                self._cash.start(left, quick)
                self._show(self._cash)
            case How.CARD:
                self._terminal.show_waiting(self._page.terminal if self._page else "", left)
                self._show(self._terminal)
            case How.CHOOSE:
                self._part.start(left)
                self._show(self._part)
        self._side.mark(self._how.value)

    @property
    def _card(self) -> QWidget:
        return self._cards[self._right.currentIndex()]

    def _show(self, card: QWidget) -> None:
        self._right.setCurrentIndex(self._cards.index(card))

    def _show_done(self, paid: Paid) -> None:
        self._charging = False
        self._all.setCurrentWidget(self._done)
        self._done.show_paid(paid)
        self._desk.sound("yes")
        self.setFocus()

    # methods

    def _press_card(self) -> None:
        if self._page is not None and not self._charging:
            self._charge(self._part_of(self._page))

    def _press_cash(self) -> None:
        page = self._page
        if page is None or self._charging:
            return
        if (part := self._part_of(page)) != page.left:
            self._take_cash(part)
            return
        self._how = How.CASH
        self._side.show_page(page, busy=False, how=self._how.value)
        self._start_how(page.left, page.quick)

    def _part_of(self, page: PaymentPage) -> Money:
        """What the next payment is for: the typed part of a split, else all that is left."""
        part = self._part.amount if self._card is self._part else page.left
        return part if 0 < part.minor <= page.left.minor else page.left

    def _take_cash(self, tendered: Money) -> None:
        if self._page is None:
            self._pending_cash = tendered
        elif not self._busy:
            self._run(self._checkout.cash, self._page.sale_id, tendered, done=self._took)

    def _undo_cash(self) -> None:
        if self._page is not None:
            self._run(self._checkout.undo_cash, self._page.sale_id, done=self._took)

    def _charge(self, amount: Money) -> None:
        page = self._page
        if page is None or self._charging or page.unknown:
            return
        self._how, self._charging = How.CARD, True
        self._header.lock()
        self._side.show_page(page, busy=True, how="card")
        self._terminal.start(page.terminal, amount)
        self._show(self._terminal)
        step = self._desk.signals.card_step.emit
        self._desk.tasks.run_aside(
            self._checkout.card, page.sale_id, amount, step, done=self._charged, failed=self._card_trouble
        )

    def _charged(self, page: PaymentPage) -> None:
        self._charging = False
        last = page.tenders[-1] if page.tenders else None
        failed = last is not None and last.method == "card" and last.status is TenderStatus.FAILED
        self._how = How.CHOOSE if page.paid_in_full is None and not failed else self._how
        self._took(page)
        if failed and last is not None and not page.unknown and page.paid_in_full is None:
            self._desk.sound("no")
            self._failed.show_reason(last, page.left)
            self._show(self._failed)
            self._side.show_page(page, busy=False, how="")

    def _card_trouble(self, error: Exception) -> None:
        self._charging = False
        self._how = How.CHOOSE
        self._header.trouble(error)
        if self._page is not None:
            self._desk.tasks.run(self._checkout.page, self._page.sale_id, done=self._after_trouble)

    def _after_trouble(self, page: PaymentPage) -> None:
        words = self._header.words
        self._took(page)
        self._header.say(words)
        if not page.unknown and page.paid_in_full is None:
            self._start_how(page.left, page.quick)

    def _cancel_card(self) -> None:
        if self._page is not None:
            self._desk.tasks.run_aside(
                self._checkout.cancel_card, self._page.sale_id, failed=self._header.trouble
            )

    def _step(self, step: CardStep) -> None:
        card = self._unknown if self._card is self._unknown else self._terminal
        card.show_step(step)

    # an outcome that is not known

    def _ask_again(self) -> None:
        if self._page is not None and not self._busy:
            self._unknown.asking()
            self._busy, self._then, self._else = True, self._took, self._not_answered
            ask, sale_id = self._checkout.ask_again, self._page.sale_id
            self._desk.tasks.run_aside(ask, sale_id, done=self._over, failed=self._refused)

    def _not_answered(self, error: Exception) -> None:
        self._header.trouble(error)
        if self._page is not None and self._page.unknown:
            self._unknown.show_page(self._page)

    def _resolve(self, approved: bool, code: str, approval: Approval) -> None:
        if self._page is not None:
            ask = (self._page.sale_id, approved, code, approval)
            self._run(self._checkout.resolve, *ask, done=self._resolved, failed=self._unknown.fail)

    def _resolved(self, page: PaymentPage) -> None:
        self._unknown.close_form()
        self._how = How.CHOOSE
        self._took(page)

    def _leave_open(self) -> None:
        self.ended.emit("")

    def _end(self) -> None:
        paid = self._page.paid_in_full if self._page else None
        self._page = None
        self.ended.emit(self._done.last_words(paid) if paid else "")

    # one question at a time

    def _run(
        self, fn: Callable[..., object], *args: object, done: Done, failed: Failed | None = None
    ) -> None:
        self._busy, self._then, self._else = True, done, failed or self._header.trouble
        self._desk.tasks.run(fn, *args, done=self._over, failed=self._refused)

    def _over(self, result: Any) -> None:
        self._busy = False
        self._then(result)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        self._else(error)
