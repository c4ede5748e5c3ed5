"""Values to choose from, each a tile with its word: one of them, or several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import SMALL, Pressable, RowButton
from app.views.widgets.parts import label, picture, row, set_property

Option = tuple[str, str, str, str]  # value, words, icon, tone of the icon


class Choices(QWidget):
    """Signal `changed`. Without `several` the chosen one is alone, and a press on it chooses none."""

    changed = Signal()

    def __init__(self, desk: Desk, options: Sequence[Option], *, columns: int, several: bool) -> None:
        super().__init__()
        self._several, self._alone = several, columns == 1
        self._tiles = {option[0]: self._tile(desk, option) for option in options}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(desk.px(8))
        for place, tile in enumerate(self._tiles.values()):
            grid.addWidget(tile, place // columns, place % columns)
        self.setLayout(grid)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, tile in self._tiles.items() if tile.isChecked())

    @property
    def count(self) -> int:
        """How many there are to choose from."""
        return len(self._tiles)

    def choose(self, values: Iterable[str]) -> None:
        wanted = set(values)
        for value, tile in self._tiles.items():
            tile.setChecked(value in wanted)

    def _tile(self, desk: Desk, option: Option) -> Pressable:
        value, words, icon, tone = option
        side = desk.px(12)
        sign = picture(desk, icon, tone, 20) if icon else None
        if self._alone:  # as wide as its place: what is long goes on in the next line
            told = label(desk, words, "bodymedium", wrap=True)
            box = row(sign, told, gap=desk.px(8), margins=(side, desk.px(4), side, desk.px(4)))
            box.setStretch(box.indexOf(told), 1)
            made: Pressable = RowButton("tile", box, words)
        else:
            box = row(sign, label(desk, words, "bodymedium"), 1, gap=desk.px(8), margins=(side, 0, side, 0))
            made = Pressable("tile", box, words)
        made.setMinimumHeight(desk.px(SMALL + 4))
        made.setCheckable(True)
        made.toggled.connect(partial(self._turned, value))
        return made

    def _turned(self, value: str, checked: bool) -> None:
        set_property(self._tiles[value], "chosen", checked)
        if checked and not self._several:
            for other, tile in self._tiles.items():
                if other != value:
                    tile.setChecked(False)
        self.changed.emit()
