"""One message in full: what it says and to whom, how it fares and why, what became of it; and sending it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from app.shown_messages import MessagePage, State
from app.views.desk import Desk
from app.views.message_words import STATES, history_of, state_words, why_not, why_words
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, column, holder, label, picture, row, rule
from app.views.widgets.told_card import ToldCard

NAME_WIDTH = 110


class MessageCard(ToldCard):
    """Signal `act`: what is wanted (again, guest, booking)."""

    act = Signal(str)

    def __init__(self, desk: Desk, page: MessagePage) -> None:
        super().__init__(desk)
        self._page = page
        parts = (*self._head(), *self._facts(), rule(), *self._history())
        self.tell(parts, self._actions(), desk.px(8))

    # what is known

    def _head(self) -> Sequence[Item]:
        desk, message = self.desk, self._page.row
        title = desk.texts.message(f"kind.{message.kind}")
        state = chip(desk, state_words(desk.texts, message), *STATES[message.state])
        why = None
        if words := why_words(desk.texts, message):
            why = InlinePanel(desk, "info" if message.state is State.OVERTAKEN else STATES[message.state][1])
            why.say(words)
        return label(desk, title, "h1", wrap=True), row(state, 1), why

    def _facts(self) -> Iterable[QWidget]:
        desk, message, page = self.desk, self._page.row, self._page
        channel = desk.texts.message(f"channel.{message.channel}")
        to = desk.texts.line((channel, message.to))
        yield self._line("to", to, None)
        if message.guest:
            yield self._line("guest", message.guest, self._way("guest", "user", page.guest_id))
        if message.number:
            number = desk.texts.code(message.number)
            yield self._line("booking", number, self._way("booking", "calendar-event", page.booking_id))

    def _line(self, name: str, value: str, way: Item) -> QWidget:
        return self.fact(self.desk.texts(f"messages.field_{name}"), value, NAME_WIDTH, way)

    def _way(self, what: str, icon: str, key: str) -> KeyButton | None:
        """To where that is told of; None where nobody can go."""
        if not key:
            return None
        words = self.desk.texts(f"messages.open_{what}")
        return KeyButton(self.desk, words, icon, size=SMALL, on_click=lambda: self.act.emit(what))

    def _history(self) -> Iterable[Item]:
        desk = self.desk
        yield label(desk, desk.texts("guests.history"), "captionstrong", "text2")
        for icon, words in history_of(desk.texts, self._page.row):
            said = label(desk, words, "body", wrap=True)
            line = row(picture(desk, icon, "text2", 20), said, gap=desk.px(12))
            line.setStretch(1, 1)
            yield holder(line)

    # what can be done

    def _actions(self) -> QLayout:
        desk, why = self.desk, why_not(self.desk.texts, self._page)
        words = desk.texts("messages.again")
        again = KeyButton(
            desk, words, "refresh", key="F9", kind="primary", on_click=lambda: self.act.emit("again")
        )
        again.allow(not why, why)
        said = label(desk, why, "small", "text2", wrap=True) if why else None
        return column(said, row(again, 1), gap=desk.px(8))
