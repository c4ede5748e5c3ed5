"""Bookings made ahead: of the day, waiting for a decision or found; paid, approved, rejected, called off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from app.shown_bookings import BookingPage
from app.shown_status import StationStatus
from app.views.asking import Asking
from app.views.booking_card import BookingCard
from app.views.booking_list import BookingList
from app.views.booking_why import WhyForm
from app.views.booking_words import trouble_words
from app.views.desk import Desk
from app.views.found_page import FoundPage
from app.views.ports import Bookings


class BookingsView(FoundPage):
    """Signals: `pay` the cart of a booking, `guest` whose page is wanted."""

    pay = Signal(object)
    guest = Signal(str)
    nothing = "bookings.choose"
    topics = frozenset(("everything", "reservation", "SaleClosed", "guest_entry"))

    def __init__(self, desk: Desk, bookings: Bookings) -> None:
        self._bookings = bookings
        self._list = BookingList(desk, bookings)
        super().__init__(desk, self._list, self._list)
        self._sending = Asking(desk.tasks, self)
        self._list.turned.connect(self.leave)

    # the page's life

    def ask(self, key: str) -> BookingPage:
        return self._bookings.page(key)

    def make_card(self, told: BookingPage) -> BookingCard:
        card = BookingCard(self.desk, told)
        card.act.connect(partial(self._act, told))
        return card

    def back(self) -> None:
        """A form is closed; else the page begins anew with today."""
        if self.side.form is not None:
            self.close_form()
        else:
            self._list.start_over()
            self.setFocus()

    def first_focus(self) -> None:
        searching = self._list.searches and self.side.form is None
        (self._list.field if searching else self.side.form or self).setFocus()

    def focus_search(self) -> None:
        if self.side.form is None:
            self._list.focus_search()

    def open_booking(self, booking_id: str) -> None:
        """From another page; words that are typed in an open form stay."""
        if self.side.form is None:
            self.choose(booking_id)

    def show_status(self, status: StationStatus) -> None:
        self._list.count(status.to_decide)

    def say_trouble(self, error: Exception) -> None:
        self.side.trouble.say(trouble_words(self.desk.texts, error, self.desk.now()))

    # what staff do

    def _act(self, page: BookingPage, what: str) -> None:
        booking_id = page.row.booking_id
        match what:
            case "guest":
                self.guest.emit(page.guest.guest_id)
            case "pay":
                self._send(self._bookings.cart, booking_id, done=self.pay.emit)
            case "approve":
                self._send(
                    self._bookings.approve, booking_id, done=partial(self._done, "bookings.was_approved")
                )
            case _:
                self.open(form := WhyForm(self.desk, page, what))
                form.given.connect(lambda reason: self._end(booking_id, what, reason))

    def _end(self, booking_id: str, what: str, reason: str) -> None:
        call = self._bookings.reject if what == "reject" else self._bookings.cancel
        words = "bookings.was_rejected" if what == "reject" else "bookings.was_cancelled"
        self._send(call, booking_id, reason, done=partial(self._done, words))

    def _send(self, call: Callable[..., Any], *args: str, done: Callable[[Any], None]) -> None:
        """One question at a time: a second press while the first is on its way is none."""
        if not self._sending.busy:
            form = self.side.form
            self._sending.run_aside(call, *args, done=done, failed=lambda error: self._failed(error, form))

    def _done(self, words: str, _result: object) -> None:
        self.notice.emit(self.desk.texts(words), "info")
        self.close_form()
        self.reload()

    def _failed(self, error: Exception, form: WhyForm | None) -> None:
        """What became of it meanwhile is shown with it."""
        if form is not None and self.side.form is form:
            form.fail(trouble_words(self.desk.texts, error, self.desk.now()))
        else:
            self.say_trouble(error)
        self.reload()
