"""The list of guests: one field, and who is found as one types."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.shown_guests import GuestRow
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.guest_words import breakable, chips_of, flag_words, is_enough
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.inputs import field
from app.views.widgets.parts import column, label, lines, picture, row

Rows = tuple[GuestRow, ...]


class GuestSearch(FoundList):
    """Signal `typed`: the words are others now."""

    typed = Signal()

    def __init__(self, desk: Desk, find: Callable[[str], Rows]) -> None:
        super().__init__(desk, lambda guest: str(guest.guest_id))
        self._find = find
        self.field = self._search_field()
        layout = column(self.field, self.rows, gap=desk.px(12))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.field)
        self.ask_nothing()

    @property
    def text(self) -> str:
        return self.field.text().strip()

    def empty(self) -> None:
        """For the next guest."""
        self.field.clear()
        self.rows.mark("")
        self.again()

    # asking

    def wanted(self) -> str | None:
        return self.text if is_enough(self.text) else None

    def question(self) -> Callable[[], Rows]:
        return partial(self._find, self.text)

    def came(self, answer: Rows) -> None:
        self.rows.fill(answer, self.desk.texts("guests.none", text=self.text))

    def ask_nothing(self) -> None:
        self.rows.fill((), self.desk.texts("guests.too_little" if self.text else "guests.start"))

    def _search_field(self) -> QLineEdit:
        desk = self.desk
        made = field(desk, desk.texts("guests.search"), on_enter=self.enter)
        side, edge = desk.px(28), desk.px(12)
        made.setTextMargins(0 if desk.look.rtl else side, 0, side if desk.look.rtl else 0, 0)
        made.setLayout(row(picture(desk, "search", "text2", 20), 1, margins=(edge, 0, edge, 0)))
        made.textEdited.connect(self._edited)
        return made

    def _edited(self) -> None:
        self.typed.emit()
        self.edited()

    # rows

    def make_row(self, guest: GuestRow) -> Pressable:
        desk, texts = self.desk, self.desk.texts
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
        return made
