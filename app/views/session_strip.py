"""The sessions of a day beside each other, one of them chosen: Sell and the form of a booking have it."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.shown import SessionTile
from app.views.desk import Desk
from app.views.widgets.buttons import icon_button
from app.views.widgets.parts import clear, label, row
from app.views.widgets.tile import SessionButton

GAP, SESSION_WIDTH, RUNNING_WIDTH = 12, 142, 172
NAME_WIDTH, SIDES = 64, 28  # a longer name ends with …; what else a tile needs beside it and the time


class SessionStrip(QWidget):
    """Sessions beside each other, as many as fit; arrows turn to the others. Where they are of several activities,
    or of another than the one that is meant, each says of which."""

    session = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sessions: tuple[SessionTile, ...] = ()
        self._tiles: list[SessionButton] = []
        self._chosen, self._first, self._fits, self._meant = 0, 0, 0, ""
        self._measure = label(desk, "", "bodystrong")
        self._measure.setParent(self)
        self._measure.hide()
        self._box = row(gap=desk.px(GAP))
        self.setLayout(self._box)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_sessions(self, sessions: tuple[SessionTile, ...], chosen: int, meant: str = "") -> None:
        """`meant`: the activity of which one is looked for, by its id."""
        turn = chosen != self._chosen or len(sessions) != len(self._sessions)
        before = self._sessions, self._meant, self._fits
        self._sessions, self._chosen, self._meant = sessions, chosen, meant
        self._fits = self._fitting()
        turn |= self._fits < before[-1]  # or the chosen one could be out of sight
        if not turn and before == (sessions, meant, self._fits):
            return
        if turn:
            at = next((i for i, each in enumerate(sessions) if each.number == chosen), 0)
            before_it = int(self._fits > 1)
            self._first = max(0, min(at - before_it, len(sessions) - self._fits))
        if turn or not self._told(before):
            self._fill()

    def _told(self, before: tuple[tuple[SessionTile, ...], str, int]) -> bool:
        """Whether the tiles that there are can say what is left by now: a sale changes it at every tap."""
        seen = self._sessions[self._first : self._first + self._fits]
        same = before[1:] == (self._meant, self._fits) and len(self._tiles) == len(seen)
        return same and all(each.tell(one) for each, one in zip(self._tiles, seen, strict=True))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sessions and self._fitting() != self._fits:
            self.show_sessions(self._sessions, self._chosen, self._meant)

    def _fitting(self) -> int:
        """How many of the widest there are; those that run now say so beside their time."""
        px, room = self._desk.px, self.width() + self._desk.px(GAP)
        widths = sorted((self._wide(each) + px(GAP) for each in self._sessions), reverse=True)
        if sum(widths) > room:
            room -= 2 * px(40 + GAP)
        return max(1, sum(total <= room for total in accumulate(widths)))

    @property
    def _named(self) -> bool:
        return len({self._meant, *(each.activity_id for each in self._sessions)} - {""}) > 1

    def _wide(self, session: SessionTile) -> int:
        px = self._desk.px
        wide = px(RUNNING_WIDTH if session.now else SESSION_WIDTH)
        if not self._named:
            return wide
        texts, beside = self._desk.texts, px(SIDES) + (wide - px(SESSION_WIDTH)) * 2
        name = min(self._length(session.activity.get(texts.language)), px(NAME_WIDTH))
        time = self._length(f"· {texts.span(session.starts_at, session.ends_at)}")
        return max(wide, name + time + beside)

    def _length(self, words: str) -> int:
        self._measure.setText(words)
        self._measure.ensurePolished()
        return self._measure.sizeHint().width()

    def _fill(self) -> None:
        clear(self._box)
        self._tiles = []
        last = min(self._first + self._fits, len(self._sessions))
        paged = self._fits < len(self._sessions)
        if paged:
            self._box.addWidget(self._arrow("chevron-left", "sell.earlier", -1, self._first > 0))
        for each in self._sessions[self._first : last]:
            chosen = each.number == self._chosen
            button = SessionButton(self._desk, each, chosen=chosen, named=self._named)
            button.clicked.connect(lambda _checked=False, number=each.number: self.session.emit(number))
            self._tiles.append(button)
            self._box.addWidget(button, 1)
        if paged:
            self._box.addWidget(self._arrow("chevron-right", "sell.later", 1, last < len(self._sessions)))

    def _arrow(self, icon: str, name: str, by: int, useful: bool) -> QWidget:
        made = icon_button(
            self._desk, icon, self._desk.texts(name), lambda: self._turn(by), kind="plain", size=40
        )
        made.setEnabled(useful)
        return made

    def _turn(self, by: int) -> None:
        self._first = max(0, min(self._first + by, len(self._sessions) - self._fits))
        self._fill()
