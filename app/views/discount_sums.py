"""What a sale comes to now, and with the discount that is being typed."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.discount_words import off_words
from app.views.widgets.amount import Amount
from app.views.widgets.notice import LINE, LINE_ARABIC
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, holder, label, row
from domain.money import Money


class DiscountSums(QWidget):
    """Three amounts beside each other, or why there are none: in their place, so that nothing moves as one types."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._now, self._off = Amount(desk, "strong", "text2"), Amount(desk, "strong", "text2")
        self._then = Amount(desk, "h2")
        now, off, then = (
            row(label(desk, desk.texts(f"discount.{name}"), "small", "text2"), amount, gap=desk.px(6))
            for name, amount in (("now", self._now), ("off", self._off), ("then", self._then))
        )
        self._amounts = holder(row(now, 1, off, 1, then, gap=desk.px(8)))
        self._wrong = label(desk, "", "smallmedium", "bad", wrap=True)
        self._pages = Pages()
        for each in (self._amounts, self._wrong):
            self._pages.addWidget(each)
        self._pages.setMinimumHeight(desk.px(2 * (LINE_ARABIC if desk.look.rtl else LINE)))
        self._pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setLayout(column(self._pages))

    def say(self, wrong: str) -> None:
        self._wrong.setText(wrong)
        self._pages.setCurrentWidget(self._wrong)

    def show_sums(self, now: Money, then: Money) -> None:
        texts = self._desk.texts
        self._pages.setCurrentWidget(self._amounts)
        self._now.setText(texts.money(now))
        self._off.setText(off_words(texts, now - then) if now != then else texts.money(now.zero))
        self._then.setText(texts.money(then))
