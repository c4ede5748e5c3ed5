"""The card terminal at work: how far it is, how long it takes, and what it said when it said no."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.shown import CardStep, PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import KeyButton
from app.views.widgets.form import Form
from app.views.widgets.marks import Ring, chip
from app.views.widgets.parts import clear, column, every, holder, label, panel, picture, row
from app.views.widgets.scroll import scroller
from app.views.widgets.supervisor_strip import SupervisorStrip
from domain.money import Money

NARROW = 1300
STEPS = ("sent", "waiting", "bank", "print")
ASK = {"bank": "card.ask_bank", "query": "card.finding_out"}
AWAY = frozenset(("unreachable", "no_answer", "line_lost"))  # then another card would not help


class TerminalCard(QWidget):
    """Signal `cancel`: ask the terminal to stop."""

    cancel = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._since: datetime | None = None
        self._step, self._times, self._tries = "sent", dict[str, str](), 0
        self._title = label(desk, "", "h3")
        self._chip_box = row()
        self._currency, self._amount = label(desk, "", "h1", "text3"), Amount(desk, "amount", far=False)
        self._ask = label(desk, desk.texts("card.ask_guest"), "strong", "text2", wrap=True)
        self._steps = column(gap=desk.px(10))
        self._cancel = KeyButton(desk, desk.texts("card.cancel"), kind="danger", on_click=self.cancel.emit)
        side = desk.px(12)
        words = label(desk, desk.texts("card.saved"), "small", "text2", wrap=True)
        note = row(
            picture(desk, "info-circle", "accenttext", 20), words, gap=side, margins=(side, 8, side, 8)
        )
        note.setStretch(1, 1)
        device = row(picture(desk, "device-mobile", "accenttext", 26), self._title, 1, gap=desk.px(12))
        self._head = row(device, self._chip_box, gap=desk.px(12))
        gap, edge = (desk.px(each) for each in ((8, 12) if desk.look.close else (12, 20)))
        told = column(
            self._head,
            row(self._currency, self._amount, 1, gap=desk.px(12)),
            self._ask,
            self._steps,
            1,
            panel("info", note),
            gap=gap,
            margins=(desk.px(24), edge, desk.px(24), 0),
        )
        self.told = scroller(holder(told), whole=True)
        cancel = row(self._cancel, 1, margins=(desk.px(24), 0, desk.px(24), edge))
        layout = column(self.told, cancel, gap=gap)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._timer = every(self, 1000, self._show_chip)

    def start(self, terminal: str, amount: Money) -> None:
        """A new charge begins now."""
        self._since, self._step, self._times, self._tries = self._desk.now(), "sent", {}, 0
        self._cancel.setEnabled(True)
        self._timer.start()
        self.show_waiting(terminal, amount)

    def show_asked_before(self, terminal: str, amount: Money) -> None:
        """Asked for before this page was made: nobody here knows how far it is."""
        self.show_waiting(terminal, amount)
        self._ask.setText(self._desk.texts("card.no_answer_yet"))

    def show_waiting(self, terminal: str, amount: Money) -> None:
        texts = self._desk.texts
        narrow = self.window().width() * 100 < NARROW * self._desk.look.scale
        self._head.setDirection(
            QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        )
        self._title.setText(texts("card.terminal", name=terminal) if terminal else texts("pay.card"))
        self._currency.setText(texts.currency(amount.currency))
        self._amount.setText(texts.money(amount))
        self._ask.setText(texts(ASK.get(self._step, "card.ask_guest")))
        self._show_steps()

    def show_step(self, step: CardStep) -> None:
        self._times[step.step] = self._desk.texts.seconds(step.at)
        self._tries = step.tries
        self._step = step.step
        self._ask.setText(self._desk.texts(ASK.get(step.step, "card.ask_guest")))
        self._show_steps()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _show_steps(self) -> None:
        clear(self._steps)
        shown = self._step if self._step in STEPS else "bank"
        now = STEPS.index(shown) if shown != "sent" else 1 if "sent" in self._times else 0
        for at, step in enumerate(STEPS):
            state = "done" if at < now else "busy" if at == now else "todo"
            self._steps.addLayout(self._one(step, state))
        self._show_chip()

    def _one(self, step: str, state: str) -> QHBoxLayout:
        desk, texts = self._desk, self._desk.texts
        todo = state == "todo"
        title = label(
            desk, texts(f"card.step_{step}"), "body" if todo else "bodystrong", "text3" if todo else "text"
        )
        detail = self._times.get(step, "") if state == "done" else ""
        if state == "busy" and self._step == "query":
            detail = texts("card.asking", n=self._tries)
        elif state == "busy" and step == "waiting":
            detail = texts("card.shows_amount")
        small = label(desk, detail, "caption", "text3") if detail else None
        return row(Ring(desk, state), column(title, small, gap=0), 1, gap=desk.px(12))

    def _show_chip(self) -> None:
        clear(self._chip_box)
        words = self._desk.texts(
            f"card.state_{self._step if self._step in ('sent', 'waiting', 'bank') else 'query'}"
        )
        if self._since is not None:
            seconds = int((self._desk.now() - self._since).total_seconds())
            words = f"{words} · {self._desk.texts.duration(seconds)}"
        self._chip_box.addWidget(chip(self._desk, words, "clock", "accent"))


class FailedCard(QWidget):
    """The card was declined, or the terminal gave up or is away: nothing was charged. The ways to pay are beside it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._title = label(desk, "", "h2", wrap=True)
        self._reason = label(desk, "", "strong", "text2", wrap=True)
        self._amount = Amount(desk, "amount", far=False)
        self._currency = label(desk, "", "h1", "text3")
        self._do = label(desk, "", "strong", wrap=True)
        do = column(
            label(desk, desk.texts("answer.what_to_do"), "captionstrong"),
            self._do,
            gap=4,
            margins=(desk.px(16), desk.px(12), desk.px(16), desk.px(12)),
        )
        layout = column(
            row(picture(desk, "circle-x", "bad", 36), self._title, gap=desk.px(16)),
            self._reason,
            row(self._currency, self._amount, 1, gap=desk.px(12)),
            panel("warn", do),
            1,
            gap=desk.px(16),
        )
        layout.setContentsMargins(desk.px(24), desk.px(24), desk.px(24), desk.px(20))
        self.setLayout(layout)

    def show_reason(self, tender: TenderRow, left: Money) -> None:
        texts = self._desk.texts
        away = tender.reason is None and tender.why in AWAY
        self._title.setText(texts("card.away" if away else "card.failed"))
        self._do.setText(texts("card.away_do" if away else "card.failed_do"))
        said = texts("card.failed_reason", reason=self._why(tender))
        self._reason.setText(f"{said} {texts('card.not_charged')}")
        self._currency.setText(texts.currency(left.currency))
        self._amount.setText(texts.money(left))

    def _why(self, tender: TenderRow) -> str:
        """The bank's words; where it gave none, ours."""
        texts = self._desk.texts
        if tender.reason is not None:
            return tender.reason.get(texts.language)
        key = f"card.why_{tender.why}"
        return texts(key if texts.has(key) else "card.why_other")


