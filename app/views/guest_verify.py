"""A code to a guest's phone or address, and back: who says it has shown that the contact is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout

from app.shown_guests import GuestPage
from app.views.desk import Desk
from app.views.guest_words import breakable
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.code_boxes import DIGITS, CodeBoxes
from app.views.widgets.form import Form
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, every, holder, label, row
from app.views.widgets.roomy import Roomy
from domain.errors import Code, Refused

AGAIN_SECONDS = 30  # the server's pace
WAYS = {"sms": ("F9", "device-mobile"), "mail": ("F10", "mail")}


class VerifyForm(Form):
    """Signals: `send` by a channel (sms, mail), `said` the code, `left` as not verified."""

    send = Signal(str)
    said = Signal(str)

    def __init__(self, desk: Desk, page: GuestPage) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self._again: dict[str, datetime] = {}  # when another may be sent
        self._sending = self._sent = ""  # channels
        texts = desk.texts
        self._ways = {channel: self._way(channel) for channel in WAYS}
        self._soon, self._until = (label(desk, "", "small", "text2", wrap=True) for _ in range(2))
        self._boxes = CodeBoxes(desk, lambda n: texts("guests.digit", n=n, most=DIGITS))
        self._boxes.entered.connect(self._confirm)
        self._away = InlinePanel(desk, "warn")
        self._trouble = InlinePanel(desk, reserved=3)
        size = LARGE - 8
        self._give = KeyButton(
            desk, texts("guests.do_verify"), "check", key=CONFIRM, kind="primary", size=size
        )
        self._give.clicked.connect(self._confirm)
        self._later = KeyButton(desk, texts("guests.later"), size=size, on_click=self.left.emit)
        answers = row(self._later, 1, self._give, gap=desk.px(24))
        self._code = holder(column(row(self._boxes, 1), self._until, gap=desk.px(8)))
        self._by = holder(column(self._ways_row(), self._soon, gap=desk.px(8)))
        self.setLayout(column(Roomy(desk, self._told(), self._trouble, holder(answers))))
        self._timer = every(self, 1000, self._count)
        self.show_page(page)

    def show_page(self, page: GuestPage) -> None:
        """What can be sent, and whether the line is there, as it is now."""
        self._page = page
        for channel, button in self._ways.items():
            button.setVisible(channel in page.contacts)
        self._by.setVisible(page.online)
        self._code.setVisible(page.online)
        self._give.setVisible(page.online)
        self._later.set_key("" if page.online else CONFIRM)
        if page.online:
            self._away.quiet()
        else:
            self._away.say(self._desk.texts("guests.verify_offline", name=page.row.name))
        self._count()

    def begin(self) -> None:
        if not self._page.online:
            self._later.setFocus()
        elif self._sent:
            self._boxes.begin()
        else:
            self._ways[self._page.contacts[0]].setFocus()

    def sent(self, channel: str, until: str) -> None:
        """A code is on its way and holds until then (ISO)."""
        self._sending, self._sent = "", channel
        self._trouble.quiet()
        self._wait(channel, AGAIN_SECONDS)
        texts = self._desk.texts
        self._until.setText(texts("guests.code_until", until=self._clock(until)))
        self._boxes.begin()

    def fail(self, error: Exception) -> None:
        """Says why and how many tries are left; what was typed is typed anew."""
        self._give.setEnabled(True)
        self._trouble.trouble(error)
        code = error.code if isinstance(error, Refused) else None
        if code is Code.CODE_OVER:
            self._sent = ""
            self._until.setText("")
        if code in (Code.CODE_WRONG, Code.CODE_OVER):
            self._boxes.begin()

    def not_sent(self, channel: str, error: Exception) -> None:
        """The server may know of a code that this form did not send."""
        self._sending = ""
        self._trouble.trouble(error)
        left = error.facts.get("seconds") if isinstance(error, Refused) else None
        if isinstance(left, int):
            self._wait(channel, left)
            self._boxes.go_on()
        self._count()

    # parts

    def _told(self) -> QLayout:
        desk, texts, page = self._desk, self._desk.texts, self._page
        contacts = {"sms": page.row.phone, "mail": breakable(page.row.email)}
        reach = texts.line(contacts[channel] for channel in page.contacts)
        return column(
            label(desk, texts("guests.verify_title", name=page.row.name), "h2", wrap=True),
            label(desk, reach, "bodystrong", wrap=True),
            label(desk, texts("guests.verify_what"), "body", "text2", wrap=True),
            self._away,
            self._by,
            self._code,
            1,
            gap=desk.px(12),
        )

    def _ways_row(self) -> QLayout:
        return row(*self._ways.values(), 1, gap=self._desk.px(12))

    def _way(self, channel: str) -> KeyButton:
        key, icon = WAYS[channel]
        made = KeyButton(self._desk, self._desk.texts(f"guests.by_{channel}"), icon, key=key, kind="tonal")
        made.clicked.connect(lambda: self._ask(channel))
        return made

    def _ask(self, channel: str) -> None:
        self._sending = channel
        self._trouble.quiet()
        self._count()
        self.send.emit(channel)

    def _confirm(self) -> None:
        if not self._page.online:
            return
        if not self._boxes.is_full:
            self._trouble.say(self._desk.texts("guests.code_short"), "warn")
            self._boxes.go_on()
            return
        self._give.setEnabled(False)
        self._trouble.quiet()
        self.said.emit(self._boxes.code)

    # waiting

    def _wait(self, channel: str, seconds: int) -> None:
        self._again[channel] = self._desk.now() + timedelta(seconds=seconds)
        self._timer.start()
        self._count()

    def _count(self) -> None:
        """What can be sent now, and the seconds until the rest can."""
        texts, now = self._desk.texts, self._desk.now()
        left = {each: ceil((moment - now).total_seconds()) for each, moment in self._again.items()}
        for channel, button in self._ways.items():
            seconds = left.get(channel, 0)
            button.set_words(
                texts(f"guests.again_{channel}" if channel in self._again else f"guests.by_{channel}")
            )
            soon = texts("guests.soon", n=seconds) if seconds > 0 else ""
            button.allow(True, texts("guests.sending") if channel == self._sending else soon)
        longest = max(left.values(), default=0)
        self._soon.setText(texts("guests.soon", n=longest) if longest > 0 else "")
        if longest <= 0:
            self._timer.stop()

    def _clock(self, iso: str) -> str:
        try:
            return self._desk.texts.clock(datetime.fromisoformat(iso))
        except ValueError:
            return iso
