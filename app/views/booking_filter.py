"""What of the list is seen: tiles for states, days and sessions, each with how many bookings it would leave."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.shown_bookings import BookingRow
from app.views.booking_narrow import FACETS, Narrow, option_words
from app.views.desk import Desk
from app.views.widgets.buttons import ARROWS, SMALL, KeyButton, Pressable
from app.views.widgets.form import step_in
from app.views.widgets.marks import small_badge
from app.views.widgets.parts import clear, column, holder, label, row, set_property
from app.views.widgets.scroll import scroller


class BookingFilter(QWidget):
    """Signals: `narrowed` to what is seen now, `done` with choosing."""

    narrowed = Signal(object)
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: object = None
        self._tiles: dict[tuple[str, Hashable], tuple[Pressable, QLabel]] = {}
        self._narrow = Narrow()
        self._parts = column(gap=desk.px(8))
        self._clear = KeyButton(desk, desk.texts("bookings.filter_none"), "x", on_click=self._empty)
        self._close = KeyButton(desk, "", "check", kind="primary", on_click=self.done.emit)
        layout = column(
            scroller(holder(column(self._parts, 1))),
            row(self._clear, 1, self._close, gap=desk.px(8)),
            gap=desk.px(12),
        )
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def show_rows(self, rows: tuple[BookingRow, ...], narrow: Narrow) -> None:
        """The same tiles stay, with the focus that one may have."""
        texts, self._narrow = self._desk.texts, narrow
        options = {facet: narrow.options(rows, texts, facet) for facet in FACETS}
        known = [(facet, value) for facet, some in options.items() for value, _ in some]
        if known != self._shown:
            self._shown = known
            self._fill(options)
        for facet, some in options.items():
            for value, count in some:
                self._tell((facet, value), count)
        self._clear.setEnabled(bool(narrow.count))
        self._close.set_words(texts("bookings.filter_show", n=len(narrow.seen(rows, texts))))

    def begin(self) -> None:
        """The first tile takes the keys."""
        first = next((tile for tile, _ in self._tiles.values()), self._close)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go through the tiles, as Tab does."""
        if event.key() in ARROWS:
            self.step(forward=event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def step(self, *, forward: bool) -> None:
        step_in(self, self.window().focusWidget(), forward=forward)

    def _empty(self) -> None:
        self.narrowed.emit(Narrow())
        self.begin()

    # tiles

    def _fill(self, options: dict[str, list[tuple[Any, int]]]) -> None:
        clear(self._parts)
        self._tiles = {}
        for facet, some in options.items():
            if len(some) > 1 or self._narrow.chosen.get(facet):
                for part in self._section(facet, [value for value, _ in some]):
                    self._parts.addWidget(part)

    def _section(self, facet: str, values: list[Any]) -> Iterator[QWidget]:
        desk, columns = self._desk, 1 if self._desk.look.close else 2
        yield label(desk, desk.texts(f"bookings.filter_{facet}"), "captionstrong", "text2")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(desk.px(8))
        for place, value in enumerate(values):
            grid.addWidget(self._tile(facet, value), place // columns, place % columns)
        for each in range(columns):
            grid.setColumnStretch(each, 1)
        yield holder(grid)

    def _tile(self, facet: str, value: Any) -> Pressable:
        desk, side = self._desk, self._desk.px(12)
        words = label(desk, option_words(value, desk.texts), "bodymedium", wrap=True)
        count = small_badge(desk, "")
        box = row(words, count, gap=desk.px(8), margins=(side, desk.px(4), side, desk.px(4)))
        box.setStretch(0, 1)
        made = Pressable("tile", box, "")
        made.setMinimumHeight(desk.px(SMALL + 4))
        made.setCheckable(True)
        made.clicked.connect(partial(self._turn, facet, value))
        self._tiles[facet, value] = made, count
        return made

    def _turn(self, facet: str, value: Hashable) -> None:
        self.narrowed.emit(self._narrow.turned(facet, value))

    def _tell(self, key: tuple[str, Hashable], count: int) -> None:
        if key not in self._tiles:
            return
        facet, value = key
        made, sign = self._tiles[key]
        chosen = value in self._narrow.chosen.get(facet, frozenset())
        sign.setText(str(count))
        made.setChecked(chosen)
        set_property(made, "chosen", chosen)
        made.setAccessibleName(f"{option_words(value, self._desk.texts)}, {count}")
