"""The list of bookings: of a day, of those that wait for a decision, or found by number or guest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from PySide6.QtWidgets import QFrame, QLabel

from app.shown_bookings import BookingRow
from app.views.booking_calendar import BookingCalendar
from app.views.booking_words import LIVES, axes_of, axes_words, life_words, what_words
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.tabbed_list import SearchedList
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable
from app.views.widgets.marked_rows import told_row
from app.views.widgets.marks import chip
from app.views.widgets.parts import column, every, label, row
from app.views.widgets.turn_row import TurnRow

COUNT_MS = 5000
Rows = tuple[BookingRow, ...]


class Tab(StrEnum):
    DAY = "day"
    DECIDE = "decide"
    CALENDAR = "calendar"
    SEARCH = "search"


class BookingList(SearchedList):
    def __init__(self, desk: Desk, bookings: Bookings) -> None:
        hint = desk.texts("bookings.search")
        super().__init__(desk, lambda booking: str(booking.booking_id), tuple(Tab), hint)
        self._bookings = bookings
        self._day: date | None = None  # None: whatever is today
        self._today: date | None = None
        self._to_decide = 0
        self._chips: dict[str, QFrame] = {}
        self._days = self._day_row()
        self.calendar = BookingCalendar(desk, bookings.month)
        self.calendar.picked.connect(self.show_day)
        every(self, COUNT_MS, self._count).start()
        layout = column(self.tabs, self._days, self.field, self.calendar, self.rows, gap=desk.px(12))
        for each in (3, 4):
            layout.setStretch(each, 1)
        self.setLayout(layout)
        self.show_tab()

    # what is listed

    def turn(self, tab: str) -> None:
        super().turn(tab)
        if tab == Tab.CALENDAR:
            self.calendar.show_month(self._day)
            self.calendar.take_focus()

    @property
    def day(self) -> date | None:
        """The day that is shown or was picked; None: whatever is today."""
        return self._day

    def show_day(self, day: date) -> None:
        self._day = None if day == self._today else day
        self.turn(Tab.DAY)

    def again(self) -> None:
        if self.tab == Tab.CALENDAR:
            self.calendar.load()
        else:
            super().again()

    def start_over(self) -> None:
        """Today, and nothing searched."""
        self._day = None
        super().start_over()

    def count(self, to_decide: int) -> None:
        """So many wait for a decision."""
        self._to_decide = to_decide
        self.show_tab()

    # asking

    def wanted(self) -> Hashable:
        nothing = self.too_little or self.tab == Tab.CALENDAR
        return None if nothing else (self.tab, self._day, self.typed)

    def question(self) -> Callable[[], tuple[date, Rows]]:
        bookings, typed, wanted = self._bookings, self.typed, self._day
        asked: dict[str, Callable[[date], Rows]] = {
            Tab.DAY: lambda today: bookings.of_day(wanted or today),
            Tab.DECIDE: lambda _today: bookings.under_review(),
            Tab.SEARCH: lambda _today: bookings.find(typed),
        }
        find = asked[self.tab]

        def ask() -> tuple[date, Rows]:
            today = bookings.today()
            return today, find(today)

        return ask

    def came(self, answer: tuple[date, Rows]) -> None:
        self._today, found = answer
        self._name_day()
        self.rows.fill(found, self._why_empty())

    def ask_nothing(self) -> None:
        self.rows.fill((), self.desk.texts("bookings.start"))

    def _why_empty(self) -> str:
        texts, day = self.desk.texts, self._day or self._today
        match self.tab:
            case Tab.DAY:
                return texts("bookings.none_day", day=texts.day(day) if day else "")
            case Tab.DECIDE:
                return texts("bookings.none_decide")
            case _:
                return texts("bookings.none_found", text=self.typed)

    # tabs and days

    def tapped(self, tab: str) -> None:
        if tab != Tab.CALENDAR:
            self._day = None
        self.turn(tab)

    def _day_row(self) -> TurnRow:
        texts = self.desk.texts
        made = TurnRow(self.desk, texts("bookings.before"), texts("bookings.after"), texts("bookings.now"))
        made.turned.connect(self._step_day)
        made.home.connect(partial(self.tapped, Tab.DAY))
        return made

    def _step_day(self, step: int) -> None:
        if self._today is not None:
            self._day = (self._day or self._today) + timedelta(days=step)
            self.turn(Tab.DAY)

    def show_tab(self) -> None:
        super().show_tab()
        self._days.setVisible(self.tab == Tab.DAY)
        self.calendar.setVisible(self.tab == Tab.CALENDAR)
        self.rows.setVisible(self.tab != Tab.CALENDAR)
        self._name_day()

    def tab_words(self) -> tuple[str, ...]:
        texts, n = self.desk.texts, self._to_decide
        decide = texts("bookings.decide_n", n=n) if n else texts("bookings.decide")
        return texts("bookings.today"), decide, texts("bookings.calendar"), texts("bookings.find")

    def _name_day(self) -> None:
        day = self._day or self._today
        at_home = self._day is None or self._day == self._today
        self._days.show_at(self.desk.texts.day(day) if day else "", home=at_home)

    # rows

    def make_row(self, booking: BookingRow) -> Pressable:
        desk = self.desk
        axes = axes_of(desk, booking)
        signs = (
            column(*(row(each, 1) for each in axes), gap=0)
            if desk.look.close
            else row(*axes, 1, gap=desk.px(8))
        )
        words = (
            label(desk, booking.guest or desk.texts("bookings.nobody"), "strong", wrap=True),
            label(desk, self._detail(booking), "small", "text2", wrap=True),
            signs,
        )
        state = chip(desk, life_words(desk.texts, booking, desk.now()), *LIVES[booking.life])
        self._chips[booking.booking_id] = state
        amount = Amount(desk, "h3", text=desk.texts.money(booking.total))
        return told_row(desk, words, (amount, state), self._name(booking))

    def _detail(self, booking: BookingRow) -> str:
        texts = self.desk.texts
        day = "" if self.tab == Tab.DAY else texts.day(booking.day)
        return texts.line(part for part in (booking.number, day, what_words(texts, booking)) if part)

    def _name(self, booking: BookingRow) -> str:
        """All that the row says, as it is read aloud."""
        texts = self.desk.texts
        life = life_words(texts, booking, self.desk.now())
        amount, what = texts.money(booking.total), what_words(texts, booking)
        said = (booking.guest, booking.number, what, amount, life, *axes_words(texts, booking))
        return ", ".join(part for part in said if part)

    def _count(self) -> None:
        """Minutes go by."""
        for booking, made in zip(self.rows.items, self.rows.buttons, strict=False):
            if booking.until is not None:
                words, state = (
                    life_words(self.desk.texts, booking, self.desk.now()),
                    self._chips[booking.booking_id],
                )
                state.findChildren(QLabel)[-1].setText(words)
                state.setAccessibleName(words)
                made.setAccessibleName(self._name(booking))
