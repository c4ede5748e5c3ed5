"""Bookings made ahead: made, of a day, waiting for a decision or found; paid, decided, changed, called off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.shown import Approval
from app.shown_bookings import BookingPage, Made
from app.shown_status import StationStatus
from app.views.booking_add import AddForm
from app.views.booking_again import AgainForm
from app.views.booking_banned import banned_form
from app.views.booking_card import OPEN, BookingCard
from app.views.booking_change import ChangeForm
from app.views.booking_decided import DecidedPage
from app.views.booking_form import BookingForm
from app.views.booking_kept import BookingKept
from app.views.booking_list import BookingList, Tab
from app.views.booking_move import MoveForm
from app.views.booking_wish import Wish
from app.views.booking_words import life_words
from app.views.desk import Desk
from app.views.ports import Bookings, Guests, People
from app.views.widgets.buttons import ARROWS, KeyButton
from app.views.widgets.parts import column, holder, row
from domain.cart import Cart
from domain.errors import Code, Refused


class BookingsView(DecidedPage):
    """Signals: `pay` the cart of a booking, `guest` whose page is wanted, `call_off` the sale of a paid booking,
    `register` a guest by what was searched, `verify` one by their id."""

    pay = Signal(object)
    call_off = Signal(str)
    guest = Signal(str)
    register = Signal(str)
    verify = Signal(str)
    nothing = "bookings.choose"
    widths = 530, 410  # so that three keys of a card have room in the narrowest window
    topics = frozenset((
        "everything", "looking", "reservation", "SaleClosed", "guest_entry", "record", "session", "lease", "lease_end",
        "ticket", "ticket_name", "refund_ask", "refund_decision", "refund_done",
    ))  # fmt: skip

    def __init__(self, desk: Desk, people: People, bookings: Bookings, guests: Guests) -> None:
        self._guests = guests
        self._moved: dict[str, str] = {}  # of which activity were the tickets of a booking that moved last
        self._list = BookingList(desk, bookings)
        new = KeyButton(desk, desk.texts("bookings.new"), "plus", key="F12", on_click=lambda: self._new())
        side = holder(column(self._list, row(new, 1), gap=desk.px(12)))
        super().__init__(desk, people, bookings, self._list, side)
        self._list.turned.connect(self.leave)

    # the page's life

    def ask(self, key: str) -> BookingPage:
        return self._bookings.page(key)

    def make_card(self, told: BookingPage) -> BookingCard:
        card = BookingCard(self.desk, told)
        card.act.connect(partial(self._act, told))
        return card

    def reload(self) -> None:
        super().reload()
        if isinstance(form := self.side.form, BookingForm | MoveForm):
            form.load()
        elif isinstance(form, BookingKept):
            self._look_for(form)

    def keep(self) -> object:
        """A booking that was begun, or a change of one."""
        form = self.side.form
        if not isinstance(form, BookingForm) or not form.is_begun:
            return None
        if isinstance(form, AgainForm):
            return type(form), form.page, form.wish
        return form.wish

    def restore(self, kept: object) -> None:
        if isinstance(kept, Wish):
            self._new(kept)
        elif isinstance(kept, tuple):
            which, page, wish = kept
            (self._add if which is AddForm else self._change)(page, wish)

    def back(self) -> None:
        """One step in a form, or it is closed; else the page begins anew with today."""
        if isinstance(form := self.side.form, BookingForm):
            form.go_back()
        elif form is not None:
            self.close_form()
        elif self._list.filtering:
            self._list.close_filter()
        else:
            self._list.start_over()
            self.setFocus()

    def first_focus(self) -> None:
        if self.side.form is None and self._list.tab == Tab.CALENDAR:
            self._list.calendar.take_focus()
            return
        searching = self._list.searches and self.side.form is None
        (self._list.field if searching else self.side.form or self).setFocus()

    def press(self, key: str) -> bool:
        form = self.side.form
        return (isinstance(form, BookingForm) and form.press(key)) or super().press(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """While one chooses what is seen, arrows go through the tiles."""
        if self._list.filtering and event.key() in ARROWS and self.side.form is None:
            self._list.filter.step(forward=event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def focus_search(self) -> None:
        if self.side.form is None:
            self._list.focus_search()

    def open_booking(self, booking_id: str) -> None:
        """From another page; words that are typed in an open form stay."""
        if self.side.form is None:
            self.choose(booking_id)

    def show_status(self, status: StationStatus) -> None:
        self._list.count(status.to_decide)

    def close_form(self) -> None:
        """What was kept is told of now."""
        form = self.side.form
        super().close_form()
        if isinstance(form, BookingKept):
            self.choose(form.booking_id)

    # a new booking

    def book_for(self, guest_id: str) -> None:
        """From another page: for this guest, in the booking that was begun or in a new one."""
        form = self.side.form
        if isinstance(form, AgainForm) and form.page.guest.guest_id == guest_id:
            form.load()
            return
        if not isinstance(form, BookingForm) or isinstance(form, AgainForm):
            self.side.drop_form()
            self._new()
        self.side.form.take_guest(guest_id)

    def _new(self, wish: Wish | None = None) -> None:
        wish = wish or Wish(day=self._list.day)
        form = BookingForm(self.desk, self._bookings, self._guests, wish, self._people)
        form.made.connect(partial(self._made, form))
        form.register.connect(self.register)
        form.verify.connect(self.verify)
        self.open(form, alone=True)

    def _add(self, page: BookingPage, wish: Wish | None = None) -> None:
        form = AddForm(self.desk, self._bookings, self._guests, page, wish, self._people)
        form.made.connect(partial(self._made, form))
        form.verify.connect(self.verify)
        self.open(form, alone=True)

    def _change(self, page: BookingPage, wish: Wish | None = None) -> None:
        form = ChangeForm(self.desk, self._bookings, self._guests, page, wish, self._people)
        form.made.connect(partial(self._was_changed, form))
        form.verify.connect(self.verify)
        self.open(form, alone=True)

    def _was_changed(self, form: ChangeForm, made: Made, _wish: Wish) -> None:
        """The list shows the day that it is for now, and its card what it is as soon as this station has heard."""
        self.notice.emit(
            self.desk.texts("bookings.was_changed_review" if made.review else "bookings.was_changed"), "info"
        )
        self.side.drop_form()
        self._list.show_day(form.day)
        self.choose(made.booking_id)

    def _move(self, page: BookingPage) -> None:
        activity = self._moved.get(page.row.booking_id, "")
        form = MoveForm(self.desk, self._bookings, page, activity)
        form.moved.connect(partial(self._was_moved, form))
        form.left.connect(partial(self._goes_on_from, form))
        self.open(form, alone=True)

    def _was_moved(self, form: MoveForm, count: int, day: date) -> None:
        page = form.page
        self._goes_on_from(form)
        self.notice.emit(self.desk.texts("bookings.was_moved", n=count), "info")
        self.side.drop_form()
        self._list.show_day(day)
        self.choose(page.row.booking_id)

    def _goes_on_from(self, form: MoveForm) -> None:
        """Whoever opens it again goes on with the same activity."""
        self._moved = {form.page.row.booking_id: form.activity}

    def show_told(self, told: BookingPage) -> None:
        if isinstance(form := self.side.form, ChangeForm | MoveForm):
            form.heard(told)
        super().show_told(told)

    def _made(self, form: BookingForm, made: Made, wish: Wish) -> None:
        """The list shows the day that it is for, with it."""
        self.side.drop_form()
        self._list.show_day(form.day)
        self.open(kept := BookingKept(self.desk, made, wish, may_pay=form.may_pay), alone=True)
        kept.pay.connect(partial(self._pay, made.booking_id))
        self._look_for(kept)

    def _look_for(self, kept: BookingKept) -> None:
        """What was kept comes with the next pull."""

        def here(told: BookingPage) -> None:
            if self.side.form is kept:
                life = life_words(self.desk.texts, told.row, self.desk.now())
                kept.arrived("" if told.may_pay else life)

        self.desk.tasks.run(self._bookings.page, kept.booking_id, done=here, failed=lambda _: None)

    def _pay(self, booking_id: str, approval: Approval | None = None) -> None:
        def done(cart: Cart) -> None:
            if self.side.form is not None:
                self.close_form()
            self.pay.emit(cart)

        asked = (booking_id,) if approval is None else (booking_id, approval)
        failed = partial(self._not_paid, booking_id, self.side.form)
        self.send(self._bookings.cart, *asked, done=done, failed=failed)

    def _not_paid(self, booking_id: str, form: Any, error: Exception) -> None:
        """Where its guest was banned since it was made, a second person may let it be paid."""
        if not (isinstance(error, Refused) and error.code is Code.GUEST_BANNED):
            self.fail(error, form)
            return
        self.side.drop_form()
        self.open(form := banned_form(self.desk, self._people, paying=True))
        form.given.connect(partial(self._pay, booking_id))

    # what staff do

    def _act(self, page: BookingPage, what: str) -> None:
        if what.startswith(OPEN):
            self.choose(what.removeprefix(OPEN))
            return
        acts: dict[str, Callable[[], None]] = {
            "guest": lambda: self.guest.emit(page.guest.guest_id),
            "call_off": lambda: self.call_off.emit(page.sale_id),
            "give_back": lambda: self.call_off.emit(page.sale_id),
            "change": lambda: self._change(page),
            "add": lambda: self._add(page),
            "move": lambda: self._move(page),
            "pay": lambda: self._pay(page.row.booking_id),
        }
        acts.get(what, lambda: self.decide(page, what))()
