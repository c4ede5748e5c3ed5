"""Guests: searched by name, number or address, registered, changed, verified, merged, erased."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from app.shown_guests import GuestForm, GuestPage, GuestRow, MembershipForm
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.found_page import FoundPage
from app.views.guest_card import GuestCard
from app.views.guest_fields import GuestFields, fields_for
from app.views.guest_questions import erase_form, merge_form
from app.views.guest_search import GuestSearch
from app.views.guest_verify import VerifyForm
from app.views.guest_words import form_of
from app.views.membership_fields import MembershipFields, end_form
from app.views.ports import Guests
from app.views.widgets.buttons import KeyButton
from app.views.widgets.parts import column, holder, row
from domain.membership import Membership


class GuestsView(FoundPage):
    """Signals: `messages` the id and name of a guest, when what was said to them is wanted; `book` the id of one for
    whom a booking is wanted."""

    messages = Signal(str, str)
    book = Signal(str)
    nothing = "guests.choose"
    widths = 440, 360
    topics = frozenset(
        (
            "everything",
            "guest_entry",
            "GuestRegistered",
            "GuestChanged",
            "GuestVerified",
            "GuestMerged",
            "GuestErased",
            "MembershipGiven",
            "MembershipEnded",
        )
    )

    def __init__(self, desk: Desk, guests: Guests) -> None:
        self._guests = guests
        self._for_booking = False  # who comes from a booking goes back to it
        self._search = GuestSearch(desk, guests.find)
        new = KeyButton(desk, desk.texts("guests.new"), "user-plus", key="F12", on_click=lambda: self._new())
        super().__init__(desk, self._search, holder(column(self._search, row(new, 1), gap=desk.px(12))))
        self._search.typed.connect(self.leave)

    # the page's life

    def ask(self, key: str) -> GuestPage:
        return self._guests.page(key)

    def make_card(self, told: GuestPage) -> GuestCard:
        card = GuestCard(self.desk, told)
        card.act.connect(partial(self._act, told))
        card.merge.connect(partial(self._ask_merge, told))
        card.end.connect(partial(self._ask_end, told))
        return card

    def back(self) -> None:
        """A form is closed; else the page is ready for the next guest."""
        if self.side.form is not None:
            self.close_form()
        else:
            self.leave()
            self._search.empty()

    def first_focus(self) -> None:
        (self.side.form or self._search).setFocus()

    def focus_search(self) -> None:
        self._search.setFocus()

    def open_guest(self, guest_id: str) -> None:
        """From another page; words that are typed in an open form stay."""
        if self.side.form is None:
            self.choose(guest_id)

    def register_for_booking(self, text: str) -> None:
        """A new guest, by what was searched, for a booking that waits for them."""
        if self.side.form is None:
            self.leave()
            self._for_booking = True
            self.open(self._fields(form_of(text), ""))

    def verify_for_booking(self, guest_id: str) -> None:
        if self.side.form is None:
            self.choose(guest_id)
            self._for_booking = True
            self.ask_told(lambda page: self._verify(page) if page.contacts else None)

    def show_told(self, told: GuestPage) -> None:
        """What was merged meanwhile is who it goes on as."""
        super().show_told(told)
        self.chosen = told.row.guest_id
        self._search.rows.mark(self.chosen)
        if isinstance(self.side.form, VerifyForm):
            self.side.form.show_page(told)

    def choose(self, key: str) -> None:
        """That one was verified is not said over the next."""
        if key != self.chosen:
            self.unsaid.emit(self.desk.texts("guests.was_verified"))
        self._for_booking = False
        super().choose(key)

    def leave(self) -> None:
        self._for_booking = False
        super().leave()

    def _act(self, page: GuestPage, what: str) -> None:
        match what:
            case "book":
                self.book.emit(page.row.guest_id)
            case "change":
                self.open(self._fields(page.form, page.row.guest_id))
            case "verify":
                self._verify(page)
            case "membership":
                self.open(fields := MembershipFields(self.desk, page))
                fields.given.connect(lambda said: self._give_membership(page, said))
            case "messages":
                self.messages.emit(page.row.guest_id, page.row.name)
            case "copy":
                self._run(self._guests.save_copy, page.row.guest_id, done=self._copied)
            case "erase":
                self.open(form := erase_form(self.desk, page.row))
                form.given.connect(lambda said: self._erase(page.row, said[0]))

    def _copied(self, path: str) -> None:
        texts = self.desk.texts
        self.side.trouble.say(texts("guests.copy_saved", file=texts.code(path)), "info")

    # writing

    def _new(self) -> None:
        self.open(self._fields(form_of(self._search.text), ""))

    def _fields(self, known: GuestForm, guest_id: str) -> GuestFields:
        def given(said: GuestForm) -> None:
            if guest_id:
                self._run(self._guests.change, guest_id, said, done=lambda _: self._done())
            else:
                self._run(self._guests.register, said, done=self._registered)

        made = fields_for(self.desk, known, new=not guest_id, given=given)
        made.other.connect(self.choose)
        return made

    def _give_membership(self, page: GuestPage, said: MembershipForm) -> None:
        self._run(self._guests.give_membership, page.row.guest_id, said, done=lambda _: self._done())

    def _ask_end(self, page: GuestPage, one: Membership) -> None:
        def end(_said: object) -> None:
            who = page.row.guest_id, one.membership_id
            self._run(self._guests.end_membership, *who, done=lambda _: self._done())

        self.open(form := end_form(self.desk, page, one))
        form.given.connect(end)

    def _registered(self, guest_id: str) -> None:
        self.notice.emit(self.desk.texts("guests.registered"), "info")
        self.side.drop_form()
        self.chosen = guest_id
        self._search.again()
        self.ask_told(lambda page: self._verify(page) if page.contacts else self._search.setFocus())

    def _done(self) -> None:
        self.close_form()
        self.reload()

    # verifying

    def _verify(self, page: GuestPage) -> None:
        form = VerifyForm(self.desk, page)
        guest_id = page.row.guest_id

        def send(channel: str) -> None:
            self._run_aside(
                self._guests.send_code,
                guest_id,
                channel,
                done=lambda until: form.sent(channel, until),
                failed=lambda error: form.not_sent(channel, error),
            )

        def said(code: str) -> None:
            self._run_aside(
                self._guests.verify, guest_id, code, done=lambda _: self._verified(), failed=form.fail
            )

        form.send.connect(send)
        form.said.connect(said)
        self.open(form)

    def _verified(self) -> None:
        self.notice.emit(self.desk.texts("guests.was_verified"), "info")
        back = self.chosen if self._for_booking else ""
        self._done()
        if back:
            self._for_booking = False
            self.book.emit(back)

    # merging and erasing

    def _ask_merge(self, page: GuestPage, twin: GuestRow) -> None:
        self.open(form := merge_form(self.desk, twin, page.row))
        form.given.connect(lambda _: self._merge(form, twin, page.row))

    def _merge(self, form: SayForm, twin: GuestRow, into: GuestRow) -> None:
        def done(_result: object) -> None:
            self.notice.emit(self.desk.texts("guests.was_merged", name=into.name), "info")
            self._done()

        self._run_aside(self._guests.merge, twin.guest_id, into.guest_id, done=done, failed=form.fail)

    def _erase(self, guest: GuestRow, reason: str) -> None:
        if (form := self.side.form) is not None:
            self._run_aside(
                self._guests.erase, guest.guest_id, reason, done=lambda _: self._erased(), failed=form.fail
            )

    def _erased(self) -> None:
        self.leave()
        self._search.empty()
        self.side.show_words(self.desk.texts("guests.was_erased"))
        self._search.setFocus()

    def _run(self, call: Callable[..., Any], *args: object, done: Callable[[Any], None]) -> None:
        self.desk.tasks.run(call, *args, done=done, failed=self._failed)

    def _run_aside(self, call: Callable[..., Any], *args: object, **answers: Callable[[Any], None]) -> None:
        """The answer may take its time: once the form was left, it is the page's."""
        form, late = self.side.form, {"done": lambda _: self.reload(), "failed": self.side.trouble.trouble}

        def whose(name: str) -> Callable[[Any], None]:
            return lambda said: (answers[name] if self.side.form is form else late[name])(said)

        self.desk.tasks.run_aside(call, *args, done=whose("done"), failed=whose("failed"))

    def _failed(self, error: Exception) -> None:
        if isinstance(self.side.form, GuestFields | MembershipFields | SayForm):
            self.side.form.fail(error)
        else:
            self.side.trouble.trouble(error)
