"""The forms of the Shift page, in its right side: money in and out, to the safe, the X, counting, the difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.shown import Approval
from app.shown_attention import LeftOpen
from app.shown_shifts import CountShown
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.amount import Amount
from app.views.widgets.amount_entry import AmountEntry
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.denominations import DenominationCount
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, panel, row, rule
from app.views.widgets.scroll import scroller
from app.views.widgets.supervisor_strip import SupervisorStrip, Why
from domain.money import Money


class AmountForm(Form):
    """A form in which an amount is typed, wherever the focus is."""

    def __init__(self, desk: Desk, currency: str) -> None:
        super().__init__()
        self._entry = AmountEntry(desk, desk.texts("shift.amount"), currency)
        self._entry.start(Money(0, currency))

    @property
    def is_begun(self) -> bool:
        return self._entry.is_typed or super().is_begun

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._entry.take_key(event):
            super().keyPressEvent(event)


class MoneyForm(AmountForm):
    """Money in or out of the drawer, with a reason. Signals: `given` amount and reason, `left`."""

    given = Signal(object, str)

    def __init__(self, desk: Desk, title: str, action: str, currency: str) -> None:
        super().__init__(desk, currency)
        self._reason = field(desk, desk.texts("shift.reason"))
        self.trouble = InlinePanel(desk, reserved=3)
        give = KeyButton(
            desk, action, "check", kind="primary", size=LARGE - 8, on_click=self._give, money=True
        )
        self.setLayout(form(desk, title, self.trouble, (self._entry, self._reason), give, self.left.emit))

    def _give(self) -> None:
        self.given.emit(self._entry.amount, self._reason.text().strip())


class DropForm(AmountForm):
    """Money to the safe, which a second person vouches for. Signals: `given` amount and approval, `left`."""

    given = Signal(object, object)

    def __init__(self, desk: Desk, people: People, currency: str) -> None:
        super().__init__(desk, currency)
        self.strip = SupervisorStrip(
            desk, people, "approve_drop", action=desk.texts("shift.do_drop"), first=False
        )
        self.strip.given.connect(lambda approval: self.given.emit(self._entry.amount, approval))
        self.strip.left.connect(self.left)
        title = label(desk, desk.texts("shift.drop"), "h2")
        layout = column(title, self._entry, self.strip, gap=desk.px(12))
        layout.setStretch(1, 1)
        self.setLayout(self.strip.under(layout))


class SeenForm(Form):
    """Cash out that a second person must see: what was asked for, their yes. Signals: `given` an approval, `left`."""

    given = Signal(object)

    def __init__(self, desk: Desk, people: People, asked: tuple[Money, str], why: str) -> None:
        super().__init__()
        amount, reason = asked
        self.strip = SupervisorStrip(
            desk, people, "approve_cash_out", action=desk.texts("shift.do_out"), reason=Why.NONE
        )
        self.strip.given.connect(lambda approval: self.given.emit(replace(approval, reason=reason)))
        self.strip.left.connect(self.left)
        trouble = InlinePanel(desk, "warn")
        trouble.say(why)
        layout = column(
            label(desk, desk.texts("shift.cash_out"), "h2"),
            Amount(desk, "total", text=desk.texts.money(amount)),
            label(desk, reason, "strong", "text2", wrap=True),
            trouble,
            self.strip,
            1,
            gap=desk.px(12),
        )
        self.setLayout(self.strip.under(layout))


class XForm(Form):
    """An X without the cash, and for a supervisor one with it. Signals: `plain`, `given` an approval, `left`."""

    plain = Signal()
    given = Signal(object)

    def __init__(self, desk: Desk, people: People) -> None:
        super().__init__()
        texts = desk.texts
        self.strip = SupervisorStrip(
            desk, people, "read_cash", action=texts("shift.x_with_cash"), reason=Why.NONE
        )
        self.strip.given.connect(self.given)
        self.strip.left.connect(self.left)
        plain = KeyButton(desk, texts("shift.x_plain"), "report-money", kind="primary", size=LARGE - 8)
        plain.clicked.connect(self.plain)
        layout = column(
            label(desk, texts("shift.x"), "h2"),
            label(desk, texts("shift.x_blind"), "body", "text2", wrap=True),
            plain,
            rule(),
            label(desk, texts("shift.x_cash"), "body", "text2", wrap=True),
            self.strip,
            1,
            gap=desk.px(12),
        )
        self.setLayout(self.strip.under(layout))


class ReasonForm(Form):
    """Opening the drawer without a sale: why. Signals: `given` the reason, `left`."""

    given = Signal(str)

    def __init__(self, desk: Desk, title: str, action: str) -> None:
        super().__init__()
        self._reason: QLineEdit = field(desk, desk.texts("shift.reason"))
        self.trouble = InlinePanel(desk, reserved=3)
        give = KeyButton(
            desk, action, "check", key=CONFIRM, kind="primary", size=LARGE - 8, on_click=self._give
        )
        self.setLayout(form(desk, title, self.trouble, (self._reason, 1), give, self.left.emit))
        self.setFocusProxy(self._reason)

    def _give(self) -> None:
        self.given.emit(self._reason.text().strip())


class CountForm(Form):
    """Counting the drawer without knowing what should be in it. Signals: `given` the pieces, `left`."""

    given = Signal(object)

    def __init__(
        self, desk: Desk, title: str, action: str, denominations: Sequence[int], currency: str
    ) -> None:
        super().__init__()
        self._desk = desk
        self.pieces = DenominationCount(desk, denominations, currency)
        self.trouble = InlinePanel(desk, reserved=3)
        self._do = KeyButton(
            desk, action, "check", kind="primary", size=LARGE - 8, on_click=self._give, money=True
        )
        self.setLayout(form(desk, title, self.trouble, (self.pieces,), self._do, self.left.emit))
        self.setFocusProxy(self.pieces)

    def stop(self, why: str) -> None:
        """It may not be given now, and why; "" when it may be."""
        if why:
            self.trouble.say(why)
        elif self._do.why_not:
            self.trouble.quiet()
        self._do.allow(True, why)

    def _give(self) -> None:
        """A press too many must not count an empty drawer."""
        if self.pieces.is_begun:
            self.given.emit(self.pieces.pieces)
        else:
            self.trouble.say(self._desk.texts("count.nothing"), "warn")
            self.pieces.setFocus()


class DifferenceForm(Form):
    """What was counted against what should be there. Signals: `closed` note and approval (or None), `again`, `left`."""

    closed = Signal(str, object)
    again = Signal()

    def __init__(self, desk: Desk, people: People, count: CountShown) -> None:
        super().__init__()
        self._desk = desk
        texts = desk.texts
        self.trouble = InlinePanel(desk, reserved=3)
        self.strip: SupervisorStrip | None = None
        off = bool(count.difference)
        self._note = field(desk, texts("shift.note"))
        title = label(desk, texts(_verdict(count)), "h2", wrap=True)
        recount = (
            KeyButton(desk, texts("shift.recount"), "refresh", on_click=self.again.emit)
            if count.may_recount and off
            else None
        )
        trouble = None if count.over_limit else self.trouble  # the supervisor's strip has its own
        layout = column(
            title, self._figures(count), self._left_open(count.left), self._note, trouble, gap=desk.px(8)
        )
        close_words = texts("left.do_close" if count.left else "shift.do_close")
        if count.over_limit:
            self.strip = SupervisorStrip(desk, people, "approve_difference", action=close_words)
            self.strip.given.connect(self._approved)
            self.strip.left.connect(self.left)
            layout.addLayout(row(recount, 1))
            layout.addWidget(self.strip)
            layout.addStretch(1)
            self.setLayout(self.strip.under(layout))
        else:
            close = KeyButton(desk, close_words, "lock", kind="primary", size=LARGE - 8, key="F9", money=True)
            close.clicked.connect(lambda: self.closed.emit(self._note.text().strip(), None))
            layout.addStretch(1)
            back = KeyButton(desk, texts("shift.back"), on_click=self.left.emit)
            answers = row(back, recount, 1, close, gap=desk.px(12))
            self.setLayout(column(scroller(holder(layout), whole=True), answers, gap=desk.px(8)))
        self._note.setVisible(off and not count.over_limit)
        if off:
            self.setFocusProxy(self.strip or self._note)

    def _approved(self, approval: Approval) -> None:
        self.closed.emit(approval.reason, approval)

    def _left_open(self, left: LeftOpen) -> QWidget | None:
        """What makes the Z provisional, before it is one."""
        if not left:
            return None
        desk, texts, side = self._desk, self._desk.texts, self._desk.px(12)
        unsent = "left.about_unsent" if left.about else "left.unsent"
        counts = ((unsent, left.unsent), ("left.cases", left.cases), ("left.prints", left.prints),
                  ("left.requests", left.requests))  # fmt: skip
        box = column(
            label(desk, texts("left.title"), "bodystrong", "warn", wrap=True),
            *(
                label(desk, texts(key, n=count), "small", "text2", wrap=True)
                for key, count in counts
                if count
            ),
            gap=desk.px(2),
            margins=(side, desk.px(8), side, desk.px(8)),
        )
        return panel("warn", box)

    def _figures(self, count: CountShown) -> QWidget:
        desk, texts = self._desk, self._desk.texts
        tone = "text" if not count.difference else "bad" if count.over_limit else "warn"
        lines = (("shift.counted", count.counted, "text"), ("shift.expected", count.expected, "text"),
                 ("shift.difference", count.difference, tone))  # fmt: skip
        side = desk.px(16)
        box = column(gap=desk.px(8), margins=(side, side, side, side))
        for key, amount, colour in lines:
            box.addLayout(
                row(
                    label(desk, texts(key), "strong", "text2"),
                    1,
                    Amount(desk, "number", colour, text=texts.money(amount)),
                )
            )
        return panel("row", box)


def _verdict(count: CountShown) -> str:
    if count.expected.minor < 0:
        return "shift.below_nothing"
    if count.over_limit:
        return "shift.over_limit"
    return "shift.off" if count.difference else "shift.exact"


def form(
    desk: Desk,
    title: str,
    trouble: InlinePanel,
    parts: Sequence[QWidget | int],
    action: KeyButton,
    leave: Callable[[], None],
) -> QVBoxLayout:
    """Title, parts, and the two buttons far apart. What goes wrong is said over the title, so that no part moves."""
    back = KeyButton(desk, desk.texts("shift.back"), kind="secondary", size=LARGE - 8, on_click=leave)
    head = QGridLayout()
    head.addWidget(label(desk, title, "h2"), 0, 0)
    head.addWidget(trouble, 0, 0)
    layout = column(head, *parts, row(back, 1, action, gap=desk.px(24)), gap=desk.px(8))
    layout.setStretch(1, 1 if isinstance(parts[0], AmountEntry | DenominationCount) else 0)
    return layout
