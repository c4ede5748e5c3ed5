"""The list of refunds that are not over: to be paid here or taken up, to be decided, all; those
that were refused lately; and the search for a sale."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Signal

from app.shown_refunds import NOTHING_WAITS, RefundRow, Waiting
from app.views.desk import Desk
from app.views.due_sign import COUNT_MS
from app.views.ports import Refunds
from app.views.refund_row import told_of
from app.views.tabbed_list import TabbedList
from app.views.widgets.buttons import icon_button
from app.views.widgets.inputs import field
from app.views.widgets.parts import column, every, row
from app.views.widgets.two_lines import Told, TwoLines
from domain.refund import State

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
        self._begun = False  # a tab was chosen by hand
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
        """What is to be paid here; where nothing is, what was refused and nobody has seen, then what is to be approved;
        and nothing searched."""
        self.field.clear()
        self._begun = False
        self.turn(self._first())

    def _first(self) -> Tab:
        waiting = self._waiting
        if waiting.to_pay:
            return Tab.PAY
        if waiting.unseen:
            return Tab.REFUSED
        return Tab.APPROVE if waiting.asked_by else Tab.PAY

    def count(self, waiting: Waiting) -> None:
        """Nothing turns under the eyes of who looks at it."""
        self._waiting = waiting
        if not self._begun and not self.isVisible() and self.tab != self._first():
            self.turn(self._first())
        self.show_tab()

    def tapped(self, tab: str) -> None:
        self._begun = True
        super().tapped(tab)

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
        words = {
            tab: texts("refunds.tab_n", tab=named[tab], n=n) if n else named[tab] for tab, n in counts.items()
        }
        if waiting.unseen:
            words[Tab.REFUSED] = texts("refunds.tab_news", tab=words[Tab.REFUSED], n=waiting.unseen)
        return tuple(words.values())

    # rows

    def make_row(self, refund: RefundRow) -> TwoLines:
        return TwoLines(self.desk, self._told(refund), whole_title=True)

    def _told(self, refund: RefundRow) -> Told:
        takes = refund.free and (self.tab == Tab.PAY or refund.state is not State.REQUESTED)
        return told_of(self.desk.texts, refund, self.desk.now(), takes=takes)

    def _count(self) -> None:
        """Minutes go by."""
        for refund, made in zip(self.rows.items, self.rows.buttons, strict=False):
            if isinstance(made, TwoLines):
                made.tell(self._told(refund))
