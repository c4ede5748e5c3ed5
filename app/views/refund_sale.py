"""A sale that was found: what was sold and how it was paid, what of it went back, and the key that asks for more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from app.shown_refunds import ChargeRow, RefundPage, RefundRow
from app.views.desk import Desk
from app.views.refund_sessions import RowWords
from app.views.refund_words import STATES, number_words, row_words, state_words, tender_words
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import KeyButton, RowButton
from app.views.widgets.marks import chip
from app.views.widgets.parts import Item, column, holder, label, panel, row, rule
from app.views.widgets.told_card import ToldCard

NAME_WIDTH = 130


def beyond_words(desk: Desk, page: RefundPage) -> QWidget | None:
    """That it was paid for twice, and how that money goes back."""
    if page.beyond is None or page.voided:
        return None
    said = desk.texts("refunds.paid_twice", amount=page.beyond)
    return label(desk, said, "small", "warn", wrap=True)


class SaleCard(ToldCard):
    """Signals: `ask` for a refund of it, `chosen` one of its refunds."""

    ask = Signal()
    chosen = Signal(str)

    def __init__(self, desk: Desk, page: RefundPage) -> None:
        super().__init__(desk)
        self._page = page
        self.tell((*self._head(), self._sold(), *self._refunds()), self._actions(), desk.px(8))

    # what is known

    def _head(self) -> Sequence[Item]:
        desk, texts, page = self.desk, self.desk.texts, self._page
        title = texts("refunds.sale_title", number=number_words(texts, page.number))
        paid = "\n".join(
            texts.line((tender_words(texts, each), texts.money(each.amount))) for each in page.payments
        )
        return (
            label(desk, title, "h1", wrap=True),
            self.fact(texts("refunds.field_day"), texts.dated(page.day), NAME_WIDTH),
            self.fact(texts("refunds.field_paid"), paid, NAME_WIDTH),
            beyond_words(desk, page),
        )

    def _sold(self) -> QWidget:
        desk, side = self.desk, self.desk.px(12)
        total = row(
            label(desk, desk.texts("bookings.total"), "strong", wrap=True),
            Amount(desk, "h2", text=desk.texts.money(self._page.total)),
            gap=desk.px(8),
        )
        total.setStretch(0, 1)
        words = RowWords(desk.texts, self._page)
        lines = (self._line(each, words) for each in self._page.charges)
        return panel("card", column(*lines, rule(), total, gap=desk.px(6), margins=(side, side, side, side)))

    def _line(self, charge: ChargeRow, words: RowWords) -> QLayout:
        desk, texts = self.desk, self.desk.texts
        said = charge.name.get(texts.language), *words.parts(charge)
        told = label(desk, texts.line((*said, texts("refunds.each", amount=charge.price))), "body", wrap=True)
        state = "line_open" if charge.open_refund else "" if charge.pieces else "line_gone"
        left = texts(f"refunds.{state}") if state else texts("refunds.left", n=charge.pieces)
        made = row(told, label(desk, left, "small", "text2"), gap=desk.px(8))
        made.setStretch(0, 1)
        return made

    def _refunds(self) -> Sequence[QWidget]:
        if not self._page.refunds:
            return ()
        title = label(self.desk, self.desk.texts("refunds.of_sale"), "captionstrong", "text2")
        return (title, *map(self._refund, self._page.refunds))

    def _refund(self, refund: RefundRow) -> QWidget:
        desk, texts, side = self.desk, self.desk.texts, self.desk.px(12)
        who = label(desk, refund.asked_by.get(texts.language), "bodystrong", wrap=True)
        state = chip(desk, state_words(texts, refund.state), *STATES[refund.state])
        amount = Amount(desk, "bodystrong", text=texts.money(refund.amount))
        box = row(who, state, amount, gap=desk.px(12), margins=(side, 0, side, 0))
        box.setStretch(0, 1)
        made = RowButton("tile", box, row_words(texts, refund, desk.now()))
        made.setMinimumHeight(desk.px(44))
        made.clicked.connect(partial(self.chosen.emit, refund.refund_id))
        return made

    # what can be done

    def _actions(self) -> QLayout:
        desk, why = self.desk, self._why_not()
        ask = KeyButton(
            desk,
            desk.texts("refunds.ask"),
            "receipt-refund",
            key="F9",
            kind="primary",
            on_click=self.ask.emit,
        )
        ask.allow(not why, why)
        said = label(desk, why, "small", "warn", wrap=True) if why else None
        return column(said, holder(row(ask, 1)), gap=desk.px(8))

    def _why_not(self) -> str:
        texts, page = self.desk.texts, self._page
        if page.voided:
            return texts.refusal("void_already")
        if not any(each.pieces for each in page.charges) and page.beyond is None:
            return texts("refunds.all_back")
        if all(each.open_refund or not (each.pieces or page.beyond) for each in page.charges):
            return texts.refusal("refund_open")
        return "" if page.online else texts("bookings.needs_server")
