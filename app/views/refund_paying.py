"""A refund on its way out: each card and the credit note as they happen; then its number, and the cash to hand out."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.shown import CardStep
from app.shown_refunds import PaidOut, RefundTold, TenderRow
from app.views.desk import Desk
from app.views.refund_words import tender_words
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.marks import Ring
from app.views.widgets.parts import clear, column, holder, label, panel, picture, row
from app.views.widgets.scroll import scroller


class PayingForm(Form):
    """Stays until the terminal has answered: nothing here can be pressed. `refund_id` is what is paid."""

    def __init__(self, desk: Desk, told: RefundTold) -> None:
        super().__init__()
        self._desk, self.refund_id = desk, told.row.refund_id
        self._cards = [each for each in told.tenders if each.method == "card"]
        self._cash = [each for each in told.tenders if each.method == "cash"]
        self._at = sum(each.is_back for each in self._cards)  # the card that is asked now
        self._sent, self._detail = False, desk.texts("refunds.step_soon")
        self._steps = column(gap=desk.px(12))
        amount = row(
            label(desk, desk.texts.currency(told.row.amount.currency), "h1", "text3"),
            Amount(desk, "amount", text=desk.texts.money(told.row.amount), far=False),
            1,
            gap=desk.px(12),
        )
        wait = label(desk, desk.texts("refunds.wait"), "strong", "text2", wrap=True)
        title = label(desk, desk.texts("refunds.paying"), "h2", wrap=True)
        told_ = column(title, amount, self._steps, 1, wait, gap=desk.px(14))
        self.setLayout(column(scroller(holder(told_), whole=True)))
        self._show()

    @property
    def is_begun(self) -> bool:
        """Nobody leaves by a key while money moves."""
        return True

    def begin(self) -> None:
        self.setFocus()

    def show_step(self, step: CardStep) -> None:
        """The terminal was sent the next card's share, or is asked what became of it."""
        texts = self._desk.texts
        if step.step == "sent":
            self._at += self._sent
            self._sent = True
            self._detail = texts("refunds.step_sent", time=texts.seconds(step.at))
        elif step.step == "query":
            self._detail = texts("card.asking", n=step.tries)
        self._show()

    def _show(self) -> None:
        clear(self._steps)
        for at, tender in enumerate(self._cards):
            state = "done" if at < self._at else "busy" if at == self._at else "todo"
            self._steps.addLayout(self._step(state, self._words(tender), self._detail * (state == "busy")))
        last = "todo" if self._at < len(self._cards) else "busy"
        self._steps.addLayout(self._step(last, self._desk.texts("refunds.step_note"), ""))
        for tender in self._cash:
            self._steps.addLayout(self._step("todo", self._words(tender), ""))

    def _words(self, tender: TenderRow) -> str:
        texts = self._desk.texts
        return texts.line((tender_words(texts, tender), texts.money(tender.amount)))

    def _step(self, state: str, title: str, detail: str) -> QHBoxLayout:
        role, tone = ("body", "text3") if state == "todo" else ("bodystrong", "text")
        small = label(self._desk, detail, "caption", "text3", wrap=True) if detail else None
        words = column(label(self._desk, title, role, tone, wrap=True), small, gap=0)
        made = row(Ring(self._desk, state), words, gap=self._desk.px(12))
        made.setStretch(1, 1)
        return made


class PaidForm(Form):
    """It is over: what to hand out, and the credit note. Signal `left` once that was read."""

    def __init__(self, desk: Desk, paid: PaidOut) -> None:
        super().__init__()
        texts, gap = desk.texts, desk.px(14)
        done = KeyButton(
            desk,
            texts("refunds.done"),
            "check",
            key=CONFIRM,
            kind="primary",
            size=LARGE - 8,
            on_click=self.left.emit,
        )
        title = row(
            picture(desk, "filled/circle-check", "ok", 36),
            label(desk, texts("refunds.paid"), "h1", wrap=True),
            gap=gap,
        )
        title.setStretch(1, 1)
        printed = texts("refunds.note_prints", number=texts.code(paid.number))
        card = texts("refunds.card_has", amount=paid.card_back) if paid.card_back else ""
        told = column(
            title,
            label(desk, printed, "strong", wrap=True),
            label(desk, card, "strong", "text2", wrap=True) if card else None,
            self._hand_out(desk, paid) if paid.cash_back else None,
            1,
            gap=gap,
        )
        layout = column(scroller(holder(told), whole=True), row(1, done), gap=gap)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setFocusProxy(done)

    @property
    def is_begun(self) -> bool:
        """Whatever is scanned or pressed: first somebody has read what to hand out."""
        return True

    def _hand_out(self, desk: Desk, paid: PaidOut) -> QFrame:
        side = desk.px(16)
        cash = row(
            label(desk, desk.texts.currency(paid.cash_back.currency), "h1", "text3"),
            Amount(desk, "amount", text=desk.texts.money(paid.cash_back), far=False),
            1,
            gap=desk.px(12),
        )
        words = label(desk, desk.texts("refunds.hand_out"), "captionstrong")
        return panel("warn", column(words, cash, gap=4, margins=(side, desk.px(12), side, desk.px(12))))
