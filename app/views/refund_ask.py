"""Asking for a refund: what goes back and why, with what that comes to beside it as one chooses and types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal

from app.shown_refunds import Preview, RefundPage
from app.views.asking import Asking
from app.views.desk import Desk
from app.views.ports import Refunds
from app.views.refund_lines import RefundLines, chosen_any
from app.views.refund_preview import PreviewSide
from app.views.refund_sale import beyond_words
from app.views.refund_words import number_words, reason_words
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.form import Form
from app.views.widgets.inputs import field, say
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, every, holder, label, row
from app.views.widgets.roomy import Roomy
from domain.errors import Code, Refused
from domain.money import Money, parse
from domain.refund import BY_STAFF, Reason

LOOK_MS = 1000  # whether the offer still holds


@dataclass(frozen=True, slots=True)
class Start:
    """What the form begins with: all of the sale or one ticket, and a reason, where they are known."""

    everything: bool = False
    ticket: str = ""
    reason: Reason | None = None


class AskForm(Form):
    """Signals: `given` the preview that was read and the note, `left`."""

    given = Signal(object, str)

    def __init__(self, desk: Desk, refunds: Refunds, page: RefundPage, start: Start) -> None:
        super().__init__()
        self._desk, self._refunds, self.page = desk, refunds, page
        self._asking = Asking(desk.tasks, self)
        self._preview: Preview | None = None
        self._online = page.online
        texts = desk.texts
        self._lines = RefundLines(desk, page)
        reasons = [(each.value, reason_words(texts, each), "", "") for each in BY_STAFF]
        self._reasons = Choices(desk, reasons, columns=2 if desk.look.close else 3, several=False)
        self._note = field(desk, texts("refunds.note"), on_enter=self._said)
        self._amount = field(desk, texts("refunds.amount"), on_enter=self._said)
        stays = ("stays", texts("refunds.only_money"), "cash", "text2")
        self._stays = Choices(desk, [stays], columns=1, several=True)
        self._side = PreviewSide(desk)
        self._trouble = InlinePanel(desk, reserved=2)
        self._give = KeyButton(
            desk, texts("refunds.do_ask"), "check", key=CONFIRM, kind="primary", size=LARGE - 8
        )
        self._give.clicked.connect(self._said)
        self._lay()
        self._lines.changed.connect(self._work_out)
        self._stays.changed.connect(self._keep)
        self._reasons.changed.connect(self._work_out)
        self._amount.textChanged.connect(self._work_out)
        self._note.textChanged.connect(self._ready)
        every(self, LOOK_MS, self.look).start()
        self._begin_with(start)

    def _lay(self) -> None:
        desk, texts = self._desk, self._desk.texts
        everything = KeyButton(desk, texts("refunds.everything"), key="F9", on_click=self._lines.choose_all)
        head = row(label(desk, texts("refunds.what"), "strong", wrap=True), everything, gap=desk.px(8))
        head.setStretch(0, 1)
        how_much = row(self._stays, self._amount, gap=desk.px(8))
        for at in (0, 1):
            how_much.setStretch(at, 1)
        told = column(
            label(
                desk,
                texts("refunds.ask_title", number=number_words(texts, self.page.number)),
                "h2",
                wrap=True,
            ),
            beyond_words(desk, self.page),
            head,
            self._lines,
            how_much,
            label(desk, texts("refunds.why"), "strong"),
            self._note,
            self._reasons,
            1,
            gap=desk.px(10),
        )
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        left = Roomy(desk, told, self._trouble, holder(row(back, 1, self._give, gap=desk.px(24))))
        layout = row(left, self._side, gap=desk.px(20))
        layout.setStretch(0, 3)
        layout.setStretch(1, 2)
        self.setLayout(layout)

    def _begin_with(self, start: Start) -> None:
        if self.page.beyond is not None and not any(each.pieces for each in self.page.charges):
            self._stays.choose(("stays",))  # what it was for ended: this is all that can go back
            self._keep()
        if start.everything:
            self._lines.choose_all()
        elif start.ticket:
            self._lines.choose(start.ticket)
        if start.reason is not None:
            self._reasons.choose((start.reason.value,))
        self._work_out()

    def begin(self) -> None:
        """Where the reason is known the note is next, else what goes back."""
        (self._note if self._reason is not None else self).setFocus()

    @property
    def is_begun(self) -> bool:
        return bool(self._note.text().strip() or self._amount.text().strip())

    def show_online(self, *, online: bool) -> None:
        """The server answers again, or does not any more."""
        self._online = online
        self._ready()

    def choose_ticket(self, ticket_id: str) -> bool:
        """That ticket was scanned; False when it is none of this sale that can go back."""
        return self._lines.choose(ticket_id)

    def fail(self, error: Exception) -> None:
        """Says why; what the policies give by now is worked out again."""
        self._trouble.trouble(error)
        self._work_out()
        if isinstance(error, Refused) and error.code is Code.REASON_NEEDED:
            self._note.setFocus()

    # what would go back

    @property
    def _reason(self) -> Reason | None:
        return next((Reason(each) for each in self._reasons.values), None)

    def _keep(self) -> None:
        stays = bool(self._stays.values)
        say(self._desk, self._amount, self._desk.texts("refunds.how_much" if stays else "refunds.amount"))
        self._lines.keep(stays=stays)

    def look(self) -> None:
        """What does not hold any more is worked out anew."""
        if (was := self._preview) is not None and not self._refunds.holds(was):
            self._work_out_after(was)

    def _work_out(self) -> None:
        self._work_out_after(None)

    def _work_out_after(self, was: Preview | None) -> None:
        """Asks what would go back: the last question wins. `was` is what the guest was told where nobody asked for
        it."""
        self._preview = None
        self._asking.forget()
        self._ready()
        reason, choice = self._reason, self._lines.choice
        if not chosen_any(choice) or reason is None:
            self._side.say(self._desk.texts("refunds.choose_first"))
            return
        if choice.stays and reason is Reason.CUSTOMER_CANCEL:
            self._side.say(self._desk.texts("refunds.not_called_off"))
            return
        try:
            amount = self._typed()
        except Refused as error:
            self._side.fail(error)
            return
        if amount is None and choice.stays:
            self._side.say(self._desk.texts("refunds.say_how_much"))
            return
        ask = (self._refunds.preview, self.page.sale_id, choice, reason, amount)
        self._asking.run(*ask, done=partial(self._worked_out, was), failed=self._side.fail)

    def _typed(self) -> Money | None:
        text = self._amount.text().strip()
        return parse(text, self.page.total.currency) if text else None

    def _worked_out(self, was: Preview | None, preview: Preview) -> None:
        self._preview = preview
        self._side.show_preview(preview)
        if was is not None and was.amount != preview.amount:
            self._side.note(self._desk.texts("refunds.worked_anew"))
        self._ready()

    def _ready(self) -> None:
        texts = self._desk.texts
        why = "" if self._online else texts("bookings.needs_server")
        if not why and self._preview is None:
            why = texts("refunds.choose_first")
        elif not why and self._needs_note and not self._note.text().strip():
            why = texts("refunds.note_needed")
        self._give.allow(not why, why)

    @property
    def _needs_note(self) -> bool:
        """As the server asks for it: another reason, or more than the policies give."""
        preview = self._preview
        return preview is not None and (preview.reason is Reason.OTHER or preview.amount > preview.allowed)

    def _said(self) -> None:
        self.look()
        if self._give.isEnabled() and self._preview is not None:
            self._give.setEnabled(False)
            self._trouble.quiet()
            self.given.emit(self._preview, self._note.text().strip())
