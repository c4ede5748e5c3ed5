"""Messages to guests: which were not sent and why, which wait, which went out; sent again. And what is said to
staff."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal

from app.shown_messages import MessagePage
from app.shown_status import StationStatus
from app.views.desk import Desk
from app.views.found_page import FoundPage
from app.views.message_card import MessageCard
from app.views.message_list import MessageList
from app.views.ports import Messages


class MessagesView(FoundPage):
    """Signals: `guest`, `booking` whose page is wanted."""

    guest = Signal(str)
    booking = Signal(str)
    nothing = "messages.choose"
    topics = frozenset(("everything", "message", "alert", "guest_entry", "reservation"))

    def __init__(self, desk: Desk, messages: Messages) -> None:
        self._messages = messages
        self._list = MessageList(desk, messages)
        super().__init__(desk, self._list, self._list)
        self._list.turned.connect(self.leave)
        self._list.decide.connect(lambda: self.go.emit("bookings"))

    # the page's life

    def ask(self, key: str) -> MessagePage:
        return self._messages.page(key)

    def make_card(self, told: MessagePage) -> MessageCard:
        card = MessageCard(self.desk, told)
        card.act.connect(partial(self._act, told))
        return card

    def back(self) -> None:
        """The page begins anew with what failed."""
        self._list.start_over()
        self.setFocus()

    def first_focus(self) -> None:
        (self._list.field if self._list.searches else self).setFocus()

    def focus_search(self) -> None:
        self._list.focus_search()

    def show_status(self, status: StationStatus) -> None:
        self._list.count(status.failed_messages)

    def show_guest(self, guest_id: str, name: str) -> None:
        """What was said to one guest, from their page."""
        self._list.of_guest(guest_id, name)

    # what staff do

    def _act(self, page: MessagePage, what: str) -> None:
        match what:
            case "guest":
                self.guest.emit(page.guest_id)
            case "booking":
                self.booking.emit(page.booking_id)
            case _:
                self.send(self._messages.resend, page.row.message_id, done=lambda _: self._done())

    def _done(self) -> None:
        self.notice.emit(self.desk.texts("messages.was_queued"), "info")
        self.side.trouble.quiet()
        self.reload()
