"""The list of refunds that are not over: to be paid here or taken up, to be decided, all; those
that were refused lately; and the search for a sale."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Signal

from app.shown_refunds import NOTHING_WAITS, RefundRow, Waiting
from app.views.desk import Desk
from app.views.ports import Refunds
from app.views.refund_words import (
    FREE,
    STATES,
    due_sign,
    number_words,
    reason_words,
    row_words,
    said_words,
    state_words,
)
from app.views.tabbed_list import TabbedList
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable, icon_button
from app.views.widgets.inputs import field
from app.views.widgets.marked_rows import told_row
from app.views.widgets.marks import chip
from app.views.widgets.parts import column, every, label, row
from domain.refund import State

COUNT_MS = 5000
Rows = tuple[RefundRow, ...]


class Tab(StrEnum):
    PAY = "pay"
    APPROVE = "approve"
    REFUSED = "refused"
    ALL = "all"


class RefundList(TabbedList):
    """Signal `search`: the words that a sale is looked for by."""

    search = Signal(str)

    def __init__(self, desk: Desk, refunds: Refunds) -> None:
        super().__init__(desk, lambda refund: str(refund.refund_id), tuple(Tab))
        self._refunds = refunds
        self._waiting = NOTHING_WAITS
        self.field = field(desk, desk.texts("refunds.search"), on_enter=self._searched)
        find = icon_button(desk, "search", desk.texts("refunds.find"), self._searched, size=48)
        searching = row(self.field, find, gap=desk.px(8))
        searching.setStretch(0, 1)
        layout = column(searching, self.tabs, self.rows, gap=desk.px(12))
        layout.setStretch(2, 1)
        self.setLayout(layout)
        every(self, COUNT_MS, self._count).start()
        self.show_tab()

    # what is listed

    def start_over(self) -> None:
        """What is to be paid here, and nothing searched."""
        self.field.clear()
        super().start_over()

    def count(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self.show_tab()

    def _searched(self) -> None:
        if typed := self.field.text().strip():
            self.search.emit(typed)

    # asking

    def wanted(self) -> str:
        return self.tab

    def question(self) -> Callable[[], Rows]:
        refunds = self._refunds
        asked: dict[str, Callable[[], Rows]] = {
            Tab.PAY: refunds.to_do,
            Tab.APPROVE: lambda: tuple(each for each in refunds.open() if each.state is State.REQUESTED),
            Tab.REFUSED: refunds.refused,
            Tab.ALL: refunds.open,
        }
        return asked[self.tab]

    def came(self, answer: Rows) -> None:
        self.rows.fill(answer, self.desk.texts(f"refunds.none_{self.tab}"))

    def tab_words(self) -> tuple[str, ...]:
        texts, waiting = self.desk.texts, self._waiting
        counts = {
            Tab.PAY: waiting.to_pay, Tab.APPROVE: len(waiting.asked_by), Tab.REFUSED: waiting.refused,
            Tab.ALL: waiting.open,
        }  # fmt: skip
        named = {tab: texts(f"refunds.tab_{tab}") for tab in Tab}
        return tuple(
            texts("refunds.tab_n", tab=named[tab], n=n) if n else named[tab] for tab, n in counts.items()
        )

    # rows

    def make_row(self, refund: RefundRow) -> Pressable:
        desk, texts = self.desk, self.desk.texts
        who = texts.line((refund.asked_by.get(texts.language), texts.lately(refund.asked_at, desk.now())))
        words = (
            label(desk, number_words(texts, refund.number), "strong", wrap=True),
            label(desk, reason_words(texts, refund.reason), "small", "text2", wrap=True),
            label(desk, who, "small", "text2", wrap=True),
            label(desk, said, "small", "text2", wrap=True) if (said := said_words(texts, refund)) else None,
            due_sign(desk, refund),
        )
        amount = Amount(desk, "h3", text=texts.money(refund.amount))
        takes = refund.free and (self.tab == Tab.PAY or refund.state is not State.REQUESTED)
        state = (
            (texts("refunds.free"), *FREE)
            if takes
            else (state_words(texts, refund.state), *STATES[refund.state])
        )
        return told_row(desk, words, (amount, chip(desk, *state)), row_words(texts, refund, desk.now()))

    def _count(self) -> None:
        """Minutes go by."""
        for refund, made in zip(self.rows.items, self.rows.buttons, strict=False):
            made.setAccessibleName(row_words(self.desk.texts, refund, self.desk.now()))
