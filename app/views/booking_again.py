"""The form of a new booking, for one that there is: it is changed, or gets more."""

from __future__ import annotations

from app.shown_bookings import BookingPage
from app.shown_guests import GuestRow
from app.views.booking_form import BookingForm
from app.views.booking_wish import Wish
from app.views.desk import Desk
from app.views.ports import Bookings, Guests, People


def wish_of(page: BookingPage) -> Wish:
    """What was booked, as the form has it."""
    row, known = page.row, page.guest
    counts: dict[int, int] = {}
    for product, _, quantity in page.wished:
        counts[product] = counts.get(product, 0) + quantity
    guest = GuestRow(known.guest_id, row.guest, known.phone, "", True, ())
    return Wish(guest, row.day, next(iter(sessions_of(page)), 0), counts, page.note)


def sessions_of(page: BookingPage) -> list[int]:
    """The sessions that it is for; the form has one."""
    return sorted({session for _, session, _ in page.wished if session})


class AgainForm(BookingForm):
    """Signals: as those of a new booking. It is for the same guest."""

    can_choose = False

    def __init__(
        self,
        desk: Desk,
        bookings: Bookings,
        guests: Guests,
        page: BookingPage,
        wish: Wish | None = None,
        people: People | None = None,
    ) -> None:
        """`wish` is what was typed before, if anything was."""
        self.page, self._first = page, self.first_wish(page)
        super().__init__(desk, bookings, guests, wish or self._first, people)

    def first_wish(self, page: BookingPage) -> Wish:
        """With what it begins."""
        return wish_of(page)
