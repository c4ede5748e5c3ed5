"""The list of bookings: of a day, of those that wait for a decision, by the calendar, or found by number or guest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel

from app.shown_bookings import BookingRow
from app.views.booking_calendar import BookingCalendar
from app.views.booking_words import LIVES, axes_of, axes_words, life_words, what_words
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.ports import Bookings
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.inputs import field
from app.views.widgets.marks import chip
from app.views.widgets.parts import column, every, label, row
from app.views.widgets.tab_row import TabRow
from app.views.widgets.turn_row import TurnRow

COUNT_MS, LEAST_LETTERS = 5000, 2
Rows = tuple[BookingRow, ...]


class Tab(StrEnum):
    DAY = "day"
    DECIDE = "decide"
    CALENDAR = "calendar"
    SEARCH = "search"


class BookingList(FoundList):
    """Signal `turned`: another list is shown now."""

    turned = Signal()

    def __init__(self, desk: Desk, bookings: Bookings) -> None:
        super().__init__(desk, lambda booking: str(booking.booking_id))
        self._bookings = bookings
        self._tab = Tab.DAY
        self._day: date | None = None  # None: whatever is today
        self._today: date | None = None
        self._to_decide = 0
        self._chips: dict[str, QFrame] = {}
        self._tabs = TabRow(desk, Tab)
        self._tabs.tapped.connect(lambda name: self._tapped(Tab(name)))
        self.field = field(desk, desk.texts("bookings.search"), on_enter=self.enter)
        self.field.textEdited.connect(lambda _text: self.edited())
        self._days = self._day_row()
        self.calendar = BookingCalendar(desk, bookings.month)
        self.calendar.picked.connect(self.show_day)
        every(self, COUNT_MS, self._count).start()
        layout = column(self._tabs, self._days, self.field, self.calendar, self.rows, gap=desk.px(12))
        for each in (3, 4):
            layout.setStretch(each, 1)
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
        if tab is Tab.CALENDAR:
            self.calendar.show_month(self._day)
            self.calendar.take_focus()
        else:
            self.again()
        if tab is Tab.SEARCH:
            self.field.setFocus()

    @property
    def day(self) -> date | None:
        """The day that is shown or was picked; None: whatever is today."""
        return self._day

    def show_day(self, day: date) -> None:
        self._day = None if day == self._today else day
        self.turn(Tab.DAY)

    def again(self) -> None:
        if self._tab is Tab.CALENDAR:
            self.calendar.load()
        else:
            super().again()

    def start_over(self) -> None:
        """Today, and nothing searched."""
        self._day = None
        self.field.clear()
        self.turn(Tab.DAY)

    def count(self, to_decide: int) -> None:
        """So many wait for a decision."""
        self._to_decide = to_decide
        self._name_tabs()

    # asking

    def wanted(self) -> tuple[Tab, date | None, str] | None:
        typed = self.field.text().strip() if self._tab is Tab.SEARCH else ""
        too_little = self._tab is Tab.SEARCH and len(typed) < LEAST_LETTERS
        return None if too_little or self._tab is Tab.CALENDAR else (self._tab, self._day, typed)

    def question(self) -> Callable[[], tuple[date, Rows]]:
        bookings, typed, wanted = self._bookings, self.field.text().strip(), self._day
        asked: dict[Tab, Callable[[date], Rows]] = {
            Tab.DAY: lambda today: bookings.of_day(wanted or today),
            Tab.DECIDE: lambda _today: bookings.under_review(),
            Tab.SEARCH: lambda _today: bookings.find(typed),
        }
        find = asked[self._tab]

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
        match self._tab:
            case Tab.DAY:
                return texts("bookings.none_day", day=texts.day(day) if day else "")
            case Tab.DECIDE:
                return texts("bookings.none_decide")
            case _:
                return texts("bookings.none_found", text=self.field.text().strip())

    # tabs and days

    def _tapped(self, tab: Tab) -> None:
        if tab is not Tab.CALENDAR:
            self._day = None
        self.turn(tab)

    def _day_row(self) -> TurnRow:
        texts = self.desk.texts
        made = TurnRow(self.desk, texts("bookings.before"), texts("bookings.after"), texts("bookings.now"))
        made.turned.connect(self._step_day)
        made.home.connect(partial(self._tapped, Tab.DAY))
        return made

    def _step_day(self, step: int) -> None:
        if self._today is not None:
            self._day = (self._day or self._today) + timedelta(days=step)
            self.turn(Tab.DAY)

    def _show_tab(self) -> None:
        self._days.setVisible(self._tab is Tab.DAY)
        self.field.setVisible(self._tab is Tab.SEARCH)
        self.calendar.setVisible(self._tab is Tab.CALENDAR)
        self.rows.setVisible(self._tab is not Tab.CALENDAR)
        self._name_tabs()
        self._name_day()

    def _name_tabs(self) -> None:
        texts, n = self.desk.texts, self._to_decide
        decide = texts("bookings.decide_n", n=n) if n else texts("bookings.decide")
        words = (texts("bookings.today"), decide, texts("bookings.calendar"), texts("bookings.find"))
        self._tabs.show_words(words, self._tab)

    def _name_day(self) -> None:
        day = self._day or self._today
        at_home = self._day is None or self._day == self._today
        self._days.show_at(self.desk.texts.day(day) if day else "", home=at_home)

    # rows

    def make_row(self, booking: BookingRow) -> Pressable:
        desk, side = self.desk, self.desk.px(14)
        axes, gap = axes_of(desk, booking), desk.px(8)
        signs = column(*(row(each, 1) for each in axes), gap=0) if desk.look.close else row(*axes, 1, gap=gap)
        words = column(
            1,
            label(desk, booking.guest or desk.texts("bookings.nobody"), "strong", wrap=True),
            label(desk, self._detail(booking), "small", "text2", wrap=True),
            signs,
            1,
            gap=desk.px(2),
        )
        state = chip(desk, life_words(desk.texts, booking, desk.now()), *LIVES[booking.life])
        self._chips[booking.booking_id] = state
        amount = Amount(desk, "h3", text=desk.texts.money(booking.total))
        box = row(
            words,
            column(1, row(1, amount), row(1, state), 1, gap=desk.px(4)),
            gap=gap,
            margins=(side, desk.px(8), side, desk.px(8)),
        )
        box.setStretch(0, 1)
        made = RowButton("tile", box, self._name(booking))
        made.setMinimumHeight(desk.px(64))
        return made

    def _detail(self, booking: BookingRow) -> str:
        texts = self.desk.texts
        day = "" if self._tab is Tab.DAY else texts.day(booking.day)
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
