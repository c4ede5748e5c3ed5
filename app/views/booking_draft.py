"""What somebody wants to book, step by step: for whom, when, what, who comes. `booking_form` has it kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QWidget

from app.shown import SessionTile
from app.shown_bookings import BookingDesk
from app.shown_guests import GuestPage, GuestRow
from app.views.asking import Asking
from app.views.booking_answers import BookingAnswers
from app.views.booking_banned import BannedStep
from app.views.booking_names import BookingNames
from app.views.booking_short import not_as_it_is, not_here, too_many
from app.views.booking_sum import NEXT, BookingSum
from app.views.booking_what import OUT, BookingWhat
from app.views.booking_who import BookingWho
from app.views.booking_wish import Part, Wish
from app.views.desk import Desk
from app.views.ports import Bookings, Guests, People
from app.views.widgets.form import Form
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, row
from domain.catalogue import Product


class BookingDraft(Form):
    """Signals: `register` a guest by what was searched, `verify` a guest by their id, `left`."""

    keep_words, away_words, can_choose = "bookings.keep", "bookings.book_away", True
    days_words = "bookings.two_days"
    """What is said; and whether it may be for another guest, and says who comes."""
    register = Signal(str)
    verify = Signal(str)

    def __init__(
        self, desk: Desk, bookings: Bookings, guests: Guests, wish: Wish, people: People | None = None
    ) -> None:
        """`people` may allow it for a guest who is banned."""
        super().__init__()
        self._desk, self._bookings, self._guests = desk, bookings, guests
        self.wish = wish
        self._shown: BookingDesk | None = None
        self._refused: Exception | None = None  # about the session, until something else is wanted
        self._asking, self._guest_asking = Asking(desk.tasks, self), Asking(desk.tasks, self)
        self._keeping = Asking(desk.tasks, self)
        self._who, self._what = BookingWho(desk, guests), BookingWhat(desk)
        self._sum = BookingSum(desk, self.title(desk))
        self._steps, self._names = Pages(), BookingNames(desk)
        self._yes = BannedStep(desk, people, self._steps)
        for each in (self._who, self._what, self._names):
            self._steps.addWidget(each)
        self._answers = BookingAnswers(desk, self.keep_words, self.away_words)
        self._trouble, self._keep = self._answers.trouble, self._answers.keep
        self._sum.setFixedWidth(desk.px(290 if desk.look.close else 350))
        self._join()
        self.setLayout(self._lay())
        self._show_step(choosing=wish.guest is None)

    def title(self, desk: Desk) -> str:
        return desk.texts("bookings.new")

    def _join(self) -> None:
        self._who.picked.connect(self._picked)
        self._who.register.connect(self.register)
        self._what.day.connect(self._choose_day)
        self._what.session.connect(self._choose_session)
        self._what.counted.connect(lambda number, n: self._change(self.wish.counting(number, n)))
        self._what.done.connect(self._sum.note.setFocus)
        self._sum.names.connect(self._turn_names)
        self._sum.without.connect(lambda at: self._change(self.wish.without(at)))
        self._sum.again.connect(lambda at: self._ask_again(self.wish.parts[at]))
        self._names.wished.connect(lambda *named: self._change(self.wish.naming(*named)))
        self._names.done.connect(self._turn_names)
        self._sum.other.connect(lambda: self._show_step(choosing=True))
        self._sum.verify.connect(lambda: self.verify.emit(self._guest_id))
        self._sum.noted.connect(lambda note: self._change(replace(self.wish, note=note)))
        self._sum.done.connect(self._keep.click)
        self._answers.back.clicked.connect(self.go_back)
        self._answers.besides.clicked.connect(self._put_apart)

    def _lay(self) -> QLayout:
        work = row(self._steps, self._sum, gap=self._desk.px(24))
        work.setStretch(0, 1)
        layout = column(work, self._answers, gap=self._desk.px(12))
        layout.setStretch(0, 1)
        return layout

    # its life

    @property
    def is_begun(self) -> bool:
        return self.wish.is_begun

    @property
    def _guest_id(self) -> str:
        return self.wish.guest.guest_id if self.wish.guest else ""

    def begin(self) -> None:
        self.load()
        self._take_keys()

    def load(self) -> None:
        """Asks again what there is, and how the guest is known now."""
        self._asking.run(self._bookings.desk, self.wish.day, done=self._came, failed=self._trouble.trouble)
        if self._guest_id:
            self._guest_asking.run(self._guests.page, self._guest_id, done=self._known, failed=self._unknown)

    def take_guest(self, guest_id: str) -> None:
        """From another page; the booking is for them now."""
        self._guest_asking.run(self._guests.page, guest_id, done=self._known_now, failed=self._unknown)

    def go_back(self) -> None:
        """One step: to the guest, then out; none while the places are asked for, or nobody would see the answer."""
        if self._keeping.busy:
            return
        if self._naming or self._yes.form:
            self._show_step(choosing=False)
        elif self._choosing or not self.can_choose:
            self.left.emit()
        else:
            self._show_step(choosing=True)

    def resume(self, focused: QWidget | None) -> None:
        if focused is None or not self.isAncestorOf(focused):
            self._take_keys()

    # the steps

    @property
    def _choosing(self) -> bool:
        return self._steps.currentWidget() is self._who

    @property
    def _naming(self) -> bool:
        return self._steps.currentWidget() is self._names

    def _put_apart(self) -> None:
        """What is counted stays for its session; another is counted from nothing."""
        if self._shown is not None and self.wish.places(self._shown):
            self._change(self.wish.apart(self._shown))
            self._show_step(choosing=False)

    def press(self, key: str) -> bool:
        """One key goes through the sessions, whose pencils may be out of sight, one takes out what does not go with the
        session; False for any other."""
        is_what = self._steps.currentWidget() is self._what
        if is_what and key == OUT and self._what.trouble.act():
            return True
        if key != NEXT or not self.wish.parts or not is_what:
            return False
        self._ask_again(self.wish.parts[0])
        return True

    def _ask_again(self, part: Part) -> None:
        """What is for another session is to be counted: first what there is on its day."""
        done = partial(self._count_again, part)
        self._asking.run(self._bookings.desk, part.day, done=done, failed=self._trouble.trouble)

    def _count_again(self, part: Part, desk: BookingDesk) -> None:
        if self._shown is not None and any(each is part for each in self.wish.parts):
            self.wish, self._refused = self.wish.again(part, self._shown), None
            self._came(desk)
            self._show_step(choosing=False)

    def _turn_names(self) -> None:
        """To who comes, or back to what is booked."""
        if self._naming:
            self._show_step(choosing=False)
            self._sum.note.setFocus()
        elif self._shown is not None and not self._choosing and self.wish.seats(self._shown):
            self._steps.setCurrentWidget(self._names)
            self._show()
            self._take_keys()

    def _show_step(self, *, choosing: bool) -> None:
        if choosing:
            self._who.empty()
        self._yes.close()
        self._steps.setCurrentWidget(self._who if choosing else self._what)
        self._show()
        if self.isVisible():
            self._take_keys()

    def _take_keys(self) -> None:
        if self._choosing:
            self._who.setFocus()
        else:
            (self._yes.form or (self._names if self._naming else self._what)).begin()

    def _picked(self, guest: GuestRow) -> None:
        self._take(guest)
        self._guest_asking.run(self._guests.page, guest.guest_id, done=self._known, failed=self._unknown)

    def _known(self, page: GuestPage) -> None:
        self._change(replace(self.wish, guest=page.row, has=page.memberships))

    def _known_now(self, page: GuestPage) -> None:
        self._take(page.row)
        self._known(page)

    def _unknown(self, error: Exception) -> None:
        self._sum.trouble.trouble(error)

    def _take(self, guest: GuestRow) -> None:
        self._sum.trouble.quiet()
        self.wish = replace(self.wish, guest=guest, has=None)
        self._show_step(choosing=False)

    def _choose_day(self, day: date | None) -> None:
        self._refused = None
        self.wish = replace(self.wish, day=day)
        self._asking.run(self._bookings.desk, day, done=self._came, failed=self._trouble.trouble)

    def _choose_session(self, number: int) -> None:
        """Of another activity the products are others; the first takes the keys of one that is gone."""
        had = self._what.products.has_keys
        if self._shown is not None:
            self._change(self.wish.choosing(number, self._shown))
        if had and not self._what.products.has_keys:
            self._take_keys()

    def _take_out(self) -> None:
        """What does not go with the session, because somebody says so."""
        if self._shown is not None:
            self._change(self.wish.without_stray(self._shown))

    def _came(self, desk: BookingDesk) -> None:
        before, self._shown = self._shown, desk
        is_first, same_day = before is None, before is None or before.day == desk.day
        meant = self.wish.meant(before) if before else self.wish
        self.wish = meant.on(desk, self._desk.texts.local, same_day=same_day)
        had = self._what.products.has_keys
        if lost := self.wish.lost(desk):
            self._say_lost(lost)
        self._show()
        is_lost = self._is_lost or (had and not self._what.products.has_keys)
        if not self._choosing and self.isVisible() and (is_first or is_lost):
            self._take_keys()  # whoever chose a guest before there were products begins with the first

    def _say_lost(self, lost: Sequence[Product]) -> None:
        """What was counted is not sold any more: it is taken out, and said."""
        texts = self._desk.texts
        for each in lost:
            self.wish = self.wish.counting(each.number, 0)
        what = texts.line(each.name.get(texts.language) for each in lost)
        self._what.wrong.say(texts("bookings.lost", what=what), "warn")

    @property
    def _is_lost(self) -> bool:
        """What had the keys is gone: the day's products are others."""
        focused: QWidget | None = self.window().focusWidget()
        return focused is None or not self.isAncestorOf(focused) or not focused.isVisible()

    def _change(self, wish: Wish) -> None:
        what = wish.counts, wish.session, wish.parts
        if what != (self.wish.counts, self.wish.session, self.wish.parts):
            self._refused = None
            self._what.wrong.quiet()
            self._trouble.quiet()
        self.wish = wish
        self._show()

    def _show(self) -> None:
        is_asked = self._yes.form is not None  # a supervisor: what is booked stays as it is meanwhile
        fixed = self._choosing or is_asked or not self.can_choose
        self._sum.show_wish(self.wish, self._shown, choosing=fixed)
        self._sum.note.setReadOnly(is_asked)
        self._sum.note.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_asked else Qt.FocusPolicy.StrongFocus)
        if self._shown is not None:
            self._what.show_desk(self._shown, self.wish)
            self._show_names(self._shown)
            self._show_short(self._shown)
            self._answers.show_line(online=self._shown.online)
        self._keep.allow(not self._keeping.busy, self._why_not())
        self._answers.show_keys(shown=not is_asked)

    def _show_short(self, desk: BookingDesk) -> None:
        """Who does not go with the session, and more than there are places, or days: said before it is asked."""
        texts, trouble = self._desk.texts, self._what.trouble
        if self._refused is not None:
            trouble.trouble(self._refused)
        elif words := not_here(texts, self.wish, desk):
            out = texts("bookings.take_out"), self._take_out
            trouble.say(words, "warn", None if self._yes.form else out)
        elif words := self._two_days(desk) or too_many(texts, self.wish, desk, self.left_in):
            trouble.say(words, "warn")
        else:
            trouble.quiet()

    def _show_names(self, desk: BookingDesk) -> None:
        guest = self.wish.guest
        waits = desk.verified_only and guest is not None and not guest.verified  # for a code, before all else
        is_free = self.can_choose and not self._choosing and self._yes.form is None
        can_name = is_free and not waits and bool(self.wish.seats(desk))
        is_what = self._steps.currentWidget() is self._what and not waits
        counted = any(product.places for product, _ in self.wish.lines(desk))
        self._answers.besides.setVisible(is_what and counted)
        self._sum.offer_names(can_name, naming=self._naming)
        if self._naming:
            self._names.show_wish(self.wish, desk)

    def left_in(self, session: SessionTile) -> int:
        """The places that this booking could have there."""
        return session.left

    def _why_not(self) -> str:
        """Why it can't be kept as it is; empty where it can."""
        texts, desk, guest = self._desk.texts, self._shown, self.wish.guest
        if desk is None:
            return texts("bookings.still_loading")
        if not desk.online:
            return texts(self.away_words)
        if guest is None:
            return texts("bookings.no_guest")
        if self._yes.form:
            return texts("bookings.banned_what")
        return not_as_it_is(texts, self.wish, desk, guest, self._two_days(desk))

    def _two_days(self, desk: BookingDesk) -> str:
        """A booking is of one day; empty where this is."""
        return self._desk.texts(self.days_words) if len(self.wish.days(desk)) > 1 else ""
