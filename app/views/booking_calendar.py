"""A month of bookings: how many each day has, and how full its sessions are, by activity where they are several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.shown_bookings import CalendarDay, CalendarMonth
from app.views.activity_row import ActivityRow
from app.views.asking import Asking
from app.views.booking_day import AT_ONCE, Seen, day_cell, mark_of
from app.views.desk import Desk
from app.views.found_list import SLOW_MS
from app.views.widgets.month_grid import DayCell, MonthGrid
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label
from app.views.widgets.scroll import scroller
from app.views.widgets.turn_row import TurnRow
from domain.catalogue import Activity

_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class BookingCalendar(QWidget):
    """Signal `picked`: a day. `ask` counts the month of a day (None: the present one); called beside the screen."""

    picked = Signal(object)

    def __init__(self, desk: Desk, ask: Callable[[date | None], CalendarMonth]) -> None:
        super().__init__()
        self._desk, self._ask = desk, ask
        self._asking = Asking(desk.tasks, self)
        self._wanted: date | None = None
        self._shown: CalendarMonth | None = None
        self._focused = False  # once it is there, a day takes the keys
        self._at: date | None = None  # which had them before
        texts = desk.texts
        self._turns = TurnRow(
            desk, texts("bookings.month_before"), texts("bookings.month_after"), texts("bookings.this_month")
        )
        self._trouble, self._grid = InlinePanel(desk), MonthGrid(desk)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._wait)
        self._turns.turned.connect(self._turn)
        self._turns.home.connect(lambda: self.show_month(None))
        self._grid.picked.connect(self.picked)
        self._grid.beyond.connect(self.show_month)
        self._activity, self._activities = "", ActivityRow(desk)
        self._activities.tapped.connect(self._choose)
        self._legend = label(desk, texts("bookings.legend"), "caption", "text2", wrap=True)
        month = column(self._grid, self._legend, gap=desk.px(8))
        month.setStretch(0, 1)
        over = self._turns, self._activities, self._trouble
        layout = column(*over, scroller(holder(month)), gap=desk.px(8))
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def show_month(self, day: date | None) -> None:
        """The month of a day, which has the keys then if one here has them now."""
        self._wanted = day
        self._focused = self._focused or self._has_keys
        self.load()

    def load(self) -> None:
        self._slow.start()
        self._asking.run(self._ask, self._wanted, done=self._came, failed=self._failed)

    @property
    def _has_keys(self) -> bool:
        focused: QWidget | None = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def take_focus(self) -> None:
        self._focused = True
        self._focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (step := _PAGES.get(Qt.Key(event.key()))) is not None:
            self._turn(step)
        else:
            super().keyPressEvent(event)

    # asking

    def _turn(self, step: int) -> None:
        if self._shown is not None:
            days = self._shown.days
            self.show_month(days[-1].day + timedelta(days=1) if step > 0 else days[0].day - timedelta(days=1))

    def _came(self, month: CalendarMonth) -> None:
        self._slow.stop()
        self._trouble.quiet()
        if month != self._shown or not self._grid.days:
            self._fill(month)
        if self._focused:
            self._focus()

    def _failed(self, error: Exception) -> None:
        self._slow.stop()
        self._trouble.trouble(error)
        if self._shown is not None and not self._grid.days:
            self._fill(self._shown)

    def _wait(self) -> None:
        self._put_away()
        self._grid.wait()

    def _put_away(self) -> None:
        """The days there are; the one that has the keys hands them to nobody else."""
        if (at := self._grid.at) is not None:
            self._at, self._focused = at, True
            self.setFocus()

    def _fill(self, month: CalendarMonth) -> None:
        self._shown = month
        self._put_away()
        first, last = month.days[0].day, month.days[-1].day
        self._turns.show_at(self._desk.texts.month(first), home=first <= month.today <= last)
        self._show_activities(month.activities)
        by_day = {each.day: each for each in month.days}
        self._grid.fill(list(by_day), month.week_start, lambda day: self._cell(by_day[day]))

    def _focus(self) -> None:
        """The day that is wanted, else today or the first."""
        if self._shown is not None and self._grid.days:
            first, last = self._shown.days[0].day, self._shown.days[-1].day
            here = self._at if self._at is not None and first <= self._at <= last else None
            self._focused, self._at = False, None
            if not self._grid.focus_day(here or self._wanted or self._shown.today):
                self._turns.begin()

    # activities

    @property
    def _seen(self) -> str:
        """The activity alone that is seen; "" for the fullest of all, and where there is no choice."""
        there = [each.activity_id for each in self._shown.activities] if self._shown else []
        return self._activity if len(there) > AT_ONCE and self._activity in there else ""

    def _choose(self, activity: str) -> None:
        self._activity = activity
        if self._shown is not None and self._grid.days:
            self._fill(self._shown)
            if self._focused:
                self._focus()

    def _show_activities(self, activities: Sequence[Activity]) -> None:
        texts, language = self._desk.texts, self._desk.texts.language
        names = {each.activity_id: each.name.get(language) for each in activities}
        choice = {"": texts("bookings.fullest"), **names} if len(activities) > AT_ONCE else {}
        self._activities.show_names(choice, self._seen)
        if len(activities) < 2 or self._seen:
            self._legend.setText(texts("bookings.legend"))
            return
        marked = texts.line(f"{mark_of(at)} {name}" for at, name in enumerate(names.values()))
        self._legend.setText(
            texts("bookings.legend_fullest" if choice else "bookings.legend_of", what=marked)
        )

    # days

    def _cell(self, day: CalendarDay) -> DayCell:
        assert self._shown is not None
        desk, is_today = self._desk, day.day == self._shown.today
        made = day_cell(desk, day, Seen(self._shown.activities, self._seen), today=is_today)
        made.setMinimumHeight(desk.px(48))
        made.setProperty("chosen", is_today)
        made.allow(day.known, "" if day.known else desk.texts("bookings.day_unknown"))
        return made
