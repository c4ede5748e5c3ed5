"""The bank approved less than was asked for: what is paid, what of it is left, and the ways on. They are beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.shown import PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import column, label, panel, picture, row
from domain.money import Money


class PartialCard(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._title = label(desk, "", "h2", wrap=True)
        self._currency, self._rest = label(desk, "", "h1", "text3"), Amount(desk, "amount", far=False)
        self._left, self._all = (
            label(desk, "", "strong", wrap=True),
            label(desk, "", "strong", "text2", wrap=True),
        )
        self._do = label(desk, "", "strong", wrap=True)
        side = desk.px(16)
        do = column(
            label(desk, desk.texts("answer.what_to_do"), "captionstrong"),
            self._do,
            gap=4,
            margins=(side, desk.px(12), side, desk.px(12)),
        )
        head = row(picture(desk, "filled/alert-triangle", "warn", 36), self._title, gap=side)
        head.setStretch(1, 1)
        layout = column(
            head,
            self._left,
            row(self._currency, self._rest, 1, gap=desk.px(12)),
            self._all,
            panel("warn", do),
            1,
            gap=side,
        )
        layout.setContentsMargins(desk.px(24), desk.px(24), desk.px(24), desk.px(20))
        self.setLayout(layout)

    def show_part(self, tender: TenderRow, page: PaymentPage) -> None:
        texts, rest = self._desk.texts, rest_of(tender, page)
        currency = texts.currency(rest.currency)
        self._title.setText(
            texts(
                "partial.title",
                currency=currency,
                approved=tender.amount,
                asked=tender.asked or tender.amount,
            )
        )
        self._left.setText(texts("partial.left", amount=rest))
        self._currency.setText(currency)
        self._rest.setText(texts.money(rest))
        self._all.setText(texts("partial.all", amount=page.left))
        self._all.setVisible(rest != page.left)
        self._do.setText(texts("partial.do"))


def part_approved(page: PaymentPage) -> TenderRow | None:
    """The last payment, when it is a card that gave less than was asked for and something is left to pay."""
    last = page.tenders[-1] if page.tenders else None
    if last is None or page.unknown or not page.left or last.status is not TenderStatus.DONE:
        return None
    return last if last.asked is not None else None


def rest_of(tender: TenderRow, page: PaymentPage) -> Money:
    """What the card did not give of its part, and is still to be paid."""
    asked = tender.asked or tender.amount
    return min(asked - tender.amount, page.left, key=lambda money: money.minor)
