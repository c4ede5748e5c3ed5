"""Not known yet if the card was charged: what happened, what to do, and the answer that a supervisor vouches for.

No answer sits on F9 or F10, which elsewhere start money.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.shown import Approval, CardStep, PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.buttons import LARGE, NORMAL, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.marks import Ring
from app.views.widgets.parts import clear, column, holder, label, panel, picture, row
from app.views.widgets.scroll import scroller
from app.views.widgets.supervisor_strip import SupervisorStrip


class UnknownCard(QWidget):
    """Signals: `again` ask the terminal now, `leave` for the next guest, `answered` approved, code, approval."""

    again = Signal()
    leave = Signal()
    answered = Signal(bool, str, object)

    def __init__(self, desk: Desk, people: People) -> None:
        super().__init__()
        self._desk, self._people = desk, people
        self._strip: SupervisorStrip | None = None
        self._code: QLineEdit | None = None
        self._facts = label(desk, "", "strong", "text2", wrap=True)
        self._steps = column(gap=desk.px(12))
        self._form = column()
        gap = desk.px(8 if desk.look.close else 14)
        told = column(self._head(), self._facts, self._what_to_do(), self._steps, 1, gap=gap)
        self.told = scroller(holder(told), whole=True)
        asked = column(self.told, self._buttons(), gap=gap)
        asked.setStretch(0, 1)
        self._asked = holder(asked)
        side, top = (desk.px(each) for each in ((12, 12) if desk.look.close else (20, 20)))
        self.setLayout(column(self._asked, self._form, gap=0, margins=(side, top, side, desk.px(12))))

    def show_page(self, page: PaymentPage) -> None:
        tender = next((row for row in page.tenders if row.status is TenderStatus.UNKNOWN), None)
        texts = self._desk.texts
        time = texts.seconds(tender.at) if tender else ""
        self._facts.setText(texts("unknown.facts", terminal=page.terminal, time=time))
        self._show_steps(tender, "todo", texts("unknown.not_asked"))
        self._again.setEnabled(True)

    def asking(self) -> None:
        self._again.setEnabled(False)
        self._show_steps(None, "busy", "")

    def show_step(self, step: CardStep) -> None:
        if step.step == "query":
            self._show_steps(None, "busy", self._desk.texts("card.asking", n=step.tries))

    def fail(self, error: Exception) -> None:
        if self._strip is not None:
            self._strip.fail(error)

    def close_form(self) -> bool:
        """Puts the form away; False when there was none."""
        if self._strip is None:
            return False
        self._strip = self._code = None
        clear(self._form)
        self._asked.show()
        return True

    def _show_steps(self, tender: TenderRow | None, state: str, detail: str) -> None:
        desk, texts = self._desk, self._desk.texts
        clear(self._steps)
        if tender is not None and tender.last4:
            read = f"{texts.seconds(tender.at)} · {tender.scheme} {texts.code(f'•••• {tender.last4}')}"
            self._steps.addLayout(self._step("done", texts("unknown.card_read"), read))
        self._steps.addLayout(self._step(state, desk.texts("unknown.asking"), detail))

    def _step(self, state: str, title: str, detail: str) -> QHBoxLayout:
        small = label(self._desk, detail, "caption", "text3", wrap=True) if detail else None
        words = column(label(self._desk, title, "bodystrong"), small, gap=0)
        made = row(Ring(self._desk, state), words, gap=self._desk.px(12))
        made.setStretch(1, 1)
        return made

    def _head(self) -> QHBoxLayout:
        desk = self._desk
        close = desk.look.close
        title = label(desk, desk.texts("unknown.title"), "h2" if close else "h1", wrap=True)
        icon = picture(desk, "filled/alert-triangle", "warn", 32 if close else 40)
        made = row(icon, title, gap=desk.px(16))
        made.setStretch(1, 1)
        return made

    def _what_to_do(self) -> QWidget:
        desk = self._desk
        side = desk.px(16)
        return panel(
            "warn",
            column(
                label(desk, desk.texts("answer.what_to_do"), "captionstrong"),
                label(desk, desk.texts("unknown.do"), "strong", wrap=True),
                gap=4,
                margins=(side, desk.px(12), side, desk.px(12)),
            ),
        )

    def _buttons(self) -> QWidget:
        desk, texts = self._desk, self._desk.texts
        close = desk.look.close  # the words need the room
        size, icons = (NORMAL, [""] * 4) if close else (LARGE - 6, ["check", "x", "refresh", "player-pause"])
        yes = KeyButton(desk, texts("unknown.approved"), icons[0], size=size)
        no = KeyButton(desk, texts("unknown.declined"), icons[1], size=size)
        yes.clicked.connect(lambda: self._open_form(approved=True))
        no.clicked.connect(lambda: self._open_form(approved=False))
        self._again = KeyButton(desk, texts("unknown.again"), icons[2], key="F11", on_click=self.again.emit)
        leave = KeyButton(
            desk, texts("unknown.leave"), icons[3], key="Esc", kind="plain", on_click=self.leave.emit
        )
        answers = row(yes, no, gap=desk.px(8))
        answers.setStretch(0, 1)
        answers.setStretch(1, 1)
        return holder(column(answers, row(leave, 1, self._again), gap=desk.px(10)))

    def _open_form(self, *, approved: bool) -> None:
        desk, texts = self._desk, self._desk.texts
        self.close_form()
        self._asked.hide()
        words = texts("unknown.say_approved" if approved else "unknown.say_declined")
        self._strip = SupervisorStrip(desk, self._people, "resolve_card", action=words, first=not approved)
        self._strip.left.connect(self.close_form)
        self._strip.given.connect(lambda approval: self._answer(approved, approval))
        if approved:
            self._code = field(desk, texts("unknown.code"))
        told = column(self._head(), self._code, self._strip, 1, gap=desk.px(14))
        form = Form()
        form.setLayout(self._strip.under(told))
        self._form.addWidget(form)
        first = self._code or self._strip
        first.show()
        first.setFocus()

    def _answer(self, approved: bool, approval: Approval) -> None:
        code = self._code.text().strip() if self._code else ""
        if approved and not code and self._strip is not None:
            self._strip.ask(self._desk.texts("unknown.needs_code"))
            return
        self.answered.emit(approved, code, approval)
