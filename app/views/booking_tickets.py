"""Tickets of a paid booking are made anew, or revoked: which of them, and why. A second person may say it with their
PIN."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.shown import Approval
from app.shown_bookings import BookedSession, BookingTicket
from app.texts import Texts
from app.views.desk import Desk
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from app.views.session_words import session_parts, told_by_number
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, row
from app.views.widgets.roomy import Roomy
from domain.catalogue import Words
from domain.staff import Permission

Revoke = Callable[[tuple[str, ...], str, Approval | None], None]


class TicketsForm(Form):
    """`what` is `reissue` or `revoke`, of the booking or sale `number`; a reason belongs to the latter. Signals:
    `given` tickets and reason, `left`."""

    given = Signal(object, str)

    def __init__(self, desk: Desk, number: str, what: str, tickets: Choices) -> None:
        super().__init__()
        self._desk, self.tickets = desk, tickets
        texts, ends = desk.texts, what == "revoke"
        self._why: QLineEdit | None = None
        if ends:
            self._why = field(desk, texts("supervisor.reason"), on_enter=self._said)
        self._trouble = InlinePanel(desk, reserved=2)
        self._do = KeyButton(
            desk, texts(f"bookings.{what}_do"), "ban" if ends else "printer", key=CONFIRM,
            kind="danger" if ends else "primary", size=LARGE - 8, on_click=self._said,
        )  # fmt: skip
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        told = column(
            label(desk, texts(f"bookings.{what}_title", number=number), "h2", wrap=True),
            label(desk, texts(f"bookings.{what}_what"), "body", "text2", wrap=True),
            self.tickets,
            self._why,
            1,
            gap=desk.px(12),
        )
        self.setLayout(
            column(Roomy(desk, told, self._trouble, holder(row(back, 1, self._do, gap=desk.px(16)))))
        )
        self.setFocusProxy(self.tickets)

    @property
    def is_begun(self) -> bool:
        several = self.tickets.count > 1
        return (several and bool(self.tickets.values)) or bool(self._why and self._why.text().strip())

    def fail(self, words: str) -> None:
        """Says why, and the choice stays."""
        self._do.allow(True)
        self._trouble.say(words)

    def _said(self) -> None:
        reason = self._why.text().strip() if self._why else ""
        if not self.tickets.values:
            self.fail(self._desk.texts("bookings.move_choose"))
        elif self._why is not None and not reason:
            self.fail(self._desk.texts.refusal("reason_needed"))
            self._why.setFocus()
        else:
            self._do.allow(False)
            self._trouble.quiet()
            self.given.emit(self.tickets.values, reason)


class SecondRevokes(SecondYes):
    """The same where whoever is signed in may not revoke. Signals: `revoked` tickets and the approval, `left`."""

    revoked = Signal(object, object)

    def __init__(self, desk: Desk, people: People, number: str, tickets: Choices) -> None:
        texts, self.tickets = desk.texts, tickets
        title = texts("bookings.revoke_title", number=number)
        right = Permission.APPROVE_BOOKING.value
        yes = Yes(title, texts("bookings.revoke_what"), texts("bookings.revoke_do"), right)
        super().__init__(desk, people, yes, before=self.tickets)
        self._desk = desk
        self.given.connect(self._said)

    def _said(self, approval: Approval) -> None:
        if self.tickets.values:
            self.revoked.emit(self.tickets.values, approval)
        else:
            self.strip.ask(self._desk.texts("bookings.move_choose"))


RevokeForm = TicketsForm | SecondRevokes


def revoke_form(
    desk: Desk, people: People, what: tuple[str, Choices], revoke: Revoke, *, may_revoke: bool
) -> RevokeForm:
    """`what`: the number, and the tickets to choose from. For whoever is signed in, or for a second person."""
    if may_revoke:
        form = TicketsForm(desk, what[0], "revoke", what[1])
        form.given.connect(lambda chosen, reason: revoke(chosen, reason, None))
        return form
    second = SecondRevokes(desk, people, *what)
    second.revoked.connect(lambda chosen, by: revoke(chosen, by.reason, by))
    return second


def ticket_choices(
    desk: Desk, good: Iterable[BookingTicket], sessions: Iterable[BookedSession], columns: int = 0
) -> Choices:
    """Of the tickets on which nobody came in; the only one is chosen. Beside each other as many as a whole page has
    room for, or `columns`. They say of which activity they are, where their `sessions` are of several."""
    there = movable(good)
    told = told_by_number(sessions, (each.session for each in there))
    options = [
        (each.ticket_id, ticket_words(desk.texts, each, told.get(each.session)), "", "") for each in there
    ]
    room = (2 if desk.look.close else 3) - bool(told)
    made = Choices(desk, options, columns=columns or room, several=True)
    if len(options) == 1:
        made.choose(value for value, *_ in options)
    return made


def movable(good: Iterable[BookingTicket]) -> list[BookingTicket]:
    """For a session, and nobody came in on them."""
    return [each for each in good if each.times and not each.used]


def ticket_words(texts: Texts, ticket: BookingTicket, activity: Words | None = None) -> str:
    """`Day ticket – adult · 14:00 – 16:00 · 7K2M`, with the activity before the time where it is to be said."""
    when = session_parts(texts, activity, ticket.times) if ticket.times else ()
    return texts.line((ticket.name.get(texts.language), *when, texts.code(ticket.short)))
