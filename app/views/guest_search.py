"""The list of guests: one field, and who is found as one types. The last question wins; what was found before stays
until its answer is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.shown_guests import GuestRow
from app.views.asking import Asking
from app.views.attention_card import skeletons
from app.views.desk import Desk
from app.views.guest_words import breakable, chips_of, flag_words, is_enough
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, lines, picture, row, set_property
from app.views.widgets.scroll import scroller

SLOW_MS = 300
Rows = tuple[GuestRow, ...]


class GuestSearch(QWidget):
    """Signals: `picked` a guest's id, `typed` the words are others now."""

    picked = Signal(str)
    typed = Signal()

    def __init__(self, desk: Desk, find: Callable[[str], Rows]) -> None:
        super().__init__()
        self._desk, self._find = desk, find
        self._asking = Asking(desk.tasks, self)
        self._asked = self._chosen = ""
        self._once_more = self._first_wanted = False
        self._found: Rows = ()
        self._buttons: list[Pressable] = []
        self.field = self._search_field()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self._wait)
        self._trouble = InlinePanel(desk)
        self._rows = column(gap=desk.px(8))
        self._list = scroller(holder(column(self._rows, 1)))
        layout = column(self.field, self._trouble, self._list, gap=desk.px(12))
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.field)
        self._say("guests.start")

    @property
    def text(self) -> str:
        return self.field.text().strip()

    def empty(self) -> None:
        """For the next guest."""
        self.field.clear()
        self.mark("")
        self.again()

    def again(self) -> None:
        """Asks for what is typed; once more when that is being asked already."""
        if not is_enough(self.text):
            self._asking.forget()
            self._stop_waiting()
            self._show((), "guests.too_little" if self.text else "guests.start")
        elif self._asking.busy:
            self._once_more = True
        else:
            self._asked, self._once_more = self.text, False
            self._slow.start()
            self._asking.run(self._find, self.text, done=self._answered, failed=self._failed)

    def mark(self, guest_id: str) -> None:
        """Who is shown beside the list."""
        self._chosen = guest_id
        for guest, made in zip(self._found, self._buttons, strict=False):
            set_property(made, "chosen", guest.guest_id == guest_id)
            if guest.guest_id == guest_id:
                QTimer.singleShot(0, made, lambda made=made: self._list.ensureWidgetVisible(made))

    def step(self, step: int) -> bool:
        """To the next row or the one before; False where there is none."""
        ids = [guest.guest_id for guest in self._found]
        before = ids.index(self._chosen) if self._chosen in ids else -1 if step > 0 else len(ids)
        after = before + step
        if not 0 <= after < len(ids):
            return False
        self.picked.emit(ids[after])
        return True

    # asking

    def _search_field(self) -> QLineEdit:
        desk = self._desk
        made = field(desk, desk.texts("guests.search"), on_enter=self._enter)
        side, edge = desk.px(28), desk.px(12)
        made.setTextMargins(0 if desk.look.rtl else side, 0, side if desk.look.rtl else 0, 0)
        made.setLayout(row(picture(desk, "search", "text2", 20), 1, margins=(edge, 0, edge, 0)))
        made.textEdited.connect(self._edited)
        return made

    def _edited(self) -> None:
        self._first_wanted = False
        self.typed.emit()
        self.again()

    def _enter(self) -> None:
        """The first of them, unless one is chosen; as soon as they are found."""
        if self._asking.busy:
            self._first_wanted = True
        elif self._chosen not in [guest.guest_id for guest in self._found]:
            self.step(1)

    def _answered(self, found: Rows) -> None:
        if self._asked == self.text:
            self._stop_waiting()
            self._show(found, "guests.none")
            self._take_first()
        if self._once_more:
            self.again()

    def _take_first(self) -> None:
        if self._first_wanted:
            self._first_wanted = False
            self._enter()

    def _failed(self, error: Exception) -> None:
        self._stop_waiting()
        self._list_anew(self._found)  # grey rows go
        self._trouble.trouble(error)

    def _stop_waiting(self) -> None:
        self._slow.stop()
        self._trouble.quiet()

    def _wait(self) -> None:
        """An answer takes its time."""
        self._list_anew(())
        for each in skeletons(self._desk):
            self._rows.addWidget(each)

    # rows

    def _show(self, found: Rows, otherwise: str) -> None:
        if found and found == self._found and self._buttons:
            return
        self._list_anew(found)
        if not found:
            self._say(otherwise)

    def _list_anew(self, found: Rows) -> None:
        clear(self._rows)
        self._found = found
        self._buttons = [self._row(guest) for guest in found]
        for made in self._buttons:
            self._rows.addWidget(made)
        self.mark(self._chosen)

    def _say(self, key: str) -> None:
        clear(self._rows)
        words = self._desk.texts(key, text=self.text)
        self._rows.addWidget(label(self._desk, words, "body", "text2", wrap=True))

    def _row(self, guest: GuestRow) -> Pressable:
        desk, texts = self._desk, self._desk.texts
        side = desk.px(14)
        reach = guest.phone or guest.email
        drawn = texts.code(guest.phone or breakable(guest.email))
        words = lines(
            label(desk, guest.name, "strong", wrap=True),
            label(desk, drawn, "small", "text2", wrap=True) if reach else None,
        )
        marks = column(1, *(row(1, each) for each in chips_of(desk, guest)), 1, gap=desk.px(4))
        box = row(words, marks, gap=side, margins=(side, desk.px(8), side, desk.px(8)))
        box.setStretch(0, 1)
        verified = [texts("guests.verified")] if guest.verified else []
        name = ", ".join(part for part in (guest.name, reach, *verified, *flag_words(texts, guest)) if part)
        made = RowButton("tile", box, name)
        made.setMinimumHeight(desk.px(64))
        made.clicked.connect(lambda: self.picked.emit(guest.guest_id))
        return made
