"""The list of bookings: of a day, of those that wait for a decision, or found by number or guest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.shown_bookings import BookingRow
from app.views.asking import Asking
from app.views.attention_card import skeletons
from app.views.booking_words import LIVES, axes_of, axes_words, life_words, what_words
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import KeyButton, Pressable, RowButton, icon_button
from app.views.widgets.inputs import field
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, every, holder, label, row, set_property
from app.views.widgets.scroll import scroller

SLOW_MS, COUNT_MS, LEAST_LETTERS = 300, 5000, 2
Rows = tuple[BookingRow, ...]


class Tab(StrEnum):
    DAY = "day"
    DECIDE = "decide"
    SEARCH = "search"


class BookingList(QWidget):
    """Signals: `picked` a booking's id, `turned` another list is shown now."""

    picked = Signal(str)
    turned = Signal()

    def __init__(self, desk: Desk, bookings: Bookings) -> None:
        super().__init__()
        self._desk, self._bookings = desk, bookings
        self._asking = Asking(desk.tasks, self)
        self._tab = Tab.DAY
        self._day: date | None = None  # None: whatever is today
        self._today: date | None = None
        self._chosen, self._once_more, self._to_decide = "", False, 0
        self._found: Rows = ()
        self._buttons: list[Pressable] = []
        self._chips: list[QFrame] = []
        self._words = {tab: label(desk, "", "bodymedium") for tab in Tab}
        self._tabs = {tab: self._tab_button(tab) for tab in Tab}
        self.field = field(desk, desk.texts("bookings.search"), on_enter=self._enter)
        self.field.textEdited.connect(lambda _text: self._edited())
        self._day_words = label(desk, "", "bodystrong")
        self._days = self._day_row()
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._wait)
        every(self, COUNT_MS, self._count).start()
        self._trouble = InlinePanel(desk)
        self._rows = column(gap=desk.px(8))
        self._list = scroller(holder(column(self._rows, 1)))
        tabs = row(*self._tabs.values(), 1, gap=desk.px(8))
        layout = column(tabs, self._days, self.field, self._trouble, self._list, gap=desk.px(12))
        layout.setStretch(4, 1)
        self.setLayout(layout)
        self._show_tab()

    # what is listed

    @property
    def tab(self) -> Tab:
        return self._tab

    def turn(self, tab: Tab) -> None:
        """Another list; typing begins where one searches."""
        self._tab = tab
        self._forget()
        self.turned.emit()
        self._show_tab()
        self.again()
        if tab is Tab.SEARCH:
            self.field.setFocus()

    def start_over(self) -> None:
        """Today, and nothing searched."""
        self._day = None
        self.field.clear()
        self.turn(Tab.DAY)

    def count(self, to_decide: int) -> None:
        """So many wait for a decision."""
        self._to_decide = to_decide
        self._name_tabs()

    def again(self) -> None:
        """Asks for what is listed; once more when that is being asked already."""
        if self._tab is Tab.SEARCH and len(self._typed) < LEAST_LETTERS:
            self._forget()
            self._show(())
        elif self._asking.busy:
            self._once_more = True
        else:
            self._once_more = False
            self._slow.start()
            self._asking.run(self._question(), done=self._answered, failed=self._failed)

    def _question(self) -> Callable[[], tuple[date, Rows]]:
        bookings, typed, wanted = self._bookings, self._typed, self._day
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

    @property
    def _typed(self) -> str:
        return self.field.text().strip()

    def _enter(self) -> None:
        """The first that was found, unless one is chosen."""
        if self._chosen not in [booking.booking_id for booking in self._found]:
            self.step(1)

    def _edited(self) -> None:
        self._forget()
        self.again()

    def _forget(self) -> None:
        self._asking.forget()
        self._slow.stop()
        self._trouble.quiet()

    def _answered(self, said: tuple[date, Rows]) -> None:
        self._slow.stop()
        self._trouble.quiet()
        self._today, found = said
        self._name_day()
        self._show(found)
        if self._once_more:
            self.again()

    def _failed(self, error: Exception) -> None:
        self._slow.stop()
        self._list_anew(self._found)  # grey rows go
        self._trouble.trouble(error)

    def _wait(self) -> None:
        """An answer takes its time."""
        self._list_anew(())
        for each in skeletons(self._desk):
            self._rows.addWidget(each)

    # tabs and days

    def _tab_button(self, tab: Tab) -> Pressable:
        side = self._desk.px(12)
        made = Pressable("tile", row(self._words[tab], margins=(side, 0, side, 0)), "")
        made.setMinimumHeight(self._desk.px(44))
        made.clicked.connect(partial(self._tapped, tab))
        return made

    def _tapped(self, tab: Tab) -> None:
        self._day = None
        self.turn(tab)

    def _day_row(self) -> QWidget:
        desk, texts = self._desk, self._desk.texts
        back, on = ("chevron-right", "chevron-left") if desk.look.rtl else ("chevron-left", "chevron-right")
        self._now = KeyButton(desk, texts("bookings.now"), size=42, on_click=partial(self._tapped, Tab.DAY))
        parts = (
            icon_button(desk, back, texts("bookings.before"), partial(self._step_day, -1)),
            icon_button(desk, on, texts("bookings.after"), partial(self._step_day, 1)),
            self._day_words,
        )
        return holder(row(*parts, 1, self._now, gap=desk.px(8)))

    def _step_day(self, step: int) -> None:
        if self._today is not None:
            self._day = (self._day or self._today) + timedelta(days=step)
            self.turn(Tab.DAY)

    def _show_tab(self) -> None:
        self._days.setVisible(self._tab is Tab.DAY)
        self.field.setVisible(self._tab is Tab.SEARCH)
        self._name_tabs()
        self._name_day()

    def _name_tabs(self) -> None:
        texts, n = self._desk.texts, self._to_decide
        decide = texts("bookings.decide_n", n=n) if n else texts("bookings.decide")
        words = (texts("bookings.today"), decide, texts("bookings.find"))
        for tab, said in zip(Tab, words, strict=True):
            self._words[tab].setText(said)
            self._tabs[tab].setAccessibleName(said)
            set_property(self._tabs[tab], "chosen", tab is self._tab)

    def _name_day(self) -> None:
        day = self._day or self._today
        self._day_words.setText(self._desk.texts.day(day) if day else "")
        self._now.setVisible(self._day is not None and self._day != self._today)

    # rows

    def mark(self, booking_id: str) -> None:
        """What is shown beside the list."""
        self._chosen = booking_id
        for booking, made in zip(self._found, self._buttons, strict=False):
            set_property(made, "chosen", booking.booking_id == booking_id)
            if booking.booking_id == booking_id:
                QTimer.singleShot(0, made, lambda made=made: self._list.ensureWidgetVisible(made))

    def step(self, step: int) -> bool:
        """To the next row or the one before; False where there is none."""
        ids = [booking.booking_id for booking in self._found]
        before = ids.index(self._chosen) if self._chosen in ids else -1 if step > 0 else len(ids)
        after = before + step
        if not 0 <= after < len(ids):
            return False
        self.picked.emit(ids[after])
        return True

    def _show(self, found: Rows) -> None:
        if not (found and found == self._found and self._buttons):
            self._list_anew(found)
        if not found:
            self._say_why_empty()

    def _list_anew(self, found: Rows) -> None:
        clear(self._rows)
        self._found, self._chips = found, []
        self._buttons = [self._row(booking) for booking in found]
        for made in self._buttons:
            self._rows.addWidget(made)
        self.mark(self._chosen)

    def _say_why_empty(self) -> None:
        texts, day = self._desk.texts, self._day or self._today
        words = {
            Tab.DAY: texts("bookings.none_day", day=texts.day(day) if day else ""),
            Tab.DECIDE: texts("bookings.none_decide"),
            Tab.SEARCH: texts("bookings.none_found", text=self._typed),
        }
        too_little = self._tab is Tab.SEARCH and len(self._typed) < LEAST_LETTERS
        said = texts("bookings.start") if too_little else words[self._tab]
        clear(self._rows)
        self._rows.addWidget(label(self._desk, said, "body", "text2", wrap=True))

    def _row(self, booking: BookingRow) -> Pressable:
        desk, side = self._desk, self._desk.px(14)
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
        self._chips.append(state)
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
        made.clicked.connect(lambda: self.picked.emit(booking.booking_id))
        return made

    def _detail(self, booking: BookingRow) -> str:
        texts = self._desk.texts
        day = "" if self._tab is Tab.DAY else texts.day(booking.day)
        return texts.line(part for part in (booking.number, day, what_words(texts, booking)) if part)

    def _name(self, booking: BookingRow) -> str:
        """All that the row says, as it is read aloud."""
        texts = self._desk.texts
        life = life_words(texts, booking, self._desk.now())
        amount, what = texts.money(booking.total), what_words(texts, booking)
        said = (booking.guest, booking.number, what, amount, life, *axes_words(texts, booking))
        return ", ".join(part for part in said if part)

    def _count(self) -> None:
        """Minutes go by."""
        for booking, state, made in zip(self._found, self._chips, self._buttons, strict=False):
            if booking.until is not None:
                words = life_words(self._desk.texts, booking, self._desk.now())
                state.findChildren(QLabel)[-1].setText(words)
                state.setAccessibleName(words)
                made.setAccessibleName(self._name(booking))