class GiveBackCard(Form):
    """All that was paid goes back, which a second person vouches for. Signals: `given` an approval, `left`."""

    given = Signal(object)

    def __init__(self, desk: Desk, people: People) -> None:
        super().__init__()
        self._desk, self._people = desk, people
        self._strip: SupervisorStrip | None = None
        side = desk.px(12 if desk.look.close else 20)
        self._form = column(margins=(side, side, side, side))
        self.setLayout(self._form)

    def start(self, paid: Money) -> None:
        clear(self._form)
        desk, texts = self._desk, self._desk.texts
        self._strip = SupervisorStrip(
            desk, self._people, "approve_void", action=texts("payment.do_give_back")
        )
        self._strip.given.connect(self.given)
        self._strip.left.connect(self.left)
        title = label(desk, texts("payment.give_back_title"), "h2", wrap=True)
        what = label(desk, texts("payment.give_back_what", amount=paid), "strong", "text2", wrap=True)
        told = column(title, what, self._strip, 1, gap=desk.px(12))
        self._form.addWidget(holder(self._strip.under(told)))
        self._strip.show()
        self._strip.setFocus()

    def fail(self, error: Exception) -> None:
        if self._strip is not None:
            self._strip.fail(error)


def refused(page: PaymentPage) -> TenderRow | None:
    """The last card, when it was refused and everything else is settled."""
    last = page.tenders[-1] if page.tenders else None
    if last is None or page.unknown or page.paid_in_full is not None:
        return None
    return last if last.method == "card" and last.status is TenderStatus.FAILED else None
