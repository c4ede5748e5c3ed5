"""The list of messages: those that failed, wait or were sent, or found by guest or booking; over it what is said to
staff."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import StrEnum

from PySide6.QtCore import Signal

from app.shown_messages import Alerts, MessageRow
from app.views.desk import Desk
from app.views.message_words import CHANNELS, STATES, about_words, alert_words, state_words, when_words
from app.views.ports import Messages
from app.views.tabbed_list import SearchedList
from app.views.widgets.buttons import Pressable
from app.views.widgets.marked_rows import told_row
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, label, picture

Rows = tuple[MessageRow, ...]


class Tab(StrEnum):
    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"
    SEARCH = "search"


class MessageList(SearchedList):
    """Signal `decide`: the bookings that wait for a decision are wanted."""

    decide = Signal()

    def __init__(self, desk: Desk, messages: Messages) -> None:
        hint = desk.texts("messages.search")
        super().__init__(desk, lambda message: str(message.message_id), tuple(Tab), hint)
        self._messages = messages
        self._guest, self._unsent = "", 0
        self.alerts = InlinePanel(desk, "warn")
        layout = column(self.tabs, self.field, self.alerts, self.rows, gap=desk.px(12))
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self.show_tab()

    # what is listed

    def start_over(self) -> None:
        """What failed, and nothing searched."""
        self._guest = ""
        super().start_over()

    def of_guest(self, guest_id: str, name: str) -> None:
        """All about one guest, until something else is typed."""
        self._guest = guest_id
        self.field.setText(name)
        self.turn(Tab.SEARCH)

    def count(self, failed: int) -> None:
        """So many wait for a person."""
        self._unsent = failed
        self.show_tab()

    # asking

    def wanted(self) -> Hashable:
        return None if self.too_little and not self._guest else (self.tab, self._guest, self.typed)

    def question(self) -> Callable[[], tuple[Alerts, Rows]]:
        messages, guest, typed = self._messages, self._guest, self.typed
        asked: dict[str, Callable[[], Rows]] = {
            Tab.FAILED: messages.failed,
            Tab.WAITING: messages.waiting,
            Tab.SENT: messages.sent,
            Tab.SEARCH: lambda: messages.of_guest(guest) if guest else messages.find(typed),
        }
        find = asked[self.tab]
        return lambda: (messages.alerts(), find())

    def came(self, answer: tuple[Alerts, Rows]) -> None:
        alerts, found = answer
        self._say(alerts)
        self.rows.fill(found, self._why_empty())

    def ask_nothing(self) -> None:
        self.rows.fill((), self.desk.texts("messages.start"))

    def edited(self) -> None:
        self._guest = ""
        super().edited()

    def _why_empty(self) -> str:
        return self.desk.texts(f"messages.none_{self.tab}", text=self.typed)

    def _say(self, alerts: Alerts) -> None:
        words = alert_words(self.desk.texts, alerts)
        if not words:
            self.alerts.quiet()
        elif words != self.alerts.words:
            way = (self.desk.texts("messages.go_decide"), self.decide.emit) if alerts.to_decide else None
            self.alerts.say(words, "warn" if alerts.down else "info", way)

    def tab_words(self) -> tuple[str, ...]:
        texts, n = self.desk.texts, self._unsent
        failed = texts("messages.failed_n", n=n) if n else texts("messages.failed")
        return failed, texts("messages.waiting"), texts("messages.sent"), texts("bookings.find")

    # rows

    def make_row(self, message: MessageRow) -> Pressable:
        desk, texts = self.desk, self.desk.texts
        kind, about = texts.message(f"kind.{message.kind}"), about_words(texts, message)
        state, when = state_words(texts, message), when_words(texts, message, desk.now())
        words = label(desk, kind, "strong", wrap=True), label(desk, about, "small", "text2", wrap=True)
        signs = chip(desk, state, *STATES[message.state]), label(desk, when, "small", "text2")
        icon = picture(desk, CHANNELS.get(message.channel, "mail"), "text2")
        channel = texts.message(f"channel.{message.channel}")
        said = (kind, message.guest, message.number, channel, message.to, state, when)
        return told_row(desk, words, signs, ", ".join(part for part in said if part), icon)
