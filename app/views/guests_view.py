"""Guests: searched by name, number or address, registered, changed, verified, merged, erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from app.shown_guests import GuestForm, GuestPage, GuestRow
from app.views.asking import Asking
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.guest_card import GuestCard
from app.views.guest_fields import GuestFields, fields_for
from app.views.guest_questions import erase_form, merge_form
from app.views.guest_search import GuestSearch
from app.views.guest_verify import VerifyForm
from app.views.guest_words import form_of
from app.views.page import Page
from app.views.ports import Guests
from app.views.widgets.buttons import KeyButton
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, panel, row

LEFT, LEFT_CLOSE = 440, 360
AnyForm = GuestFields | VerifyForm | SayForm


class GuestsView(Page):
    topics = frozenset(
        (
            "everything",
            "guest_entry",
            "GuestRegistered",
            "GuestChanged",
            "GuestVerified",
            "GuestMerged",
            "GuestErased",
        )
    )

    def __init__(self, desk: Desk, guests: Guests) -> None:
        super().__init__(desk)
        self._guests = guests
        self._asking = Asking(desk.tasks, self)
        self._chosen = ""
        self._page: GuestPage | None = None
        self._detail: GuestCard | None = None
        self._form: AnyForm | None = None
        self._search = GuestSearch(desk, guests.find)
        self._search.picked.connect(self._choose)
        self._search.typed.connect(self._leave_guest)
        new = KeyButton(desk, desk.texts("guests.new"), "user-plus", key="F12", on_click=self._new)
        left = holder(column(self._search, row(new, 1), gap=desk.px(12)))
        left.setFixedWidth(desk.px(LEFT_CLOSE if desk.look.close else LEFT))
        self._trouble, self._card = InlinePanel(desk), column()
        edge, side = desk.px(12 if desk.look.close else 20), desk.px(24)
        inside = column(self._trouble, self._card, margins=(edge, edge, edge, edge))
        inside.setStretch(1, 1)
        self._side: QFrame = panel("card", inside)
        layout = row(left, self._side, gap=side, margins=(side, side, side, side))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._show_nobody("guests.choose")

    # the page's life

    def reload(self) -> None:
        self._search.again()
        if self._chosen:
            self._ask_page()

    def back(self) -> None:
        """A form is closed; else the page is ready for the next guest."""
        if self._form is not None:
            self._close_form()
        else:
            self._leave_guest()
            self._search.empty()

    def first_focus(self) -> None:
        (self._form or self._search).setFocus()

    def focus_search(self) -> None:
        self._search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through who was found, whatever has the focus; pages scroll what is told of one."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if self._form is not None:
            super().keyPressEvent(event)
        elif step:
            self._search.step(step)
        elif self._detail is None or not self._detail.take_key(event):
            super().keyPressEvent(event)

    # one of them

    def open_guest(self, guest_id: str) -> None:
        """From another page; words that are typed in an open form stay."""
        if self._form is None:
            self._choose(guest_id)

    def _choose(self, guest_id: str) -> None:
        self._drop_form()
        self._trouble.quiet()
        self._chosen = guest_id
        self._search.mark(guest_id)
        self._search.setFocus()
        self._ask_page()

    def _leave_guest(self) -> None:
        self._chosen, self._page = "", None
        self._asking.forget()
        self._search.mark("")
        self._trouble.quiet()
        self._drop_form()
        self._show_nobody("guests.choose")

    def _ask_page(self, then: Callable[[GuestPage], None] | None = None) -> None:
        def done(page: GuestPage) -> None:
            self._show_page(page)
            if then is not None:
                then(page)

        self._asking.run(self._guests.page, self._chosen, done=done, failed=self._no_page)

    def _show_page(self, page: GuestPage) -> None:
        """What was merged meanwhile is who it goes on as. A form that is open stays."""
        if self._page is None:
            self._trouble.quiet()
        self._page, self._chosen = page, page.row.guest_id
        self._search.mark(self._chosen)
        if isinstance(self._form, VerifyForm):
            self._form.show_page(page)
        elif self._form is None:
            self._show_card(page)

    def _no_page(self, error: Exception) -> None:
        self._page = None
        if self._form is None:
            self._show_nobody("")
        self._trouble.trouble(error)

    def _show_card(self, page: GuestPage) -> None:
        clear(self._card)
        card = self._detail = GuestCard(self.desk, page)
        card.act.connect(lambda what: self._act(page, what))
        card.merge.connect(lambda twin: self._ask_merge(page, twin))
        self._card.addWidget(card)

    def _show_nobody(self, key: str) -> None:
        clear(self._card)
        self._detail = None
        if key:
            self._card.addWidget(label(self.desk, self.desk.texts(key), "body", "text2", wrap=True))
        self._card.addStretch(1)

    def _act(self, page: GuestPage, what: str) -> None:
        match what:
            case "change":
                self._open(self._fields(page.form, page.row.guest_id))
            case "verify":
                self._verify(page)
            case "copy":
                self._run(self._guests.save_copy, page.row.guest_id, done=self._copied)
            case "erase":
                self._open(form := erase_form(self.desk, page.row))
                form.given.connect(lambda said: self._erase(page.row, said[0]))

    def _copied(self, path: str) -> None:
        texts = self.desk.texts
        self._trouble.say(texts("guests.copy_saved", file=texts.code(path)), "info")

    # writing

    def _new(self) -> None:
        self._open(self._fields(form_of(self._search.text), ""))

    def _fields(self, known: GuestForm, guest_id: str) -> GuestFields:
        def given(said: GuestForm) -> None:
            if guest_id:
                self._run(self._guests.change, guest_id, said, done=lambda _: self._done())
            else:
                self._run(self._guests.register, said, done=self._registered)

        made = fields_for(self.desk, known, new=not guest_id, given=given)
        made.other.connect(self._choose)
        return made

    def _registered(self, guest_id: str) -> None:
        self.notice.emit(self.desk.texts("guests.registered"), "info")
        self._drop_form()
        self._chosen = guest_id
        self._search.again()
        self._ask_page(lambda page: self._verify(page) if page.contacts else self._search.setFocus())

    def _done(self) -> None:
        self._close_form()
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
        self._open(form)

    def _verified(self) -> None:
        self.notice.emit(self.desk.texts("guests.was_verified"), "info")
        self._done()

    # merging and erasing

    def _ask_merge(self, page: GuestPage, twin: GuestRow) -> None:
        self._open(form := merge_form(self.desk, twin, page.row))
        form.given.connect(lambda _: self._merge(form, twin, page.row))

    def _merge(self, form: SayForm, twin: GuestRow, into: GuestRow) -> None:
        def done(_result: object) -> None:
            self.notice.emit(self.desk.texts("guests.was_merged", name=into.name), "info")
            self._done()

        self._run_aside(self._guests.merge, twin.guest_id, into.guest_id, done=done, failed=form.fail)

    def _erase(self, guest: GuestRow, reason: str) -> None:
        if (form := self._form) is not None:
            self._run_aside(
                self._guests.erase, guest.guest_id, reason, done=lambda _: self._erased(), failed=form.fail
            )

    def _erased(self) -> None:
        self._leave_guest()
        self._search.empty()
        self._show_nobody("guests.was_erased")
        self._search.setFocus()

    # forms

    def _open(self, form: AnyForm) -> None:
        clear(self._card)
        self._trouble.quiet()
        self._detail = None
        self._form = form
        form.left.connect(self._close_form)
        self._card.addWidget(form)
        form.show()
        if isinstance(form, SayForm):
            form.setFocus()
        else:
            form.begin()

    def _close_form(self) -> None:
        self._drop_form()
        self._trouble.quiet()
        if self._page is not None:
            self._show_card(self._page)
        else:
            self._show_nobody("guests.choose")

    def _drop_form(self) -> None:
        """The keys go back to the search: the focus of a widget that goes would land anywhere."""
        if self._form is not None:
            self._form = None
            clear(self._card)
            if self.isVisible():
                self._search.setFocus()

    def _run(self, call: Callable[..., Any], *args: object, done: Callable[[Any], None]) -> None:
        self.desk.tasks.run(call, *args, done=done, failed=self._failed)

    def _run_aside(self, call: Callable[..., Any], *args: object, **answers: Callable[[Any], None]) -> None:
        """The answer may take its time: once the form was left, it is the page's."""
        form, late = self._form, {"done": lambda _: self.reload(), "failed": self._trouble.trouble}

        def whose(name: str) -> Callable[[Any], None]:
            return lambda said: (answers[name] if self._form is form else late[name])(said)

        self.desk.tasks.run_aside(call, *args, done=whose("done"), failed=whose("failed"))

    def _failed(self, error: Exception) -> None:
        if isinstance(self._form, GuestFields):
            self._form.fail(error)
        else:
            self._trouble.trouble(error)
