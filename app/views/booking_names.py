"""Beside the products of a booking that is made: who comes on each of its tickets."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.shown_bookings import BookingDesk
from app.views.booking_wish import Wish
from app.views.desk import Desk
from app.views.ticket_names import TicketNames, seat_words


class BookingNames(TicketNames):
    """Signal `wished`: a product, the how manieth ticket of it, and who comes on that."""

    wished = Signal(int, int, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.named.connect(self._named)

    def show_wish(self, wish: Wish, desk: BookingDesk) -> None:
        texts = self._desk.texts
        self.show_seats([
            (f"{product.number}/{at}", seat_words(texts, n, product.name.get(texts.language)), name)
            for n, (product, at, name) in enumerate(wish.seats(desk), start=1)
        ])  # fmt: skip

    def _named(self, key: str, name: str) -> None:
        product, _, at = key.partition("/")
        self.wished.emit(int(product), int(at), name)
