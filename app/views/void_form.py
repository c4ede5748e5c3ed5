"""The forms of a void: of the whole sale, and of a card's part in cash once the terminal refused to take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal

from app.shown import SaleRow
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.buttons import KeyButton
from app.views.widgets.form import Form
from app.views.widgets.parts import clear, column, label
from app.views.widgets.supervisor_strip import SupervisorStrip
from domain.money import Money


@dataclass(frozen=True, slots=True)
class _Said:
    title: str
    what: str
    action: str
    permission: str


class VoidForm(Form):
    """Signals: `given` an approval, `left` when it was closed without one, `cash` an amount wanted in cash instead.

    `amount` is what goes back in cash instead of on its card; None in the form of a usual void. `error` is the last."""

    given = Signal(object)
    cash = Signal(object)

    def __init__(self, desk: Desk, people: People, said: _Said, amount: Money | None = None) -> None:
        super().__init__()
        self._desk, self.amount = desk, amount
        self.error: Exception | None = None
        self._strip = SupervisorStrip(desk, people, said.permission, action=said.action)
        self._strip.given.connect(self.given)
        self._strip.left.connect(self.left)
        self._instead = column(gap=0)
        told = column(
            label(desk, said.title, "h2", wrap=True),
            label(desk, said.what, "body", "text2", wrap=True),
            self._strip,
            self._instead,
            1,
            gap=desk.px(12),
        )
        self.setLayout(self._strip.under(told))

    def begin(self) -> None:
        """The keys go to where one types first."""
        self._strip.show()
        self._strip.setFocus()

    def fail(self, error: Exception) -> None:
        self.error = error
        self._strip.fail(error)

    def offer_cash(self, amount: Money | None) -> None:
        """A way out below the form while a refused card may go back in cash."""
        clear(self._instead)
        if amount is not None:
            self._instead.addWidget(cash_button(self._desk, amount, lambda: self.cash.emit(amount)))


def void_form(desk: Desk, people: People, sale: SaleRow) -> VoidForm:
    texts = desk.texts
    if sale.void_begun:
        title, what = texts("sales.finish_title", number=sale.number), texts("sales.finish_what")
        said = _Said(title, what, texts("sales.finish"), "approve_void")
    else:
        title, what = (
            texts("sales.void_title", number=sale.number),
            texts("sales.void_what", amount=sale.total),
        )
        said = _Said(title, what, texts("sales.do_void"), "approve_void")
    form = VoidForm(desk, people, said)
    form.offer_cash(sale.cash_instead)
    return form


def cash_form(desk: Desk, people: People, sale: SaleRow, amount: Money) -> VoidForm:
    texts = desk.texts
    currency = texts.currency(amount.currency)
    title = texts("sales.in_cash_title", number=sale.number, currency=currency, amount=amount)
    what, action = texts("sales.in_cash_what"), texts("sales.do_in_cash")
    return VoidForm(desk, people, _Said(title, what, action, "refund_card_to_cash"), amount)


def cash_button(desk: Desk, amount: Money, on_click: Callable[[], None]) -> KeyButton:
    words = desk.texts("sales.in_cash", currency=desk.texts.currency(amount.currency), amount=amount)
    return KeyButton(desk, words, "cash", kind="secondary", on_click=on_click, amount=True)
