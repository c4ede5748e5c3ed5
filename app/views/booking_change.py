"""A booking that is changed at the counter: the form of a new one, filled, with what is more or less to pay."""

from __future__ import annotations

from dataclasses import replace

from app.shown import SessionTile
from app.shown_bookings import BookingDesk, BookingPage, Made
from app.views.booking_again import AgainForm, parts_of, with_wished
from app.views.booking_asked import Asked
from app.views.booking_words import trouble_words
from app.views.desk import Desk
from domain.errors import Code, Refused


class ChangeForm(AgainForm):
    keep_words, away_words = "bookings.change_do", "bookings.change_away"
    days_words = "bookings.change_two_days"
    _stale = False  # somebody else made it another

    def title(self, desk: Desk) -> str:
        return desk.texts("bookings.change_title", number=self.page.row.number)

    @property
    def is_begun(self) -> bool:
        wish, first = self.wish, self._first
        now = wish.day, wish.session, dict(wish.counts), wish.note, wish.parts
        return now != (first.day, first.session, dict(first.counts), first.note, first.parts)

    def left_in(self, session: SessionTile) -> int:
        """Its own places are given back for it."""
        products = {each.number: each.places for each in self._shown.products} if self._shown else {}
        mine = (
            n * products.get(product, 0)
            for product, number, n in self.page.wished
            if number == session.number
        )
        return session.left + sum(mine)

    def ask(self, asked: Asked) -> Made:
        what = self.page.row.booking_id, self.page.mark, asked.lines, asked.note
        return self._bookings.change(*what, asked.booking_id, asked.day, asked.approval)

    def _came(self, desk: BookingDesk) -> None:
        """What it has stays to be counted, though it is not sold any more. Its other sessions are put aside, as soon as
        products are known; typing begins with the first of these."""
        is_first, desk = self._shown is None, with_wished(desk, self.page)
        if is_first:
            parts = parts_of(self.page, desk, lambda moment: self._desk.texts.local(moment).date())
            self._first = replace(self._first, parts=parts)
            self.wish = self.wish if self._goes_on else replace(self.wish, parts=parts)
        super()._came(desk)
        if is_first and self.isVisible():
            self._take_keys()

    def heard(self, page: BookingPage) -> None:
        """What is known of it now: changed or decided by a colleague, it is not what this form is about."""
        if (page.mark, page.row.life) != (self.page.mark, self.page.row.life) and not self._keeping.busy:
            self._tell_stale(Refused(Code.BOOKING_CHANGED))

    def _show(self) -> None:
        super()._show()
        if self._shown is not None:
            self._sum.tell_difference(self._difference(self._shown))

    def _difference(self, desk: BookingDesk) -> str:
        """`It was 230.00. 23.00 more to pay.`"""
        texts, was, now = self._desk.texts, self.page.row.total, self.wish.total(desk)
        key = "same" if now == was else "more" if now.minor > was.minor else "less"
        between = now - was if now.minor > was.minor else was - now
        return texts(f"bookings.change_{key}", was=texts.money(was), amount=texts.money(between))

    def _why_not(self) -> str:
        if self._stale:
            return self._desk.texts("bookings.change_stale")
        desk = self._shown
        return super()._why_not() or (self._desk.texts("bookings.change_none") if self._is_same(desk) else "")

    def _is_same(self, desk: BookingDesk | None) -> bool:
        if desk is None:
            return True
        wish, row = self.wish, self.page.row
        now = sorted(wish.asked(desk)), wish.note.strip(), wish.total(desk), wish.days(desk)[0]
        return now == (sorted(self.page.wished), self.page.note, row.total, row.day)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Refused) and error.code in (
            Code.BOOKING_CHANGED,
            Code.BOOKING_IS,
            Code.BOOKING_PAID,
        ):
            self._tell_stale(error)
        else:
            super()._failed(error)

    def _tell_stale(self, error: Exception) -> None:
        """Who changed it, and when; what is written stays to be read."""
        self._stale = True
        self._trouble.say(trouble_words(self._desk.texts, error, self._desk.now()))
        self._show()
