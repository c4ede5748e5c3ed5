"""One document of the page Sales: what it says, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.shown import SaleRow
from app.views.desk import Desk
from app.views.tender_form import paid_words
from app.views.void_form import cash_button
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import KeyButton
from app.views.widgets.parts import column, label, number, row, rule


class SaleDetail(QWidget):
    """Signals: `receipt` and `tickets` to print again, `void`, `refund` it or a part, `cash` an amount to give back in
    cash instead, `tender` a payment that was keyed wrongly, `revoke` tickets of
    it."""

    receipt = Signal()
    tickets = Signal()
    void = Signal()
    refund = Signal()
    cash = Signal(object)
    tender = Signal()
    revoke = Signal()

    def __init__(self, desk: Desk, sale: SaleRow) -> None:
        super().__init__()
        self._desk = desk
        self._acts: list[KeyButton] = []
        self._revoke: KeyButton | None = None
        self._apart = desk.px(0 if desk.look.close else 16)  # what cannot be undone from the rest
        kind = label(
            desk, desk.texts("sales.credit" if sale.kind == "credit" else "sales.invoice"), "small", "text2"
        )
        layout = column(kind, self._head(sale), rule(), *self._facts(sale), 1, self._actions(sale))
        layout.setSpacing(desk.px(6 if desk.look.close else 12))
        self.setLayout(layout)

    def stop(self, why: str) -> None:
        """Nothing can be recorded, and why; "" when it can be."""
        for each in self._acts:
            each.allow(True, why)

    def away(self, why: str) -> None:
        """What needs the server cannot be done, and why; "" when it can be."""
        if self._revoke is not None:
            self._revoke.allow(True, why)

    def _head(self, sale: SaleRow) -> QHBoxLayout | QVBoxLayout:
        """Side by side where room is short: the buttons below must be seen."""
        desk, texts = self._desk, self._desk.texts
        number_of = label(desk, texts.code(sale.number), "h1")
        role = "number" if desk.look.close else "total"
        total = Amount(desk, role, text=texts.money(sale.total), far=False)
        return row(number_of, 1, total) if desk.look.close else column(number_of, total)

    def _facts(self, sale: SaleRow) -> list[QHBoxLayout]:
        desk, texts = self._desk, self._desk.texts
        facts = [
            (texts("sales.when"), texts.moment(sale.at)),
            (texts("sales.cashier"), sale.cashier.get(texts.language)),
            (texts("sales.copies"), str(sale.copies)),
        ]
        if not desk.look.close:  # room for the buttons; the list and the form say how it was paid
            facts += [(texts("tender.paid"), paid_words(texts, paid)) for paid in sale.payments]
        if sale.voided_by:
            facts.append((texts("sales.voided_by"), texts.code(sale.voided_by)))
        if sale.in_cash:
            facts.append((texts("sales.given_in_cash"), texts.money(sale.in_cash)))
        return [
            row(label(desk, name, "body", "text2"), 1, number(desk, value, "bodystrong"))
            for name, value in facts
        ]

    def _actions(self, sale: SaleRow) -> QVBoxLayout:
        desk, texts = self._desk, self._desk.texts
        self._box = column(gap=desk.px(8))
        self._add(KeyButton(desk, texts("sales.reprint"), "printer", key="F9", on_click=self.receipt.emit))
        if sale.kind == "credit":
            return self._box
        if not sale.voided_by:
            self._add(
                KeyButton(
                    desk, texts("sales.reprint_tickets"), "ticket", key="F10", on_click=self.tickets.emit
                )
            )
        if not sale.voided_by and not sale.void_begun:
            self._box.addWidget(
                KeyButton(desk, texts("sales.refund"), "cash-minus", key="F11", on_click=self.refund.emit)
            )
        if sale.why_not_void:
            self._box.addSpacing(self._apart)
            self._box.addWidget(label(desk, texts.refusal(sale.why_not_void), "small", "text2", wrap=True))
        elif not sale.voided_by:
            self._box.addSpacing(self._apart)
            words = texts("sales.finish" if sale.void_begun else "sales.void")
            self._add(
                KeyButton(desk, words, "receipt-refund", key="F12", kind="danger", on_click=self.void.emit)
            )
            if (amount := sale.cash_instead) is not None:
                self._add(cash_button(desk, amount, lambda: self.cash.emit(amount)))
        if any(not paid.why_not for paid in sale.payments) and not sale.void_begun:
            words = texts("tender.correct")  # without keys: where room is short one scrolls to these
            self._add(KeyButton(desk, words, "pencil", on_click=self.tender.emit))
        if sale.tickets and not sale.voided_by and not sale.void_begun:
            self._revoke = KeyButton(desk, texts("bookings.revoke"), "ban", on_click=self.revoke.emit)
            self._box.addWidget(self._revoke)
        return self._box

    def _add(self, button: KeyButton) -> None:
        self._acts.append(button)
        self._box.addWidget(button)
