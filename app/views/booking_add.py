"""More of what is paid: the form of a new booking, for the same guest, day and session."""

from __future__ import annotations

from dataclasses import replace

from app.shown_bookings import BookingPage, Made
from app.views.booking_again import AgainForm, wish_of
from app.views.booking_asked import Asked
from app.views.booking_wish import Wish
from app.views.desk import Desk


class AddForm(AgainForm):
    def first_wish(self, page: BookingPage) -> Wish:
        return replace(wish_of(page), counts={}, note="")

    def title(self, desk: Desk) -> str:
        return desk.texts("bookings.add_title", number=self.page.row.number)

    @property
    def is_begun(self) -> bool:
        return any(self.wish.counts.values()) or bool(self.wish.note or self.wish.parts)

    def ask(self, asked: Asked) -> Made:
        what = (*asked[1:4], asked.booking_id, asked.names, self.page.row.booking_id)
        return self._bookings.book(*what, asked.day, asked.approval)
