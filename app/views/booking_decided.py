"""What staff decide about one booking: yes, no, another time, called off; who comes, and which tickets end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.shown_bookings import BookingPage
from app.views.booking_seen import SeenPage
from app.views.booking_suggest import SuggestForm
from app.views.booking_tickets import RevokeForm, TicketsForm, revoke_form, ticket_choices
from app.views.booking_why import WhyForm
from app.views.booking_words import trouble_words
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.ports import Bookings, People
from app.views.second_yes import SecondYes
from app.views.ticket_names import NamesForm


class DecidedPage(SeenPage):
    """A page with the card of a booking, and the forms of what is decided about it."""

    def __init__(
        self, desk: Desk, people: People, bookings: Bookings, found: FoundList, side: QWidget
    ) -> None:
        self._people, self._bookings = people, bookings
        super().__init__(desk, found, side, bookings.look)

    def decide(self, page: BookingPage, what: str) -> None:
        """One of approve, suggest, names, reissue, revoke, reject and cancel."""
        match what:
            case "approve":
                self._approve(page)
            case "suggest":
                self._suggest(page)
            case "names":
                self._ask_names(page)
            case "reissue" | "revoke":
                self._of_tickets(page, what)
            case _:
                self._ask_why(page, what)

    def _approve(self, page: BookingPage) -> None:
        done = partial(self._done, "bookings.was_approved")
        self.send(self._bookings.approve, page.row.booking_id, page.mark, done=done)

    def _ask_why(self, page: BookingPage, what: str) -> None:
        self.open(form := WhyForm(self.desk, page, what, self._bookings))
        form.given.connect(lambda reason: self._end(page, what, reason))

    def _suggest(self, page: BookingPage) -> None:
        self.open(form := SuggestForm(self.desk, page, self._bookings), alone=True)
        form.given.connect(lambda reason: self._reject_with(page, reason, form.times))

    def _reject_with(self, page: BookingPage, reason: str, times: tuple[int, ...]) -> None:
        done = partial(self._done, "bookings.was_suggested")
        self.send(self._bookings.reject, page.row.booking_id, reason, page.mark, times, done=done)

    def _ask_names(self, page: BookingPage) -> None:
        self.open(form := NamesForm(self.desk, page))
        form.given.connect(lambda said: self._name(page, said))

    def _name(self, page: BookingPage, names: dict[str, str]) -> None:
        done = partial(self._done, "bookings.were_named")
        self.send(self._bookings.name_tickets, page.row.booking_id, page.mark, names, done=done)

    def _end(self, page: BookingPage, what: str, reason: str) -> None:
        asked = page.row.booking_id, reason, page.mark
        if what == "reject":
            self.send(self._bookings.reject, *asked, done=partial(self._done, "bookings.was_rejected"))
        else:
            stays, done = page.stays.minor if page.stays else 0, partial(self._done, "bookings.was_cancelled")
            self.send(self._bookings.cancel, *asked, stays, done=done)

    def _done(self, words: str, _result: object) -> None:
        self.notice.emit(self.desk.texts(words), "info")
        self.close_form()
        self.reload()

    def say_in(self, form: Any, error: Exception) -> None:
        is_yes = isinstance(form, SecondYes)
        form.fail(error if is_yes else trouble_words(self.desk.texts, error, self.desk.now()))

    def _of_tickets(self, page: BookingPage, what: str) -> None:
        tickets = ticket_choices(self.desk, page.good, page.row.sessions)
        booking_id, number = page.row.booking_id, page.row.number
        if what == "revoke":
            revoke = partial(self._end_tickets, what, self._bookings.revoke, booking_id)
            made: RevokeForm = revoke_form(
                self.desk, self._people, (number, tickets), revoke, may_revoke=page.may_revoke
            )
        else:
            made = TicketsForm(self.desk, number, what, tickets)
            again = partial(self._end_tickets, what, self._bookings.reissue, booking_id, page.mark)
            made.given.connect(lambda chosen, _: again(chosen))
        self.open(made, alone=True)

    def _end_tickets(self, what: str, call: Callable[..., Any], *args: Any) -> None:
        self.send(call, *args, done=partial(self._tickets_ended, f"bookings.{what}_done"))

    def _tickets_ended(self, words: str, count: int) -> None:
        self.notice.emit(self.desk.texts(words, n=count), "info")
        self.close_form()
        self.reload()

    def say_trouble(self, error: Exception) -> None:
        self.side.trouble.say(trouble_words(self.desk.texts, error, self.desk.now()))
