"""When and what is booked: a day, one of its sessions with the places that are left, and how many of each product."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.shown_bookings import BookingDesk
from app.views.booking_products import BookingProducts
from app.views.booking_wish import Wish, bookable
from app.views.desk import Desk
from app.views.session_strip import SessionStrip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, label
from app.views.widgets.turn_row import TurnRow

OUT = "Ctrl+X"  # takes out what does not go with the session
_DAYS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_SESSIONS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class BookingWhat(QWidget):
    """Signals: `day` that is wanted (None: today), `session` by its number, `counted` a product and how many, `done` by
    Enter in the last one."""

    day = Signal(object)
    session = Signal(int)
    counted = Signal(int, int)
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: BookingDesk | None = None
        self._chosen = 0
        texts = desk.texts
        self._days = TurnRow(desk, texts("bookings.before"), texts("bookings.after"), texts("bookings.now"))
        self._days.turned.connect(self._turn)
        self._days.home.connect(lambda: self.day.emit(None))
        self._sessions, self._closed = SessionStrip(desk), label(desk, "", "body", "text2", wrap=True)
        self._sessions.session.connect(self.session)
        about = InlinePanel(desk, reserved=2 if desk.look.close else 1, key=OUT, takes_focus=False)
        self.trouble = about  # the session
        self.wrong = InlinePanel(desk)  # about the products
        self.products = BookingProducts(desk)
        self.products.counted.connect(self.counted)
        self.products.done.connect(self.done)
        parts = (self._days, self._sessions, self._closed, self.trouble, self.wrong, self.products)
        layout = column(*parts, gap=desk.px(8))
        layout.setStretch(5, 1)
        self.setLayout(layout)

    def show_desk(self, desk: BookingDesk, wish: Wish) -> None:
        self._shown = desk
        self._show_day(desk)
        session = wish.session_of(desk)
        self._chosen = session.number if session else 0
        self._sessions.show_sessions(desk.sessions, self._chosen, wish.like.activity_id if wish.like else "")
        self._sessions.setVisible(bool(desk.sessions))
        self._closed.setVisible(not desk.sessions)
        self.products.show_products(bookable(desk, wish), wish.counts, desk.left)

    def begin(self) -> None:
        """Typing begins with the first product; on a closed day with the day."""
        if not self.products.begin():
            self._days.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go through the products, to the sides through the sessions, pages through the days."""
        key = Qt.Key(event.key())
        if key in _DAYS:
            self._turn(_DAYS[key])
        elif key in _ROWS:
            self.products.step(_ROWS[key]) or self.products.begin()
        elif key in _SESSIONS:
            self._sessions.step(_SESSIONS[key] * (-1 if self._desk.look.rtl else 1))
        else:
            super().keyPressEvent(event)

    def _show_day(self, desk: BookingDesk) -> None:
        texts = self._desk.texts
        self._days.show_at(texts.day(desk.day), home=desk.day == desk.today)
        before = texts("bookings.day_over") if desk.day <= desk.today else ""
        after = texts("bookings.day_last", day=texts.day(desk.last)) if desk.day >= desk.last else ""
        self._days.end(before, after)
        self._closed.setText(texts("bookings.no_session", day=texts.day(desk.day)))

    def _turn(self, step: int) -> None:
        desk = self._shown
        if desk is not None and desk.today <= (day := desk.day + timedelta(days=step)) <= desk.last:
            self.day.emit(day)
