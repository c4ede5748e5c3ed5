"""What was kept: the number that the guest takes along, until when, and the way to its payment."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.shown_bookings import Made
from app.views.booking_wish import Wish
from app.views.desk import Desk
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.parts import column, label, picture, row


class BookingKept(Form):
    """Signals: `pay`, `left`."""

    pay = Signal()

    def __init__(self, desk: Desk, made: Made, wish: Wish, *, may_pay: bool) -> None:
        super().__init__()
        self._desk, self.booking_id, self._may_pay = desk, made.booking_id, may_pay
        texts = desk.texts
        icon, tone = ("hourglass", "warn") if made.review else ("filled/circle-check", "ok")
        way, sign = ("bookings.tickets_now", "ticket") if made.free else ("bookings.pay_now", "cash")
        self._pay = KeyButton(desk, texts(way), sign, key="F9", kind="primary", size=LARGE - 8)
        self._pay.clicked.connect(self.pay)
        self._pay.setVisible(not made.review)
        done = KeyButton(desk, texts("bookings.done"), "check", key=CONFIRM, size=LARGE - 8)
        done.clicked.connect(self.left)
        told = (
            picture(desk, icon, tone, 48),
            label(desk, texts.code(made.number), "total"),
            label(desk, self._words(made), "h3", wrap=True),
            label(desk, wish.guest.name if wish.guest else "", "body", "text2", wrap=True),
        )
        answers = row(self._pay, done, 1, gap=desk.px(24))
        self.setLayout(column(1, *told, 2, answers, gap=desk.px(12)))
        self.arrived(texts("bookings.on_its_way"))

    @property
    def is_begun(self) -> bool:
        return False

    def begin(self) -> None:
        self.setFocus()

    def arrived(self, why_not: str) -> None:
        """This station has heard of it; `why_not` its payment cannot be taken, if it cannot."""
        self._pay.allow(True, why_not if self._may_pay else self._desk.texts("bookings.who_pays"))

    def _words(self, made: Made) -> str:
        texts = self._desk.texts
        if made.until is None:
            return texts("bookings.kept_review")
        kept = "bookings.kept_free" if made.free else "bookings.kept_until"
        return texts(kept, time=texts.lately(made.until, self._desk.now()))
