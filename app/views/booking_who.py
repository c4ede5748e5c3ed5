"""For whom a booking is: a guest who is searched, or a new one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.shown_guests import GuestRow
from app.views.desk import Desk
from app.views.guest_search import GuestSearch
from app.views.ports import Guests
from app.views.widgets.buttons import KeyButton
from app.views.widgets.parts import column, label, row


class BookingWho(QWidget):
    """Signals: `picked` a guest, `register` one by what was searched."""

    picked = Signal(object)
    register = Signal(str)

    def __init__(self, desk: Desk, guests: Guests) -> None:
        super().__init__()
        self._search = GuestSearch(desk, guests.find)
        self._search.picked.connect(lambda guest_id: self.picked.emit(self._found(guest_id)))
        new = KeyButton(desk, desk.texts("guests.new"), "user-plus", key="F10")
        new.clicked.connect(lambda: self.register.emit(self._search.text))
        title = label(desk, desk.texts("bookings.for_whom"), "h3", wrap=True)
        self.setLayout(column(title, self._search, row(new, 1), gap=desk.px(10)))
        self.setFocusProxy(self._search)

    def empty(self) -> None:
        """Nobody is searched yet."""
        self._search.empty()

    def _found(self, guest_id: str) -> GuestRow:
        rows: list[GuestRow] = list(self._search.rows.items)
        return next(each for each in rows if each.guest_id == guest_id)
