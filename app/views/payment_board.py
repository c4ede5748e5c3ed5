"""What a payment looks like: header, ways to pay, and on the right the card at work. Decides nothing about money."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.shown import Paid, PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.payment_card import FailedCard, GiveBackCard, TerminalCard
from app.views.payment_cash import CashCard, PartCard
from app.views.payment_done import DoneCard
from app.views.payment_partial import PartialCard, rest_of
from app.views.payment_side import PaymentHeader, PaymentSide
from app.views.payment_undo import UndoCashCard
from app.views.payment_unknown import UnknownCard
from app.views.ports import People
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, holder, panel, row
from app.views.widgets.scroll import Scroll, scroller
from domain.cart import Cart, totals
from domain.money import Money, total


class How(StrEnum):
    """What the right side is for: entering cash, the terminal, or a part by either."""

    CASH = "cash"
    CARD = "card"
    CHOOSE = "choose"


class PaymentBoard(QWidget):
    """Its parts are public: the panel joins their signals to the services."""

    def __init__(self, desk: Desk, people: People) -> None:
        super().__init__()
        self.header, self.side = PaymentHeader(desk), PaymentSide(desk)
        self.cash, self.part = CashCard(desk), PartCard(desk)
        self.terminal, self.failed = TerminalCard(desk), FailedCard(desk)
        self.partial, self.undo = PartialCard(desk), UndoCashCard(desk)
        self._again: Money | None = None
        self.unknown, self.back, self.done = (
            UnknownCard(desk, people),
            GiveBackCard(desk, people),
            DoneCard(desk),
        )
        self._cards: tuple[QWidget, ...] = (
            self.cash, self.part, self.terminal, self.failed, self.partial, self.unknown, self.back, self.undo,
        )  # fmt: skip
        self._right = Pages()
        for each in self._cards:
            scrolls_itself = each in (self.unknown, self.back, self.terminal)
            self._right.addWidget(each if scrolls_itself else scroller(each, whole=True))
        self._split = row(self.side, panel("card", column(self._right)), gap=desk.px(16))
        work = column(self.header, self._split, gap=desk.px(8 if desk.look.close else 12))
        edge = desk.px(4 if desk.look.close else 8)
        work.setContentsMargins(desk.px(24), edge, desk.px(24), 2 * edge)
        work.setStretch(1, 1)
        self._all = Pages()
        self._all.addWidget(holder(work))
        self._all.addWidget(self.done)
        self.setLayout(column(self._all))

    @property
    def card(self) -> QWidget:
        return self._cards[self._right.currentIndex()]

    @property
    def is_done(self) -> bool:
        return self._all.currentWidget() is self.done

    @property
    def asks(self) -> bool:
        """Whether a question lies open that Esc leaves."""
        return self.card in (self.back, self.undo)

    def take_key(self, event: QKeyEvent) -> bool:
        entry = self.card
        if isinstance(entry, CashCard | PartCard) and entry.take_key(event):
            return True
        told = entry.told if isinstance(entry, UnknownCard | TerminalCard) else self._right.currentWidget()
        scrolled = [isinstance(told, Scroll) and told.take_key(event), self.side.rows.take_key(event)]
        return any(scrolled)

    def part_of(self, page: PaymentPage) -> Money:
        """What the next payment is for: the typed part of a split, else all that is left."""
        return self._at_most(page, self.part.amount if self.card is self.part else page.left)

    def card_part_of(self, page: PaymentPage) -> Money:
        """What the card is asked for: after a card that failed the same part again, after one that gave less the rest
        of its part."""
        if self.card in (self.failed, self.partial) and self._again is not None:
            return self._at_most(page, self._again)
        return self.part_of(page)

    def cash_over(self, page: PaymentPage) -> Money | None:
        """What was typed as a part, when it is more than what is left: cash to give change from."""
        typed = self.part.amount if self.card is self.part else page.left
        return typed if typed > page.left else None

    def refuse_nothing(self) -> bool:
        """Says so when the part that was typed is nothing; False when there is something to take."""
        wrong = self.card is self.part and self.part.is_nothing
        if wrong:
            self.part.refuse()
        return wrong

    @staticmethod
    def _at_most(page: PaymentPage, part: Money) -> Money:
        return part if 0 < part.minor <= page.left.minor else page.left

    def show_cart(self, cart: Cart, how: How) -> None:
        """Before the sale exists: from the cart alone."""
        due = totals(cart).gross
        self._all.setCurrentIndex(0)
        self.header.quiet()
        self.header.show_due(due, due.zero, due, due.zero, ())
        self.side.show_nothing(cart)
        self.show_entry(how, due, ())

    def show_page(self, page: PaymentPage, how: How) -> None:
        """Everything but the entry cards, which keep what was typed."""
        self._all.setCurrentIndex(0)
        methods = tuple(sorted({each.method for each in page.tenders if each.status is TenderStatus.DONE}))
        self.header.quiet()
        self.header.show_due(page.total, page.paid, page.left, page.unknown, methods)
        waiting = waiting_amount(page)
        marked = How.CARD if waiting else how
        self.side.show_page(page, busy=bool(waiting or page.unknown), how=marked.value)
        self._split.setStretch(0, 37 if page.unknown else 46)
        self._split.setStretch(1, 63 if page.unknown else 54)
        if page.unknown:
            self._show(self.unknown)
            self.unknown.show_page(page)
        elif waiting:
            self._show(self.terminal)
            self.header.lock()
            self.terminal.show_asked_before(page.terminal, waiting)

    def show_entry(
        self, how: How, left: Money, quick: Sequence[Money], terminal: str = "", *, keep: bool = False
    ) -> None:
        """A fresh card for entering what comes next; with `keep` what was typed on it stays."""
        match how:
            case How.CASH:
                self.cash.start(left, quick, keep=keep)
                self._show(self.cash)
            case How.CARD:
                self.terminal.show_waiting(terminal, left)
                self._show(self.terminal)
            case How.CHOOSE:
                self.part.start(left, keep=keep)
                self._show(self.part)
        self.side.mark(how.value)

    def show_charge(self, page: PaymentPage, amount: Money) -> None:
        self.header.quiet()
        self.header.lock()
        self.side.show_page(page, busy=True, how=How.CARD.value)
        self.terminal.start(page.terminal, amount)
        self._show(self.terminal)

    def show_failed(self, tender: TenderRow, page: PaymentPage) -> None:
        self._again = tender.amount
        self.failed.show_reason(tender, min(tender.amount, page.left, key=lambda money: money.minor))
        self._show(self.failed)
        self.side.show_page(page, busy=False, how="")

    def show_partial(self, tender: TenderRow, page: PaymentPage) -> None:
        self._again = rest_of(tender, page)
        self.partial.show_part(tender, page)
        self._show(self.partial)
        self.side.show_page(page, busy=False, how="")

    def show_give_back(self, page: PaymentPage) -> None:
        self.back.start(page.paid)
        self._show(self.back)
        self.side.mark("")

    def show_undo(self, page: PaymentPage) -> None:
        self.header.quiet()
        self.undo.start(page)
        self._show(self.undo)
        self.side.mark("")
        self.undo.begin()

    def show_done(self, paid: Paid) -> None:
        self._all.setCurrentWidget(self.done)
        self.done.show_paid(paid)

    def _show(self, card: QWidget) -> None:
        self._right.setCurrentIndex(self._cards.index(card))


def waiting_amount(page: PaymentPage) -> Money:
    waiting = (each.amount for each in page.tenders if each.status is TenderStatus.WAITING)
    return total(waiting, page.total.currency)
