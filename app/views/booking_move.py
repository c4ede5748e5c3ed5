"""Tickets of a paid booking are moved: which of them, and to which day and session. No money moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from app.shown import SessionTile
from app.shown_bookings import BookingDesk, BookingPage, BookingTicket
from app.texts import UNBROKEN_DASH
from app.views.asking import Asking
from app.views.booking_tickets import movable, ticket_choices
from app.views.booking_what import BookingWhat
from app.views.booking_wish import Wish
from app.views.booking_words import trouble_words
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, row
from app.views.widgets.roomy import Roomy
from domain.catalogue import Words
from domain.errors import Code, Refused

_STALE = (Code.BOOKING_CHANGED, Code.BOOKING_IS, Code.MOVE_TICKET_GONE, Code.MOVE_TICKET_USED)


class Asked(NamedTuple):
    """What the server was asked to move, and as what: the same is asked again as the same change."""

    change_id: str
    tickets: tuple[str, ...]
    session: int


class MoveForm(Form):
    """Of several activities the tickets of `activity`, if there are any, are chosen at the start. Signals: `moved` how
    many, and the day that is shown; `left`."""

    moved = Signal(int, object)

    def __init__(self, desk: Desk, bookings: Bookings, page: BookingPage, activity: str = "") -> None:
        super().__init__()
        self._desk, self._bookings, self.page, self._wanted = desk, bookings, page, activity
        self._wish = Wish(day=page.row.day)
        self._whole: BookingDesk | None = None
        self._shown: BookingDesk | None = None  # of it the sessions that the chosen tickets could have
        self._asked, self._stale = Asked("", (), 0), False
        self._asking, self._moving = Asking(desk.tasks, self), Asking(desk.tasks, self)
        texts = desk.texts
        self._tickets = ticket_choices(desk, page.good, page.row.sessions)
        self._tickets.choose(self._first)
        self._what = BookingWhat(desk)
        self._said, self._trouble = label(desk, "", "body", "text2", wrap=True), InlinePanel(desk, reserved=2)
        self._away = InlinePanel(desk, "warn")
        self._do = KeyButton(
            desk, texts("bookings.move_do"), "check", key=CONFIRM, kind="primary", size=LARGE - 8,
            on_click=self._ask,
        )  # fmt: skip
        self._what.day.connect(self._choose_day)
        self._what.session.connect(self._choose_session)
        self._tickets.changed.connect(self._show)
        self._lay()

    def _lay(self) -> None:
        desk, texts = self._desk, self._desk.texts
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        self._what.products.hide()
        told = column(
            label(desk, texts("bookings.move_title", number=self.page.row.number), "h2", wrap=True),
            self._away,
            self._what,
            label(desk, texts("bookings.move_which"), "strong", wrap=True),
            self._tickets,
            self._said,
            1,
            gap=desk.px(12),
        )
        answers = holder(row(back, 1, self._do, gap=desk.px(16)))
        self.setLayout(column(Roomy(desk, told, self._trouble, answers)))

    # its life

    @property
    def is_begun(self) -> bool:
        return set(self._tickets.values) != self._first or self._wish != Wish(day=self.page.row.day)

    def begin(self) -> None:
        self.load()
        self._what.begin()

    def load(self) -> None:
        """Asks again which sessions there are."""
        self._asking.run(self._bookings.desk, self._wish.day, done=self._came, failed=self._trouble.trouble)

    def resume(self, focused: object) -> None:
        if focused is None:
            self._what.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Days and sessions go on wherever the focus is."""
        self._what.keyPressEvent(event)

    def heard(self, page: BookingPage) -> None:
        """What is known of it now: changed or called off by a colleague, it is not what this form is about."""
        if (page.mark, page.row.life) != (self.page.mark, self.page.row.life) and not self._moving.busy:
            self._tell(Refused(Code.BOOKING_CHANGED), stale=True)

    # what is chosen

    def _choose_day(self, day: date | None) -> None:
        self._wish = replace(self._wish, day=day)
        self.load()

    def _choose_session(self, number: int) -> None:
        self._wish = replace(self._wish, session=number)
        self._show()

    def _came(self, desk: BookingDesk) -> None:
        self._whole = replace(desk, products=())
        self._show()

    @property
    def _activities(self) -> dict[str, Words]:
        """Those of the chosen tickets, by their ids."""
        return self._of(each for each in self.page.good if each.ticket_id in self._tickets.values)

    @property
    def _several(self) -> dict[str, Words]:
        """Those of all tickets that can move."""
        return self._of(movable(self.page.good))

    @property
    def activity(self) -> str:
        """Of which activity the tickets are that were asked to be moved, else that are chosen, by its id."""
        asked = self._asked.tickets or self._tickets.values
        return next(iter(self._of(each for each in self.page.good if each.ticket_id in asked)), "")

    @property
    def _first(self) -> set[str]:
        """The tickets that are chosen at the start: all that can move, or of several activities those of the one that
        is wanted, else of the first."""
        several = self._several
        first = self._wanted if self._wanted in several else next(iter(several), "")
        return {each.ticket_id for each in movable(self.page.good) if not first or first in self._of((each,))}

    def _of(self, tickets: Iterable[BookingTicket]) -> dict[str, Words]:
        """Their activities, that of the earliest session first."""
        numbers = {each.session for each in tickets}
        return {each.activity_id: each.activity for each in self.page.row.sessions if each.number in numbers}

    @property
    def _session(self) -> SessionTile | None:
        return self._wish.session_of(self._shown) if self._shown else None

    def _show(self) -> None:
        if self._whole is None:
            return
        mine = self._activities
        there = (each for each in self._whole.sessions if not mine or each.activity_id in mine)
        self._shown = replace(self._whole, sessions=tuple(there))
        self._what.show_desk(self._shown, self._wish)
        self._away.quiet() if self._shown.online else self._away.say(self._desk.texts("bookings.move_away"))
        self._said.setText(self._summary())
        self._do.allow(not self._moving.busy, self._why_not())

    def _summary(self) -> str:
        """What moves, or why that which is chosen cannot."""
        session = self._session
        if session is None or self._shown is None:
            return ""
        said = self._wrong(session) or self._moved(session, self._shown.day)
        one_of_several = len(self._several) > 1 >= len(self._activities)
        return f"{said} {self._apart('bookings.move_others')}" if one_of_several else said

    def _moved(self, session: SessionTile, day: date) -> str:
        texts = self._desk.texts
        when = texts.line((texts.day(day), texts.span(session.starts_at, session.ends_at, UNBROKEN_DASH)))
        chosen, all_of_them = len(self._tickets.values), len(self.page.good)
        return texts("bookings.move_sum", n=chosen, all=all_of_them, when=when)

    def _apart(self, key: str) -> str:
        """Says of which activities the tickets are, so that those of one are moved at a time."""
        texts = self._desk.texts
        names = (each.get(texts.language) for each in self._several.values())
        return texts(key, what=texts("guests.and").join(names))

    def _why_not(self) -> str:
        texts, desk, session = self._desk.texts, self._shown, self._session
        if self._stale:
            return texts("bookings.change_stale")
        if desk is None:
            return texts("bookings.still_loading")
        if not desk.online:
            return texts("bookings.move_away")
        if session is None:
            return texts("bookings.no_session", day=texts.day(desk.day))
        return self._wrong(session)

    def _wrong(self, session: SessionTile) -> str:
        """What speaks against the chosen tickets."""
        texts = self._desk.texts
        if not self._tickets.values:
            return texts("bookings.move_choose")
        if len(self._activities) > 1:
            return self._apart("bookings.move_apart")
        chosen = (each for each in self.page.good if each.ticket_id in self._tickets.values)
        return texts("bookings.move_same") if all(each.session == session.number for each in chosen) else ""

    # moving

    def _ask(self) -> None:
        session, desk = self._session, self._shown
        if session is None or desk is None or self._moving.busy:
            return
        now = Asked(self._asked.change_id, self._tickets.values, session.number)
        self._asked = now if now == self._asked else now._replace(change_id=desk.booking_id)
        self._trouble.quiet()
        self._do.allow(False)
        change_id, tickets, number = self._asked
        what = self.page.row.booking_id, self.page.mark, tickets, number, change_id
        self._moving.run_aside(self._bookings.move, *what, done=self._done, failed=self._failed)

    def _done(self, count: int) -> None:
        self.moved.emit(count, self._shown.day if self._shown else None)

    def _failed(self, error: Exception) -> None:
        self.load()
        self._tell(error, stale=isinstance(error, Refused) and error.code in _STALE)

    def _tell(self, error: Exception, *, stale: bool) -> None:
        self._stale = self._stale or stale
        self._trouble.say(trouble_words(self._desk.texts, error, self._desk.now()))
        self._show()
