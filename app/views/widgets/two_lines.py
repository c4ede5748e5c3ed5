"""A row of a list, two lines high: who and for how much; under it what, and where it stands."""

from __future__ import annotations

import html
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import RowButton
from app.views.widgets.elided import Elided
from app.views.widgets.marks import Sign, chip, signed
from app.views.widgets.parts import clear, column, label, row

HEIGHT = 64  # design pixels


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says. `aside` stands beside the `title`, `signs` before the `detail`; `state` is a chip. `whole` is
    all that there is to say, as it is read aloud; `more` the same in lines, for whoever points at the row."""

    title: str
    aside: str
    amount: str
    detail: str
    state: Sign
    whole: str
    more: tuple[str, ...]
    signs: tuple[Sign, ...] = ()


class TwoLines(RowButton):
    """What has too little room ends with …: the detail, and only then the chip; of the first line the title, or with
    `whole_title` what stands aside."""

    def __init__(
        self, desk: Desk, told: Told, lead: QWidget | None = None, *, whole_title: bool = False
    ) -> None:
        """`lead` stands before both lines."""
        self._desk, self._told = desk, told
        self._title = label(desk, "", "strong") if whole_title else Elided(desk, "strong", least=60)
        self._aside = Elided(desk, "small", "text2") if whole_title else label(desk, "", "small", "text2")
        self._amount = Amount(desk, "strong")
        self._detail = Elided(desk, "small", "text2", last=True)
        self._signs, self._state = row(gap=desk.px(8)), row(gap=0)
        side, edge, gap = desk.px(14), desk.px(4), desk.px(8)
        first = row(self._title, self._aside, 1, self._amount, gap=gap)
        second = row(self._signs, self._detail, self._state, gap=gap)
        second.setStretch(1, 1)
        lines = column(1, first, second, 1, gap=desk.px(2))
        box = row(lead, lines, gap=gap, margins=(side, edge, side, edge))
        box.setStretch(box.count() - 1, 1)
        super().__init__("tile", box, told.whole)
        self.setMinimumHeight(desk.px(HEIGHT))
        self._fill()

    def tell(self, told: Told) -> None:
        """It says something else now, such as another number of minutes."""
        if told != self._told:
            self._told = told
            self._fill()

    def _fill(self) -> None:
        told = self._told
        for part, words in (
            (self._title, told.title), (self._aside, told.aside), (self._amount, told.amount),
            (self._detail, told.detail),
        ):  # fmt: skip
            part.setText(words)
        clear(self._signs)
        for sign in told.signs:
            self._signs.addWidget(signed(self._desk, *sign))
        clear(self._state)
        self._state.addWidget(chip(self._desk, *told.state, whole=False))
        self.setAccessibleName(told.whole)
        # Words that look like markup, such as a guest's name, would be taken for it.
        self.setToolTip(f"<div>{'<br>'.join(map(html.escape, told.more))}</div>")
