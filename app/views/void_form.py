"""The forms of a void: of the whole sale, and of a card's part in cash once the terminal refused to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from app.shown import SaleRow
from app.views.desk import Desk
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.buttons import KeyButton
from app.views.widgets.parts import clear, column, holder
from domain.money import Money


class VoidForm(SecondYes):
    """Signal `cash`: an amount is wanted in cash instead. `amount` is what goes back in cash instead of on its card;
    None in the form of a usual void."""

    cash = Signal(object)

    def __init__(self, desk: Desk, people: People, yes: Yes, amount: Money | None = None) -> None:
        self._instead = column(gap=0)
        super().__init__(desk, people, yes, after=holder(self._instead))
        self._desk, self.amount = desk, amount

    def offer_cash(self, amount: Money | None) -> None:
        """A way out below the form while a refused card may go back in cash."""
        clear(self._instead)
        if amount is not None:
            self._instead.addWidget(cash_button(self._desk, amount, lambda: self.cash.emit(amount)))


def void_form(desk: Desk, people: People, sale: SaleRow) -> VoidForm:
    texts = desk.texts
    if sale.void_begun:
        title, what = texts("sales.finish_title", number=sale.number), texts("sales.finish_what")
        said = Yes(title, what, texts("sales.finish"), "approve_void")
    else:
        title, what = (
            texts("sales.void_title", number=sale.number),
            texts("sales.void_what", amount=sale.total),
        )
        said = Yes(title, what, texts("sales.do_void"), "approve_void")
    form = VoidForm(desk, people, said)
    form.offer_cash(sale.cash_instead)
    return form


def cash_form(desk: Desk, people: People, sale: SaleRow, amount: Money) -> VoidForm:
    texts = desk.texts
    currency = texts.currency(amount.currency)
    title = texts("sales.in_cash_title", number=sale.number, currency=currency, amount=amount)
    what, action = texts("sales.in_cash_what"), texts("sales.do_in_cash")
    return VoidForm(desk, people, Yes(title, what, action, "refund_card_to_cash"), amount)


def cash_button(desk: Desk, amount: Money, on_click: Callable[[], None]) -> KeyButton:
    words = desk.texts("sales.in_cash", currency=desk.texts.currency(amount.currency), amount=amount)
    return KeyButton(desk, words, "cash", kind="secondary", on_click=on_click, amount=True)
