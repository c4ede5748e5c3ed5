"""The form of a payment that was keyed wrongly: which one, what it really was, and a second person's yes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.shown import Approval, PaidBy, SaleRow
from app.texts import Texts
from app.views.desk import Desk
from app.views.payment_side import SCHEMES
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.choices import Choices
from app.views.widgets.inputs import field
from app.views.widgets.parts import column, holder, label
from domain.correction import Means, Said

CASH, LAST_DIGITS, MOST_APPROVAL = "cash", 4, 20


class TenderForm(SecondYes):
    """Signal `said`: the payment's id, what it was, and the approval."""

    said = Signal(str, object, object)

    def __init__(self, desk: Desk, people: People, sale: SaleRow) -> None:
        self._desk = desk
        self._what = _What(desk, [paid for paid in sale.payments if not paid.why_not])
        texts = desk.texts
        title = texts("tender.title", number=sale.number)
        yes = Yes(title, texts("tender.follows"), texts("tender.do"), "tender_correct")
        super().__init__(desk, people, yes, before=self._what)
        self.given.connect(self._given)

    def _given(self, approval: Approval) -> None:
        said = self._what.said
        if said is None:
            self.strip.ask(self._desk.texts("tender.missing"))
        else:
            self.said.emit(self._what.payment_id, said, approval)


class _What(QWidget):
    def __init__(self, desk: Desk, payments: Sequence[PaidBy]) -> None:
        super().__init__()
        texts = desk.texts
        self._payments = payments
        rows = [(paid.payment_id, paid_words(texts, paid), "", "") for paid in payments]
        self._which = Choices(desk, rows, columns=1, several=False)
        self._which.choose([payments[0].payment_id])
        kinds = [
            (CASH, texts("pay.cash"), "cash", "text2"),
            *((key, name, "", "") for key, name in SCHEMES.items()),
        ]
        self._kind = Choices(desk, kinds, columns=2, several=False)
        self._digits = field(desk, texts("tender.last4"))
        self._digits.setMaxLength(LAST_DIGITS)  # a card's number is taken nowhere
        self._approval = field(desk, texts("tender.approval"))
        self._approval.setMaxLength(MOST_APPROVAL)
        self._card = holder(column(self._digits, self._approval, gap=desk.px(8)))
        self._card.hide()
        self._kind.changed.connect(self._turned)
        was, now = (label(desk, texts(name), "strong") for name in ("tender.was", "tender.now"))
        self.setLayout(column(was, self._which, now, self._kind, self._card, gap=desk.px(8)))
        self.setFocusProxy(self._kind)

    @property
    def payment_id(self) -> str:
        return next(iter(self._which.values), "")

    @property
    def said(self) -> Said | None:
        """None while something is missing."""
        kind = next(iter(self._kind.values), "")
        if not kind or not self.payment_id:
            return None
        if kind == CASH:
            return Said(Means.CASH)
        approval = self._approval.text().strip()
        return Said(Means.KEYED_CARD, kind, self._digits.text().strip(), approval) if approval else None

    def _turned(self) -> None:
        is_card = any(kind != CASH for kind in self._kind.values)
        self._card.setVisible(is_card)
        if is_card:
            self._digits.setFocus()


def paid_words(texts: Texts, paid: PaidBy) -> str:
    """`Cash 125.50`, or `mada •••• 4821 300.00`."""
    return f"{_name(texts, paid.scheme, paid.last4)} {texts.money(paid.amount)}"


def said_words(texts: Texts, said: Said) -> str:
    return _name(texts, said.scheme, said.last4)


def _name(texts: Texts, scheme: str, last4: str) -> str:
    if not scheme:
        return texts("pay.cash")
    digits = texts.code(f"•••• {last4}") if last4 else ""
    return " ".join(part for part in (SCHEMES.get(scheme, scheme), digits) if part)
