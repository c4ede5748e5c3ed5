"""What would go back, beside the form that asks for it: price, fee, VAT, which card, who may say yes, until when."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.shown_refunds import Preview
from app.views.desk import Desk
from app.views.refund_figures import RefundFigures, sum_line
from app.views.refund_words import names_words, nobody_words, tender_words
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, clear, column, holder, label, panel, rule
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

    def note(self, words: str) -> None:
        """What is to be known of what is shown."""
        self._trouble.say(words, "warn")

    def show_preview(self, preview: Preview) -> None:
        texts = self._desk.texts
        self._fill(
            [
                RefundFigures(self._desk, preview.figures),
                rule(),
                *[
                    holder(sum_line(self._desk, tender_words(texts, each), each.amount))
                    for each in preview.tenders
                ],
                self._small(texts("refunds.drawer", amount=preview.out_of_drawer)),
                rule(),
                *[self._small(words) for words in self._facts(preview)],
            ]
        )

    def _facts(self, preview: Preview) -> list[str]:
        texts = self._desk.texts
        grounds = [texts(f"refunds.ground_{ground}") for ground in preview.grounds]
        until = preview.valid_until
        names = names_words(texts, preview.approvers)
        return [
            *grounds,
            texts("refunds.valid", time=texts.lately(until, self._desk.now())) if until else "",
            texts("refunds.most_back", amount=preview.price) if preview.choice.stays else "",
            texts("refunds.beyond") if preview.amount > preview.allowed else "",
            texts("refunds.may_approve", names=names) if names else nobody_words(texts, preview.nobody),
        ]

    def _fill(self, items: list[Item]) -> None:
        self._trouble.quiet()
        clear(self._told)
        for item in items:
            if isinstance(item, QWidget):
                self._told.addWidget(item)

    def _small(self, words: str) -> QWidget | None:
        return label(self._desk, words, "small", "text2", wrap=True) if words else None
