"""The form of a new booking, for one that there is: it is changed, or gets more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from app.shown_bookings import BookingDesk, BookingPage
from app.shown_guests import GuestRow
from app.views.booking_form import BookingForm
from app.views.booking_wish import Part, Wish
from app.views.desk import Desk
from app.views.ports import Bookings, Guests, People


def wish_of(page: BookingPage) -> Wish:
    """What was booked for its first session, and without one, as the form has it."""
    row, known = page.row, page.guest
    first = next(iter(sessions_of(page)), 0)
    counts: dict[int, int] = {}
    for product, session, quantity in page.wished:
        if session in (0, first):
            counts[product] = counts.get(product, 0) + quantity
    guest = GuestRow(known.guest_id, row.guest, known.phone, "", True, ())
    like = next((each for each in row.sessions if each.number == first), None)
    return Wish(guest, row.day, first, counts, page.note, like=like)


def with_wished(desk: BookingDesk, page: BookingPage) -> BookingDesk:
    """What there is to book from, with what was booked and is not sold any more, each at its place."""
    wished = {product for product, _, _ in page.wished}
    kept = [each for each in desk.withdrawn if each.number in wished]
    products = sorted((*desk.products, *kept), key=lambda each: (each.position, each.number))
    others = tuple(each for each in desk.withdrawn if each not in kept)
    return replace(desk, products=tuple(products), withdrawn=others) if kept else desk


def parts_of(page: BookingPage, desk: BookingDesk, day_of: Callable[[datetime], date]) -> tuple[Part, ...]:
    """What was booked for its other sessions, as the form puts it aside; `day_of` a moment."""
    products = {each.number: each for each in desk.products}
    parts = []
    for session in page.row.sessions[1:]:
        mine = [(product, n) for product, number, n in page.wished if number == session.number]
        lines = tuple((products[product], n) for product, n in mine if product in products)
        names = tuple(("",) * n for _, n in lines)
        parts.append(Part(session, day_of(session.starts_at), lines, names))
    return tuple(part for part in parts if part.lines)


def sessions_of(page: BookingPage) -> list[int]:
    """The sessions that it is for: those that this station knows by their start, then the others."""
    wanted = {session for _, session, _ in page.wished if session}
    known = [each.number for each in page.row.sessions if each.number in wanted]
    return known + sorted(wanted.difference(known))


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
        self.page, self._first, self._goes_on = page, self.first_wish(page), wish is not None
        super().__init__(desk, bookings, guests, wish or self._first, people)

    def first_wish(self, page: BookingPage) -> Wish:
        """With what it begins."""
        return wish_of(page)
