"""What would go back, beside the form that asks for it: price, fee, VAT, which card, who may say yes, until when."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.shown_refunds import Preview
from app.views.desk import Desk
from app.views.refund_words import names_words, tender_words
from app.views.widgets.amount import Amount
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, clear, column, holder, label, panel, row, rule
from app.views.widgets.scroll import scroller


class PreviewSide(QWidget):
    """Says what goes back, or why nothing can."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._trouble = InlinePanel(desk)
        self._told = column(gap=desk.px(8))
        side = desk.px(16)
        inside = column(self._told, 1, margins=(side, side, side, side))
        box = scroller(holder(inside), whole=True)
        layout = column(self._trouble, panel("row", column(box)), gap=desk.px(8))
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def say(self, words: str) -> None:
        """What is missing."""
        self._fill([label(self._desk, words, "body", "text2", wrap=True)])

    def fail(self, error: Exception) -> None:
        self._fill([])
        self._trouble.trouble(error)

    def show_preview(self, preview: Preview) -> None:
        texts = self._desk.texts
        self._fill(
            [
                self._line(texts("refunds.price"), texts.money(preview.price)),
                self._line(texts("refunds.fee"), texts.money(preview.fee)),
                rule(),
                self._line(texts("refunds.goes_back"), texts.money(preview.amount), large=True),
                self._line(texts("refunds.vat_in"), texts.money(preview.vat)),
                *self._beyond(preview),
                rule(),
                *[
                    self._line(tender_words(texts, each), texts.money(each.amount))
                    for each in preview.tenders
                ],
                self._small(texts("refunds.drawer", amount=preview.out_of_drawer)),
                rule(),
                *[self._small(words) for words in self._facts(preview)],
            ]
        )

    def _beyond(self, preview: Preview) -> list[QWidget]:
        """An amount that is not the policy's."""
        if preview.amount == preview.allowed:
            return []
        words = self._desk.texts("refunds.policy_gives", amount=preview.allowed)
        return [label(self._desk, words, "small", "warn", wrap=True)]

    def _facts(self, preview: Preview) -> list[str]:
        texts = self._desk.texts
        grounds = [texts(f"refunds.ground_{ground}") for ground in preview.grounds]
        until = preview.valid_until
        names = names_words(texts, preview.approvers)
        return [
            *grounds,
            texts("refunds.valid", time=texts.lately(until, self._desk.now())) if until else "",
            texts("refunds.may_approve", names=names) if names else texts("refunds.nobody_may"),
        ]

    def _fill(self, items: list[Item]) -> None:
        self._trouble.quiet()
        clear(self._told)
        for item in items:
            if isinstance(item, QWidget):
                self._told.addWidget(item)

    def _line(self, name: str, amount: str, *, large: bool = False) -> QWidget:
        words = label(self._desk, name, "strong" if large else "body", wrap=True)
        made = row(
            words, Amount(self._desk, "h2" if large else "bodystrong", text=amount), gap=self._desk.px(8)
        )
        made.setStretch(0, 1)
        return holder(made)

    def _small(self, words: str) -> QWidget | None:
        return label(self._desk, words, "small", "text2", wrap=True) if words else None
