"""The list of bookings: of a day, of those that wait for a decision, or found by number or guest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from PySide6.QtWidgets import QWidget

from app.shown_bookings import Approvals, BookingRow, Verdict
from app.views.booking_calendar import BookingCalendar
from app.views.booking_filter import BookingFilter
from app.views.booking_narrow import Narrow
from app.views.booking_row import booking_row, told_of
from app.views.desk import Desk
from app.views.due_sign import COUNT_MS
from app.views.ports import Bookings
from app.views.tabbed_list import SearchedList
from app.views.widgets.buttons import KeyButton, icon_button
from app.views.widgets.parts import column, every, holder, label, row
from app.views.widgets.tab_row import TabRow
from app.views.widgets.turn_row import TurnRow
from app.views.widgets.two_lines import TwoLines

Rows = tuple[BookingRow, ...]
Answer = Rows | Approvals


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
        self._found: Rows = ()
        self.narrow = Narrow()
        self._days = self._day_row()
        self.filter, self._filter_row = BookingFilter(desk), self._make_filter_row()
        self.filter.narrowed.connect(self._narrow_to)
        self.filter.done.connect(self.close_filter)
        self.filter.hide()
        self._verdict, self._counts = Verdict.WAITING, dict[Verdict, int]()
        self._verdicts = TabRow(desk, tuple(Verdict))
        self._verdicts.tapped.connect(self._turn_verdict)
        self.calendar = BookingCalendar(desk, bookings.month)
        self.calendar.picked.connect(self.show_day)
        every(self, COUNT_MS, self._count).start()
        over = self.tabs, self._days, self._verdicts, self.field, self._filter_row
        layout = column(*over, self.calendar, self.filter, self.rows, gap=desk.px(12))
        for each in (5, 6, 7):
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
        """Today, all of it, and nothing searched."""
        self._day, self.narrow = None, Narrow()
        super().start_over()

    def count(self, to_decide: int) -> None:
        """So many wait for a decision."""
        self._to_decide = to_decide
        self.show_tab()

    # asking

    def wanted(self) -> Hashable:
        nothing = self.too_little or self.tab == Tab.CALENDAR
        return None if nothing else (self.tab, self._day, self._verdict, self.typed)

    def question(self) -> Callable[[], tuple[date, Answer]]:
        bookings, typed, wanted, verdict = self._bookings, self.typed, self._day, self._verdict
        asked: dict[str, Callable[[date], Answer]] = {
            Tab.DAY: lambda today: bookings.of_day(wanted or today),
            Tab.DECIDE: lambda _today: bookings.approvals(verdict),
            Tab.SEARCH: lambda _today: bookings.find(typed),
        }
        find = asked[self.tab]

        def ask() -> tuple[date, Answer]:
            today = bookings.today()
            return today, find(today)

        return ask

    def came(self, answer: tuple[date, Answer]) -> None:
        self._today, found = answer
        if isinstance(found, Approvals):
            self._counts = dict(found.counts)
            self._name_verdicts()
        self._found = found.rows if isinstance(found, Approvals) else found
        self._name_day()
        self._show_found()

    def ask_nothing(self) -> None:
        self._found = ()
        self._show_found()
        self.rows.fill((), self.desk.texts("bookings.start"))

    # what of it is seen

    @property
    def filtering(self) -> bool:
        """Somebody chooses what is seen."""
        return self.filter.isVisible()

    def close_filter(self) -> None:
        self.filter.hide()
        self.rows.setVisible(self.tab != Tab.CALENDAR)
        self._filter_key.setFocus()

    def _make_filter_row(self) -> QWidget:
        desk = self.desk
        self._filter_key = KeyButton(
            desk, desk.texts("bookings.filter"), "filter", key="Ctrl+F", size=42, on_click=self._turn_filter
        )
        self._counted = label(desk, "", "small", "text2", wrap=True)
        self._all = icon_button(
            desk, "x", desk.texts("bookings.filter_none"), lambda: self._narrow_to(Narrow())
        )
        made = row(self._filter_key, self._counted, self._all, gap=desk.px(8))
        made.setStretch(1, 1)
        return holder(made)

    def _turn_filter(self) -> None:
        if self.filtering:
            self.close_filter()
            return
        self.rows.hide()
        self.filter.show()
        self.filter.begin()

    def _narrow_to(self, narrow: Narrow) -> None:
        self.narrow = narrow
        self._show_found()

    def _show_found(self) -> None:
        texts, chosen = self.desk.texts, self.narrow.count
        seen = self.narrow.seen(self._found, texts)
        self.rows.fill(seen, self._why_empty())
        self.filter.show_rows(self._found, self.narrow)
        self._filter_key.set_words(
            texts("bookings.filter_n", n=chosen) if chosen else texts("bookings.filter")
        )
        part = texts("bookings.counted_of", n=len(seen), all=len(self._found))
        self._counted.setText(part if chosen else texts("bookings.counted", n=len(seen)))
        self._all.setVisible(bool(chosen))

    def _why_empty(self) -> str:
        texts, day = self.desk.texts, self._day or self._today
        if self._found:
            return texts("bookings.none_seen")
        match self.tab:
            case Tab.DAY:
                return texts("bookings.none_day", day=texts.day(day) if day else "")
            case Tab.DECIDE:
                return texts(f"bookings.none_{self._verdict}")
            case _:
                return texts("bookings.none_found", text=self.typed)

    # tabs and days

    def tapped(self, tab: str) -> None:
        if tab != Tab.CALENDAR:
            self._day = None
        self.narrow, self._verdict = Narrow(), Verdict.WAITING
        self.turn(tab)

    def _turn_verdict(self, verdict: str) -> None:
        self.narrow, self._verdict = Narrow(), Verdict(verdict)
        self.turn(Tab.DECIDE)

    def _name_verdicts(self) -> None:
        """`Under review 6`."""
        texts = self.desk.texts
        named = [(texts(f"bookings.verdict_{each}"), self._counts.get(each, 0)) for each in Verdict]
        words = [texts("bookings.verdict_n", verdict=name, n=n) if n else name for name, n in named]
        self._verdicts.show_words(words, self._verdict)

    def _day_row(self) -> TurnRow:
        texts = self.desk.texts
        made = TurnRow(self.desk, texts("bookings.before"), texts("bookings.after"), texts("bookings.now"))
        made.turned.connect(self._step_day)
        made.home.connect(partial(self.tapped, Tab.DAY))
        return made

    def _step_day(self, step: int) -> None:
        if self._today is not None:
            self._day = (self._day or self._today) + timedelta(days=step)
            self.narrow = self.narrow.without_day()
            self.turn(Tab.DAY)

    def show_tab(self) -> None:
        super().show_tab()
        self.filter.hide()
        self._name_verdicts()
        is_list = self.tab != Tab.CALENDAR
        parts = (
            (self._days, self.tab == Tab.DAY), (self._verdicts, self.tab == Tab.DECIDE), (self.calendar, not is_list),
            (self.rows, is_list), (self._filter_row, is_list),
        )  # fmt: skip
        for each, is_seen in sorted(parts, key=lambda part: part[1]):
            each.setVisible(is_seen)  # what goes first: two at once are higher than some windows
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

    def make_row(self, booking: BookingRow) -> TwoLines:
        listed = self._day or self._today if self.tab == Tab.DAY else None
        return booking_row(self.desk, booking, listed)

    def _count(self) -> None:
        """Minutes go by."""
        now = self.desk.now()
        for booking, made in zip(self.rows.items, self.rows.buttons, strict=False):
            if isinstance(made, TwoLines) and (booking.until or booking.due):
                made.tell(told_of(self.desk.texts, booking, now))
