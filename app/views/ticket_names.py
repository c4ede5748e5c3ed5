"""Who comes on which ticket, a line for each, none of them needed: of a booking that is made, and of one there is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.shown_bookings import BookedSession, BookingPage, BookingSeat
from app.texts import Texts
from app.views.desk import Desk
from app.views.session_words import session_parts, told_by_number
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.form import Form, reveal
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, row
from app.views.widgets.scroll import scroller
from domain.ticket_name import MOST_NAME

AT_ONCE = 40
Seat = tuple[str, str, str]  # its key, what it is, who comes


class TicketNames(QWidget):
    """Signals: `named` a key and what was typed, `done` by Enter in the last line."""

    named = Signal(str, str)
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._seats: tuple[tuple[str, str], ...] = ()
        self._waiting: list[Seat] = []
        self.fields: dict[str, QLineEdit] = {}
        self._rows = column(gap=desk.px(8))
        self.setLayout(column(scroller(holder(column(self._rows, 1)))))

    @property
    def names(self) -> dict[str, str]:
        return {key: " ".join(line.text().split()) for key, line in self.fields.items()}

    def show_seats(self, seats: Sequence[Seat]) -> None:
        """The same tickets stay, with what is typed."""
        wanted = tuple((key, what) for key, what, _ in seats)
        if wanted == self._seats:
            return
        clear(self._rows)
        self._seats, self.fields = wanted, {}
        self._waiting = list(seats)
        self._fill()

    def _fill(self) -> None:
        """Some at a time: hundreds of lines would hold up the screen."""
        for key, what, name in self._waiting[:AT_ONCE]:
            self._rows.addWidget(self._row(key, what, name))
        del self._waiting[:AT_ONCE]
        if self._waiting:
            QTimer.singleShot(0, self, self._fill)

    def begin(self) -> None:
        """The first empty line takes the keys."""
        lines = list(self.fields.values())
        first = next((line for line in lines if not line.text()), next(iter(lines), None))
        if first is not None:
            first.setFocus()

    def _row(self, key: str, what: str, name: str) -> QWidget:
        desk = self._desk
        made = self.fields[key] = field(desk, what, placeholder=" ", on_enter=partial(self._next, key))
        made.setMaxLength(MOST_NAME)
        made.setText(name)
        made.textEdited.connect(lambda text: self.named.emit(key, text))
        caption = label(desk, what, "captionstrong", "text2", wrap=True)
        return holder(column(caption, made, gap=desk.px(2)))

    def _next(self, key: str) -> None:
        if key == next(reversed(self.fields)) and self._waiting:
            self._fill()
        keys = list(self.fields)
        after = keys.index(key) + 1
        if after < len(keys):
            line = self.fields[keys[after]]
            line.setFocus()
            reveal(line)
        else:
            self.done.emit()


class NamesForm(Form):
    """Signals: `given` the names by ticket that are otherwise now, `left`."""

    given = Signal(object)

    def __init__(self, desk: Desk, page: BookingPage) -> None:
        super().__init__()
        texts = desk.texts
        self._names = TicketNames(desk)
        self._names.show_seats(seats_of(texts, page.seats, page.row.sessions))
        self._before = {seat.ticket_id: seat.guest for seat in page.seats}
        self._trouble = InlinePanel(desk, reserved=3)
        size = LARGE - 8
        self._give = KeyButton(
            desk, texts("bookings.do_names"), "check", key=CONFIRM, kind="primary", size=size
        )
        self._give.clicked.connect(self._said)
        self._names.done.connect(self._give.click)
        back = KeyButton(desk, texts("guests.back"), size=size, on_click=self.left.emit)
        layout = column(
            label(desk, texts("bookings.names_title", number=texts.code(page.row.number)), "h2", wrap=True),
            label(desk, texts("bookings.names_what"), "body", "text2", wrap=True),
            self._names,
            self._trouble,
            row(back, 1, self._give, gap=desk.px(24)),
            gap=desk.px(12),
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)

    @property
    def is_begun(self) -> bool:
        return bool(self._said_now())

    def begin(self) -> None:
        self._names.begin()

    def fail(self, words: str) -> None:
        """Says why; what was typed stays."""
        self._give.setEnabled(True)
        self._trouble.say(words)

    def _said_now(self) -> dict[str, str]:
        return {key: name for key, name in self._names.names.items() if name != self._before[key]}

    def _said(self) -> None:
        if not (said := self._said_now()):
            self.left.emit()
            return
        self._give.setEnabled(False)
        self._trouble.quiet()
        self.given.emit(said)


def seats_of(texts: Texts, seats: Sequence[BookingSeat], sessions: Sequence[BookedSession]) -> list[Seat]:
    """`1 · Day ticket – adult · 10:00 – 12:00`, with the activity before the time where `sessions` are of several."""
    told = told_by_number(sessions, (seat.session for seat in seats))

    def words(n: int, seat: BookingSeat) -> str:
        when = session_parts(texts, told.get(seat.session), seat.times) if seat.times else ()
        return seat_words(texts, n, seat.name.get(texts.language), *when)

    return [(seat.ticket_id, words(n, seat), seat.guest) for n, seat in enumerate(seats, start=1)]


def seat_words(texts: Texts, n: int, name: str, *when: str) -> str:
    return texts.line((str(n), name, *when))
