"""The sessions of a day beside each other, one of them chosen: Sell and the form of a booking have it."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.shown import SessionTile
from app.views.activity_row import ActivityRow, activities_of
from app.views.desk import Desk
from app.views.widgets.buttons import icon_button
from app.views.widgets.parts import clear, column, holder, label, row
from app.views.widgets.tile import SessionButton

GAP, SESSION_WIDTH, RUNNING_WIDTH = 12, 142, 172
NAME_WIDTH, SIDES = 64, 28  # a longer name ends with …; what else a tile needs beside it and the time
_SIDES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class SessionStrip(QWidget):
    """Sessions beside each other, as many as fit; arrows turn to the others. Where they are of several activities,
    those of one are seen, and tabs over them lead to the next bookable one of another. Where they are all of another
    than the one that is meant, each says of which. Keys to the sides choose the one beside."""

    session = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sessions: tuple[SessionTile, ...] = ()
        self._tiles: list[SessionButton] = []
        self._chosen, self._first, self._fits, self._meant = 0, 0, 0, ""
        self._there: tuple[SessionTile, ...] = ()  # of all activities
        self._was_named = False
        self._left_at: dict[str, int] = {}  # the session that was chosen of an activity
        self._measure = label(desk, "", "bodystrong")
        self._measure.setParent(self)
        self._measure.hide()
        self._activities, self._box = ActivityRow(desk), row(gap=desk.px(GAP))
        self._activities.tapped.connect(self._turn_to)
        self._row = holder(self._box)
        self.setLayout(column(self._activities, self._row, gap=desk.px(8)))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_sessions(self, sessions: tuple[SessionTile, ...], chosen: int, meant: str = "") -> None:
        """`meant`: the activity of which one is looked for, by its id."""
        self._there, names = sessions, activities_of(sessions)
        taken = next((each for each in sessions if each.number == chosen), None)
        first = next(iter(sessions), None)
        here = taken.activity_id if taken else meant if meant in names else first.activity_id if first else ""
        language = self._desk.texts.language
        self._activities.show_names({each: name.get(language) for each, name in names.items()}, here)
        self._show(tuple(each for each in sessions if each.activity_id == here), chosen, meant)

    def _show(self, sessions: tuple[SessionTile, ...], chosen: int, meant: str) -> None:
        turn = chosen != self._chosen or [each.number for each in sessions] != self._numbers
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
        if turn or not self._told(before[-1]):
            self._fill()

    def step(self, by: int) -> None:
        """Chooses the session that many on, of those that are seen; where none is chosen the first or the last."""
        numbers = self._numbers
        is_chosen = self._chosen in numbers
        at = numbers.index(self._chosen) + by if is_chosen else 0 if by > 0 else len(numbers) - 1
        if 0 <= at < len(numbers):
            self.session.emit(numbers[at])

    def forget(self) -> None:
        """Who comes next has chosen no session yet."""
        self._left_at.clear()

    def take_focus(self) -> None:
        """The chosen session has the keys."""
        if (tile := self._chosen_tile) is not None:
            tile.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (by := _SIDES.get(Qt.Key(event.key()))) is not None:
            self.step(-by if self._desk.look.rtl else by)
        else:
            super().keyPressEvent(event)

    def _turn_to(self, activity: str) -> None:
        """The next that can be booked of an activity is chosen; the one that was when it was left, if it still can."""
        mine = [each for each in self._there if each.activity_id == activity]
        if any(each.number == self._chosen for each in mine):
            return
        self._left_at.update(
            {each.activity_id: each.number for each in self._there if each.number == self._chosen}
        )
        free = [each for each in mine if each.left > 0] or mine
        before = (each for each in free if each.number == self._left_at.get(activity))
        if (found := next(before, next(iter(free), None))) is not None:
            self.session.emit(found.number)

    @property
    def _numbers(self) -> list[int]:
        return [each.number for each in self._sessions]

    @property
    def _chosen_tile(self) -> SessionButton | None:
        return next((each for each in self._tiles if each.session.number == self._chosen), None)

    def _told(self, fitted: int) -> bool:
        """Whether the tiles that there are can say what is left by now: a sale changes it at every tap."""
        seen = self._sessions[self._first : self._first + self._fits]
        same = (fitted, self._was_named, len(self._tiles)) == (self._fits, self._named, len(seen))
        return same and all(each.tell(one) for each, one in zip(self._tiles, seen, strict=True))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sessions and self._fitting() != self._fits:
            self._show(self._sessions, self._chosen, self._meant)

    def _fitting(self) -> int:
        """How many of the widest there are; those that run now say so beside their time."""
        px, room = self._desk.px, self.width() + self._desk.px(GAP)
        widths = sorted((self._wide(each) + px(GAP) for each in self._sessions), reverse=True)
        if sum(widths) > room:
            room -= 2 * px(40 + GAP)
        return max(1, sum(total <= room for total in accumulate(widths)))

    @property
    def _named(self) -> bool:
        """No tabs say it, and it is not what is looked for."""
        return len(activities_of(self._there)) == 1 and self._meant not in ("", self._sessions[0].activity_id)

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
        """What has the keys hands them to what then lies in its place, a session to the chosen one."""
        had = next((at for at in range(self._box.count()) if self._focused(at)), None)
        if had is not None:
            self.setFocus()  # or it would be the page's
        clear(self._box)
        self._was_named = self._named
        last = min(self._first + self._fits, len(self._sessions))
        paged = self._fits < len(self._sessions)
        self._tiles = [self._tile(each) for each in self._sessions[self._first : last]]
        if paged:
            self._box.addWidget(self._arrow("chevron-left", "sell.earlier", -1, self._first > 0))
        for tile in self._tiles:
            self._box.addWidget(tile, 1)
        if paged:
            self._box.addWidget(self._arrow("chevron-right", "sell.later", 1, last < len(self._sessions)))
        if had is not None:
            self._give(had)

    def _focused(self, at: int) -> bool:
        widget = self._widget(at)
        return widget is not None and widget.hasFocus()

    def _widget(self, at: int) -> QWidget | None:
        item = self._box.itemAt(at)
        return item.widget() if item is not None else None

    def _give(self, had: int) -> None:
        """The keys, after the tiles were made anew."""
        there = self._widget(had)
        is_arrow = there is not None and not isinstance(there, SessionButton) and there.isEnabled()
        (there if is_arrow and there else self._chosen_tile or self._tiles[0]).setFocus()

    def _tile(self, session: SessionTile) -> SessionButton:
        made = SessionButton(self._desk, session, chosen=session.number == self._chosen, named=self._named)
        made.clicked.connect(lambda: self.session.emit(session.number))
        return made

    def _arrow(self, icon: str, name: str, by: int, useful: bool) -> QWidget:
        made = icon_button(
            self._desk, icon, self._desk.texts(name), lambda: self._turn(by), kind="plain", size=40
        )
        made.setEnabled(useful)
        return made

    def _turn(self, by: int) -> None:
        self._first = max(0, min(self._first + by, len(self._sessions) - self._fits))
        self._fill()
