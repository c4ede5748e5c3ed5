"""Bookings made ahead: of the day, waiting for a decision or found; paid, approved, rejected, called off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.shown_bookings import BookingPage
from app.shown_status import StationStatus
from app.views.asking import Asking
from app.views.booking_card import BookingCard
from app.views.booking_list import BookingList, Tab
from app.views.booking_why import WhyForm
from app.views.booking_words import trouble_words
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Bookings
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, label, panel, row

LEFT, LEFT_CLOSE = 480, 400


class BookingsView(Page):
    """Signals: `pay` the cart of a booking, `guest` whose page is wanted."""

    pay = Signal(object)
    guest = Signal(str)
    topics = frozenset(("everything", "reservation", "SaleClosed", "guest_entry"))

    def __init__(self, desk: Desk, bookings: Bookings) -> None:
        super().__init__(desk)
        self._bookings = bookings
        self._asking = Asking(desk.tasks, self)
        self._chosen = ""
        self._page: BookingPage | None = None
        self._detail: BookingCard | None = None
        self._form: WhyForm | None = None
        self._sending = Asking(desk.tasks, self)
        self._list = BookingList(desk, bookings)
        self._list.picked.connect(self._choose)
        self._list.turned.connect(self._leave)
        self._list.setFixedWidth(desk.px(LEFT_CLOSE if desk.look.close else LEFT))
        self._trouble, self._card = InlinePanel(desk), column()
        edge, side = desk.px(12 if desk.look.close else 20), desk.px(24)
        inside = column(self._trouble, self._card, margins=(edge, edge, edge, edge))
        inside.setStretch(1, 1)
        layout = row(self._list, panel("card", inside), gap=side, margins=(side, side, side, side))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._show_nothing("bookings.choose")

    # the page's life

    def reload(self) -> None:
        self._list.again()
        if self._chosen:
            self._ask_page()

    def back(self) -> None:
        """A form is closed; else the page begins anew with today."""
        if self._form is not None:
            self._close_form()
        else:
            self._list.start_over()
            self.setFocus()

    def first_focus(self) -> None:
        searching = self._list.tab is Tab.SEARCH and self._form is None
        (self._list.field if searching else self._form or self).setFocus()

    def focus_search(self) -> None:
        if self._form is None:
            self._list.turn(Tab.SEARCH)

    def show_status(self, status: StationStatus) -> None:
        self._list.count(status.to_decide)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the list, whatever has the focus; pages scroll what is told of one."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if self._form is not None:
            super().keyPressEvent(event)
        elif step:
            self._list.step(step)
        elif self._detail is None or not self._detail.take_key(event):
            super().keyPressEvent(event)

    # one of them

    def _choose(self, booking_id: str) -> None:
        self._drop_form()
        self._trouble.quiet()
        self._chosen = booking_id
        self._list.mark(booking_id)
        self.first_focus()
        self._ask_page()

    def _leave(self) -> None:
        self._chosen, self._page = "", None
        self._asking.forget()
        self._list.mark("")
        self._trouble.quiet()
        self._drop_form()
        self._show_nothing("bookings.choose")

    def _ask_page(self) -> None:
        self._asking.run(self._bookings.page, self._chosen, done=self._show_page, failed=self._no_page)

    def _show_page(self, page: BookingPage) -> None:
        """A form that is open stays."""
        before, self._page = self._page, page
        if self._form is None and (page != before or self._detail is None):
            self._show_card(page)

    def _no_page(self, error: Exception) -> None:
        self._page = None
        if self._form is None:
            self._show_nothing("")
        self._tell(error)

    def _show_card(self, page: BookingPage) -> None:
        clear(self._card)
        card = self._detail = BookingCard(self.desk, page)
        card.act.connect(lambda what: self._act(page, what))
        self._card.addWidget(card)

    def _show_nothing(self, key: str) -> None:
        clear(self._card)
        self._detail = None
        if key:
            self._card.addWidget(label(self.desk, self.desk.texts(key), "body", "text2", wrap=True))
        self._card.addStretch(1)

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
                self._open(form := WhyForm(self.desk, page, what))
                form.given.connect(lambda reason: self._end(booking_id, what, reason))

    def _end(self, booking_id: str, what: str, reason: str) -> None:
        call = self._bookings.reject if what == "reject" else self._bookings.cancel
        words = "bookings.was_rejected" if what == "reject" else "bookings.was_cancelled"
        self._send(call, booking_id, reason, done=partial(self._done, words))

    def _send(self, call: Callable[..., Any], *args: str, done: Callable[[Any], None]) -> None:
        """One question at a time: a second press while the first is on its way is none."""
        if not self._sending.busy:
            form = self._form
            self._sending.run_aside(call, *args, done=done, failed=lambda error: self._failed(error, form))

    def _done(self, words: str, _result: object) -> None:
        self.notice.emit(self.desk.texts(words), "info")
        self._close_form()
        self.reload()

    def _failed(self, error: Exception, form: WhyForm | None) -> None:
        """What became of it meanwhile is shown with it."""
        if form is not None and self._form is form:
            form.fail(trouble_words(self.desk.texts, error, self.desk.now()))
        else:
            self._tell(error)
        self.reload()

    def _tell(self, error: Exception) -> None:
        self._trouble.say(trouble_words(self.desk.texts, error, self.desk.now()))

    # forms

    def _open(self, form: WhyForm) -> None:
        clear(self._card)
        self._trouble.quiet()
        self._detail = None
        self._form = form
        form.left.connect(self._close_form)
        self._card.addWidget(form)
        form.show()
        form.setFocus()

    def _close_form(self) -> None:
        self._drop_form()
        self._trouble.quiet()
        if self._page is not None:
            self._show_card(self._page)
        else:
            self._show_nothing("bookings.choose")

    def _drop_form(self) -> None:
        """The keys go back to the page: the focus of a widget that goes would land anywhere."""
        if self._form is not None:
            self._form = None
            clear(self._card)
            if self.isVisible():
                self.setFocus()
