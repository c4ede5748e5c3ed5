"""The list of refunds that are not over: to be paid here, to be decided, all; and the search for a sale."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Signal

from app.shown_refunds import NOTHING_WAITS, RefundRow, Waiting
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.ports import Refunds
from app.views.refund_words import STATES, number_words, reason_words, row_words, state_words
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable, RowButton, icon_button
from app.views.widgets.inputs import field
from app.views.widgets.marks import chip
from app.views.widgets.parts import column, label, row, set_property
from domain.refund import State

Rows = tuple[RefundRow, ...]


class Tab(StrEnum):
    PAY = "pay"
    APPROVE = "approve"
    ALL = "all"


class RefundList(FoundList):
    """Signals: `turned` another list is shown now, `search` the words that a sale is looked for by."""

    turned = Signal()
    search = Signal(str)

    def __init__(self, desk: Desk, refunds: Refunds) -> None:
        super().__init__(desk, lambda refund: str(refund.refund_id))
        self._refunds = refunds
        self._tab = Tab.PAY
        self._waiting = NOTHING_WAITS
        self._words = {tab: label(desk, "", "bodymedium") for tab in Tab}
        self._tabs = {tab: self._tab_button(tab) for tab in Tab}
        self.field = field(desk, desk.texts("refunds.search"), on_enter=self._searched)
        find = icon_button(desk, "search", desk.texts("refunds.find"), self._searched, size=48)
        searching = row(self.field, find, gap=desk.px(8))
        searching.setStretch(0, 1)
        layout = column(searching, row(*self._tabs.values(), 1, gap=desk.px(8)), self.rows, gap=desk.px(12))
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self._name_tabs()

    # what is listed

    def turn(self, tab: Tab) -> None:
        """Another list."""
        self._tab = tab
        self.rows.stale()
        self._asking.forget()
        self.turned.emit()
        self._name_tabs()
        self.again()

    def start_over(self) -> None:
        """What is to be paid here, and nothing searched."""
        self.field.clear()
        self.turn(Tab.PAY)

    def count(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._name_tabs()

    def _searched(self) -> None:
        if typed := self.field.text().strip():
            self.search.emit(typed)

    # asking

    def wanted(self) -> Tab:
        return self._tab

    def question(self) -> Callable[[], Rows]:
        refunds = self._refunds
        asked: dict[Tab, Callable[[], Rows]] = {
            Tab.PAY: refunds.to_pay,
            Tab.APPROVE: lambda: tuple(each for each in refunds.open() if each.state is State.REQUESTED),
            Tab.ALL: refunds.open,
        }
        return asked[self._tab]

    def came(self, answer: Rows) -> None:
        self.rows.fill(answer, self.desk.texts(f"refunds.none_{self._tab}"))

    # tabs

    def _tab_button(self, tab: Tab) -> Pressable:
        side = self.desk.px(12)
        made = Pressable("tile", row(self._words[tab], margins=(side, 0, side, 0)), "")
        made.setMinimumHeight(self.desk.px(44))
        made.clicked.connect(partial(self.turn, tab))
        return made

    def _name_tabs(self) -> None:
        texts, waiting = self.desk.texts, self._waiting
        counts = {Tab.PAY: waiting.to_pay, Tab.APPROVE: len(waiting.asked_by), Tab.ALL: 0}
        for tab, n in counts.items():
            said = texts(f"refunds.tab_{tab}")
            said = texts("refunds.tab_n", tab=said, n=n) if n else said
            self._words[tab].setText(said)
            self._tabs[tab].setAccessibleName(said)
            set_property(self._tabs[tab], "chosen", tab is self._tab)

    # rows

    def make_row(self, refund: RefundRow) -> Pressable:
        desk, texts, side = self.desk, self.desk.texts, self.desk.px(14)
        who = texts.line((refund.asked_by.get(texts.language), texts.lately(refund.asked_at, desk.now())))
        words = column(
            1,
            label(desk, number_words(texts, refund.number), "strong", wrap=True),
            label(desk, reason_words(texts, refund.reason), "small", "text2", wrap=True),
            label(desk, who, "small", "text2", wrap=True),
            1,
            gap=desk.px(2),
        )
        amount = Amount(desk, "h3", text=texts.money(refund.amount))
        state = chip(desk, state_words(texts, refund.state), *STATES[refund.state])
        box = row(
            words,
            column(1, row(1, amount), row(1, state), 1, gap=desk.px(4)),
            gap=desk.px(8),
            margins=(side, desk.px(8), side, desk.px(8)),
        )
        box.setStretch(0, 1)
        made = RowButton("tile", box, row_words(texts, refund))
        made.setMinimumHeight(desk.px(64))
        return made
