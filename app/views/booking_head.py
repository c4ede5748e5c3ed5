"""The head of a booking's card: whom it is for, since when it waits, by when an answer is due, and its three axes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from app.shown_bookings import BookingPage
from app.views.booking_words import LIVES, asked_words, axes_of, life_words
from app.views.desk import Desk
from app.views.due_sign import COUNT_MS, DueSign
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.marks import chip, signed
from app.views.widgets.parts import clear, column, every, label, row
from domain.booking import Life


class BookingHead(QWidget):
    """It counts the minutes. Signal `guest`: their page is wanted."""

    guest = Signal()

    def __init__(self, desk: Desk, page: BookingPage) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self._reach, self._life = label(desk, "", "body", "text2", wrap=True), row(gap=0)
        self._said: tuple[str, ...] = ()
        due = page.row.due
        sign = DueSign(desk, due) if due is not None else None
        self.setLayout(column(self._title(), self._reach, sign, self._axes(), gap=desk.px(8)))
        self._count()
        every(self, COUNT_MS, self._count).start()

    def _title(self) -> QLayout:
        desk, name = self._desk, self._page.row.guest
        words = desk.texts("bookings.open_guest")
        guest = (
            KeyButton(desk, words, "user", size=SMALL, key="Ctrl+O", on_click=self.guest.emit)
            if name
            else None
        )
        title = row(
            label(desk, name or desk.texts("bookings.nobody"), "h1", wrap=True), guest, gap=desk.px(8)
        )
        title.setStretch(0, 1)
        return title

    def _axes(self) -> QLayout:
        """Its life, what is paid and who came; in one line where that has room."""
        desk, gap = self._desk, self._desk.px(16)
        axes = [signed(desk, *sign) for sign in axes_of(desk.texts, self._page.row)]
        if self._decided_now and not desk.look.close:
            return row(self._life, *axes, 1, gap=gap)
        return column(row(self._life, 1), row(*axes, 1, gap=gap), gap=desk.px(8))

    @property
    def _decided_now(self) -> bool:
        return self._page.row.life is Life.UNDER_REVIEW

    def _count(self) -> None:
        """Minutes go by."""
        desk, page, texts = self._desk, self._page, self._desk.texts
        asked = asked_words(texts, page.made_at, desk.now()) if self._decided_now else ""
        phone = texts.code(page.guest.phone) if page.guest.phone else ""
        said = (
            texts.line((texts.code(page.row.number), phone, asked)),
            life_words(texts, page.row, desk.now()),
        )
        if said != self._said:
            self._said = said
            self._reach.setText(said[0])
            clear(self._life)
            self._life.addWidget(chip(desk, said[1], *LIVES[page.row.life]))
