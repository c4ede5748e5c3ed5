"""Shift: open it with a float, move cash, read X, count without knowing, close with Z."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.shown import Approval
from app.shown_shifts import CountShown, ShiftPage
from app.shown_status import StationStatus
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import People, Shifts
from app.views.shift_forms import (
    CountForm,
    DifferenceForm,
    DropForm,
    MoneyForm,
    ReasonForm,
    SeenForm,
    XForm,
)
from app.views.shift_parts import figures, move_row, warnings
from app.views.stopped import why_no_record, why_no_shift
from app.views.widgets.buttons import CONFIRM, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, panel, row
from app.views.widgets.scroll import scroller
from domain.errors import Code, Refused
from domain.money import Money
from domain.receipt import ShiftReport

RIGHT = 460
DrawerFacts = tuple[ShiftPage | None, tuple[int, ...], str]


class ShiftView(Page):
    def __init__(self, desk: Desk, people: People, shifts: Shifts) -> None:
        super().__init__(desk)
        self._people, self._shifts = people, shifts
        self._page: ShiftPage | None = None
        self._denominations: tuple[int, ...] = ()
        self._currency, self._stopped, self._damaged = "", "", ""
        self._acts: tuple[KeyButton, ...] = ()
        self._form: Form | None = None
        self._trouble = InlinePanel(desk)
        self._left, self._right = column(gap=desk.px(16)), column()
        side, edge = desk.px(24), desk.px(16)
        self._side: QFrame = panel("card", self._right)
        self._right.setContentsMargins(edge, edge, edge, edge)
        self._side.setFixedWidth(desk.px(RIGHT))
        left = column(scroller(holder(self._left), whole=True), self._trouble, gap=desk.px(12))
        left.setStretch(0, 1)
        layout = row(holder(left), self._side, gap=side, margins=(side, edge, side, edge))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._side.hide()

    # the page's life

    def reload(self) -> None:
        self.desk.tasks.run(self._ask, done=self._show, failed=self._trouble.trouble)

    def first_focus(self) -> None:
        (self._form or self).setFocus()

    def back(self) -> None:
        """An open form's own way back: while there is no shift it leads to Sell, and what was counted stays."""
        if self._form is not None:
            self._form.left.emit()

    def _ask(self) -> DrawerFacts:
        return self._shifts.page(), self._shifts.denominations(), self._shifts.currency()

    def _show(self, facts: DrawerFacts) -> None:
        was, (self._page, self._denominations, self._currency) = self._page, facts
        clear(self._left)
        self._acts = ()
        if self._page is None:
            self._show_closed(fresh=was is not None or self._form is None)
        else:
            self._show_open(self._page)
            if was is None:
                self._close_form()

    def show_status(self, status: StationStatus) -> None:
        self._stopped = why_no_shift(status, self.desk.texts)
        self._damaged = why_no_record(status, self.desk.texts)
        for each in self._acts:
            each.allow(True, self._damaged)
        if self._page is None and isinstance(self._form, CountForm):
            self._form.stop(self._stopped)

    # no shift yet

    def _show_closed(self, *, fresh: bool) -> None:
        desk, texts = self.desk, self.desk.texts
        self._left.addWidget(label(desk, texts("shift.none"), "h1"))
        self._left.addWidget(label(desk, texts("shift.none_do"), "h3", "text2", wrap=True))
        self._left.addStretch(1)
        if fresh:
            form = CountForm(
                desk, texts("shift.float"), texts("shift.open"), self._denominations, self._currency
            )
            form.given.connect(lambda pieces: self._do(self._shifts.open, pieces, done=self._opened))
            form.left.connect(lambda: self.go.emit("sell"))
            self._open_form(form)
            form.stop(self._stopped)

    def _opened(self, page: ShiftPage) -> None:
        self._close_form()
        self._show((page, self._denominations, self._currency))
        self.notice.emit(self.desk.texts("shift.was_opened"), "info")
        self.go.emit("sell")

    # an open shift

    def _show_open(self, page: ShiftPage) -> None:
        desk, texts = self.desk, self.desk.texts
        opened = texts(
            "shift.opened", time=texts.clock(page.opened_at), name=page.opened_by.get(texts.language)
        )
        self._left.addWidget(label(desk, texts("shift.title"), "h1"))
        self._left.addWidget(label(desk, opened, "body", "text2"))
        self._left.addWidget(figures(desk, page))
        for words in warnings(desk, page):
            line = InlinePanel(desk, "warn")
            self._left.addWidget(line)
            line.say(words)
        self._left.addLayout(self._actions())
        self._left.addWidget(label(desk, texts("shift.moves"), "captionstrong", "text2"))
        moves = column(gap=0)
        for move in page.moves:
            moves.addWidget(move_row(desk, move))
        if not page.moves:
            moves.addWidget(label(desk, texts("shift.no_moves"), "body", "text2", wrap=True))
        self._left.addLayout(moves)
        self._left.addStretch(1)
        self.form_turned()  # the buttons are new

    def _actions(self) -> QVBoxLayout:
        desk, texts = self.desk, self.desk.texts
        made = (
            KeyButton(desk, texts("shift.cash_in"), "cash-plus", key="F9", on_click=self._cash_in),
            KeyButton(desk, texts("shift.cash_out"), "cash-minus", key="F10", on_click=self._cash_out),
            KeyButton(desk, texts("shift.drop"), "building-bank", key="F11", on_click=self._drop),
            KeyButton(desk, texts("shift.no_sale"), "door-enter", on_click=self._no_sale),
            KeyButton(desk, texts("shift.x"), "report-money", on_click=self._x_report),
            KeyButton(desk, texts("shift.count"), "lock", key=CONFIRM, kind="primary", on_click=self._count),
        )
        for each in made:
            each.allow(True, self._damaged)
        self._acts = made
        pairs = [row(*made[at : at + 2], gap=desk.px(8)) for at in range(0, len(made), 2)]
        for pair in pairs:
            pair.setStretch(0, 1)
            pair.setStretch(1, 1)
        return column(*pairs, gap=desk.px(8))

    # forms

    def _cash_in(self) -> None:
        self._money_form("shift.cash_in", "shift.do_in", self._shifts.cash_in)

    def _cash_out(self) -> None:
        form = MoneyForm(
            self.desk, self.desk.texts("shift.cash_out"), self.desk.texts("shift.do_out"), self._currency
        )
        form.given.connect(self._take_out)
        form.left.connect(self._close_form)
        self._open_form(form)

    def _take_out(self, amount: Money, reason: str) -> None:
        """The service says whether a second person must see it; then their yes is asked for."""

        def failed(error: Exception) -> None:
            if isinstance(error, Refused) and error.code is Code.CASH_OUT_OVER_LIMIT:
                self._ask_seen(amount, reason, error)
            else:
                self._refused(error)

        self.desk.tasks.run(self._shifts.cash_out, amount, reason, done=self._moved, failed=failed)

    def _ask_seen(self, amount: Money, reason: str, error: Refused) -> None:
        form = SeenForm(self.desk, self._people, (amount, reason), self.desk.texts.trouble(error))
        form.given.connect(
            lambda approval: self._do(self._shifts.cash_out, amount, approval.reason, approval)
        )
        form.left.connect(self._close_form)
        self._open_form(form)

    def _money_form(self, title: str, action: str, call: Callable[[Money, str], None]) -> None:
        form = MoneyForm(self.desk, self.desk.texts(title), self.desk.texts(action), self._currency)
        form.given.connect(lambda amount, reason: self._do(call, amount, reason))
        form.left.connect(self._close_form)
        self._open_form(form)

    def _drop(self) -> None:
        form = DropForm(self.desk, self._people, self._currency)
        form.given.connect(lambda amount, approval: self._do(self._shifts.drop, amount, approval))
        form.left.connect(self._close_form)
        self._open_form(form)

    def _no_sale(self) -> None:
        form = ReasonForm(self.desk, self.desk.texts("shift.no_sale"), self.desk.texts("shift.do_no_sale"))
        form.given.connect(lambda reason: self._do(self._shifts.no_sale, reason))
        form.left.connect(self._close_form)
        self._open_form(form)

    def _x_report(self) -> None:
        """Whoever may read the cash alone gets all of it at once."""
        if self._page is not None and self._page.may_read_cash:
            self._do(self._shifts.x_with_cash, None, done=self._x_printed)
            return
        form = XForm(self.desk, self._people)
        form.plain.connect(lambda: self._do(self._shifts.x_report, done=self._x_printed))
        form.given.connect(
            lambda approval: self._do(self._shifts.x_with_cash, approval, done=self._x_printed)
        )
        form.left.connect(self._close_form)
        self._open_form(form)

    def _x_printed(self, _report: ShiftReport) -> None:
        self._close_form()
        self.notice.emit(self.desk.texts("shift.x_printed"), "info")

    def _count(self) -> None:
        """A count that still holds is not asked for again: there its difference is answered, or it is repeated."""
        before = self._form

        def done(count: CountShown | None) -> None:
            if self._form is not before:  # opened meanwhile, and maybe begun
                return
            if count is None:
                self._ask_count()
            else:
                self._counted(count)

        self._do(self._shifts.last_count, done=done)

    def _ask_count(self) -> None:
        texts = self.desk.texts
        form = CountForm(
            self.desk,
            texts("shift.count_title"),
            texts("shift.do_count"),
            self._denominations,
            self._currency,
        )
        form.given.connect(lambda pieces: self._do(self._shifts.count, pieces, done=self._counted))
        form.left.connect(self._close_form)
        self._open_form(form)

    def _counted(self, count: CountShown) -> None:
        form = DifferenceForm(self.desk, self._people, count)
        form.closed.connect(self._close_shift)
        form.again.connect(self._ask_count)
        form.left.connect(self._close_form)
        self._open_form(form)

    def _close_shift(self, note: str, approval: Approval | None) -> None:
        self._do(self._shifts.close, note, approval, done=self._closed)

    def _closed(self, report: ShiftReport) -> None:
        self._close_form()
        self.notice.emit(self.desk.texts("shift.was_closed", number=report.number), "info")
        self.reload()

    def _do(
        self, call: Callable[..., object], *args: object, done: Callable[..., None] | None = None
    ) -> None:
        self.desk.tasks.run(call, *args, done=done or self._moved, failed=self._refused)

    def _moved(self, _result: object) -> None:
        self._close_form()
        self.reload()

    def _refused(self, error: Exception) -> None:
        form = self._form
        if isinstance(form, DropForm | SeenForm | XForm | DifferenceForm) and form.strip is not None:
            form.strip.fail(error)
        elif isinstance(form, MoneyForm | ReasonForm | CountForm | DifferenceForm):
            form.trouble.trouble(error)
        else:
            self._trouble.trouble(error)

    def _open_form(self, form: Form) -> None:
        clear(self._right)
        self._trouble.quiet()
        self._form = form
        self._right.addWidget(form)
        self._side.show()
        form.show()
        form.setFocus()

    def _close_form(self) -> None:
        clear(self._right)
        self._form = None
        self._side.hide()
