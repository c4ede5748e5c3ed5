"""The last line of a booking's form: one step back, what was said to it, another session, and keep the places."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, row

_SIZE = LARGE - 8


class BookingAnswers(QWidget):
    """`keep_words` are those of the key that keeps, `away_words` what is said without the server."""

    def __init__(self, desk: Desk, keep_words: str, away_words: str) -> None:
        super().__init__()
        texts = desk.texts
        self._away_words = texts(away_words)
        self._away, self.trouble = InlinePanel(desk, "warn"), InlinePanel(desk)
        self.back = KeyButton(desk, texts("guests.back"), size=_SIZE)
        self.besides = KeyButton(desk, texts("bookings.another_session"), "plus", key="Ctrl+D", size=_SIZE)
        self.keep = KeyButton(desk, texts(keep_words), "check", key=CONFIRM, kind="primary", size=_SIZE)
        self.besides.hide()
        said = column(self._away, self.trouble, gap=desk.px(4))
        line = row(self.back, said, self.besides, self.keep, gap=desk.px(8))
        line.setStretch(1, 1)
        self.setLayout(line)

    def show_line(self, *, online: bool) -> None:
        if online:
            self._away.quiet()
        else:
            self._away.say(self._away_words)

    def show_keys(self, *, shown: bool) -> None:
        """Hidden while a second person is asked, whose form has its own."""
        self.back.setVisible(shown)
        self.keep.setVisible(shown)
