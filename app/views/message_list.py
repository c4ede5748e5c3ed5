"""The list of messages: those that failed, wait or were sent, or found by guest or booking; over it what is said to
staff."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import StrEnum

from PySide6.QtCore import Signal

from app.shown_messages import Alerts, MessageRow
from app.views.booking_list import LEAST_LETTERS
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.message_words import CHANNELS, STATES, about_words, alert_words, state_words, when_words
from app.views.ports import Messages
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.inputs import field
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, label, picture, row
from app.views.widgets.tab_row import TabRow

Rows = tuple[MessageRow, ...]


class Tab(StrEnum):
    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"
    SEARCH = "search"


class MessageList(FoundList):
    """Signals `turned`: another list is shown now; `decide`: the bookings that wait for a decision are wanted."""

    turned = Signal()
    decide = Signal()

    def __init__(self, desk: Desk, messages: Messages) -> None:
        super().__init__(desk, lambda message: str(message.message_id))
        self._messages = messages
        self._tab, self._guest, self._unsent = Tab.FAILED, "", 0
        self._tabs = TabRow(desk, Tab)
        self._tabs.tapped.connect(lambda name: self.turn(Tab(name)))
        self.field = field(desk, desk.texts("messages.search"), on_enter=self.enter)
        self.field.textEdited.connect(lambda _text: self._typed())
        self.alerts = InlinePanel(desk, "warn")
        layout = column(self._tabs, self.field, self.alerts, self.rows, gap=desk.px(12))
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self._show_tab()

    # what is listed

    @property
    def tab(self) -> Tab:
        return self._tab

    def turn(self, tab: Tab) -> None:
        """Another list; typing begins where one searches."""
        self._tab = tab
        self.rows.stale()
        self._asking.forget()
        self.turned.emit()
        self._show_tab()
        self.again()
        if tab is Tab.SEARCH:
            self.field.setFocus()

    def start_over(self) -> None:
        """What failed, and nothing searched."""
        self._guest = ""
        self.field.clear()
        self.turn(Tab.FAILED)

    def of_guest(self, guest_id: str, name: str) -> None:
        """All about one guest, until something else is typed."""
        self._guest = guest_id
        self.field.setText(name)
        self.turn(Tab.SEARCH)

    def count(self, failed: int) -> None:
        """So many wait for a person."""
        self._unsent = failed
        self._show_tab()

    # asking

    def wanted(self) -> Hashable:
        typed = self._searched
        too_little = self._tab is Tab.SEARCH and not self._guest and len(typed) < LEAST_LETTERS
        return None if too_little else (self._tab, self._guest, typed)

    def question(self) -> Callable[[], tuple[Alerts, Rows]]:
        messages, guest, typed = self._messages, self._guest, self._searched
        asked: dict[Tab, Callable[[], Rows]] = {
            Tab.FAILED: messages.failed,
            Tab.WAITING: messages.waiting,
            Tab.SENT: messages.sent,
            Tab.SEARCH: lambda: messages.of_guest(guest) if guest else messages.find(typed),
        }
        find = asked[self._tab]
        return lambda: (messages.alerts(), find())

    def came(self, answer: tuple[Alerts, Rows]) -> None:
        alerts, found = answer
        self._say(alerts)
        self.rows.fill(found, self._why_empty())

    def ask_nothing(self) -> None:
        self.rows.fill((), self.desk.texts("messages.start"))

    @property
    def _searched(self) -> str:
        return self.field.text().strip() if self._tab is Tab.SEARCH else ""

    def _typed(self) -> None:
        self._guest = ""
        self.edited()

    def _why_empty(self) -> str:
        return self.desk.texts(f"messages.none_{self._tab}", text=self._searched)

    def _say(self, alerts: Alerts) -> None:
        words = alert_words(self.desk.texts, alerts)
        if not words:
            self.alerts.quiet()
        elif words != self.alerts.words:
            way = (self.desk.texts("messages.go_decide"), self.decide.emit) if alerts.to_decide else None
            self.alerts.say(words, "warn" if alerts.down else "info", way)

    def _show_tab(self) -> None:
        texts, n = self.desk.texts, self._unsent
        self.field.setVisible(self._tab is Tab.SEARCH)
        failed = texts("messages.failed_n", n=n) if n else texts("messages.failed")
        words = failed, texts("messages.waiting"), texts("messages.sent"), texts("bookings.find")
        self._tabs.show_words(words, self._tab)

    # rows

    def make_row(self, message: MessageRow) -> Pressable:
        desk, texts, side = self.desk, self.desk.texts, self.desk.px(14)
        kind, about = texts.message(f"kind.{message.kind}"), about_words(texts, message)
        state, when = state_words(texts, message), when_words(texts, message, desk.now())
        words = column(
            1,
            label(desk, kind, "strong", wrap=True),
            label(desk, about, "small", "text2", wrap=True),
            1,
            gap=desk.px(2),
        )
        at = row(1, label(desk, when, "small", "text2"))
        signs = column(1, row(1, chip(desk, state, *STATES[message.state])), at, 1, gap=desk.px(4))
        icon = picture(desk, CHANNELS.get(message.channel, "mail"), "text2")
        edge = desk.px(8)
        box = row(icon, words, signs, gap=desk.px(10), margins=(side, edge, side, edge))
        box.setStretch(1, 1)
        channel = texts.message(f"channel.{message.channel}")
        said = (kind, message.guest, message.number, channel, message.to, state, when)
        made = RowButton("tile", box, ", ".join(part for part in said if part))
        made.setMinimumHeight(desk.px(64))
        return made
