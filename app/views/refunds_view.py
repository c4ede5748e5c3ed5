"""Refunds: a sale is found, its refund asked for, decided by a second person and paid where it was asked for or taken
up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from app.shown import Approval, CardStep
from app.shown_refunds import PaidOut, Preview, RefundPage, RefundTold
from app.shown_status import StationStatus
from app.views.asking import Asking
from app.views.desk import Desk
from app.views.found_page import FoundPage
from app.views.ports import People, Refunds
from app.views.refund_ask import AskForm, Start
from app.views.refund_card import RefundCard
from app.views.refund_forms import SlipForm, cash_form, say_form, second_form
from app.views.refund_list import RefundList
from app.views.refund_paying import PaidForm, PayingForm
from app.views.refund_sale import SaleCard
from app.views.refund_words import asked_words
from domain.errors import Code, Refused
from domain.refund import Reason

SALE = "sale:"
ALONE = AskForm | PayingForm | PaidForm  # no other refund is chosen meanwhile: the list goes


class RefundsView(FoundPage):
    """What is chosen is a refund by its id, or a sale by `sale:` and its id. Signal `booking`: whose page is wanted."""

    booking = Signal(str)

    nothing = "refunds.choose"
    topics = frozenset(
        (
            "everything", "refund_ask", "refund_decision", "refund_try", "refund_fail", "refund_done",
            "refund_take", "sale", "tender_fix",
            "RefundPaid", "RefundFailed", "CardAsked", "CardUnknown", "CardResolved", "SaleClosed",
            "TenderCorrected",
        )
    )  # fmt: skip

    def __init__(self, desk: Desk, people: People, refunds: Refunds) -> None:
        self._people, self._refunds = people, refunds
        self._list = RefundList(desk, refunds)
        super().__init__(desk, self._list, self._list)
        self._finding, self._seeing = Asking(desk.tasks, self), Asking(desk.tasks, self)
        self._ticket = ""  # that the sale was found by
        self._awaited = ""  # a refund that was asked for a moment ago
        self._list.turned.connect(self.leave)
        self._list.search.connect(self._find)
        desk.signals.card_step.connect(self._step)

    # the page's life

    def ask(self, key: str) -> RefundPage | RefundTold:
        if key.startswith(SALE):
            return self._refunds.page(key.removeprefix(SALE))
        return self._refunds.told(key)

    def make_card(self, told: RefundPage | RefundTold) -> SaleCard | RefundCard:
        if isinstance(told, RefundPage):
            sale = SaleCard(self.desk, told)
            sale.ask.connect(lambda: self._ask_for(told, Start(ticket=self._ticket)))
            sale.chosen.connect(self.choose)
            return sale
        card = RefundCard(self.desk, told)
        card.act.connect(partial(self._act, told))
        card.booking.connect(self.booking)
        return card

    def back(self) -> None:
        """A form is closed, unless money moves; else the page begins anew."""
        if isinstance(self.side.form, PayingForm):
            self.notice.emit(self.desk.texts.refusal("refund_running"), "info")
        elif self.side.form is not None:
            self.close_form()
        else:
            self._list.start_over()
            self._list.field.setFocus()

    def first_focus(self) -> None:
        (self.side.form or (self if self.chosen else self._list.field)).setFocus()

    def focus_search(self) -> None:
        """What was looked for before is typed over."""
        if self.side.form is None:
            self._list.field.setFocus()
            self._list.field.selectAll()

    def open(self, form: Any, *, alone: bool = False) -> None:
        super().open(form, alone=alone or isinstance(form, ALONE))

    def show_status(self, status: StationStatus) -> None:
        self._list.count(status.refunds)

    def show_told(self, told: RefundPage | RefundTold) -> None:
        super().show_told(told)
        if isinstance(self.side.form, AskForm) and isinstance(told, RefundPage):
            self.side.form.show_online(online=told.online)
        self._look()

    def close_form(self) -> None:
        super().close_form()
        self._look()

    def _look(self) -> None:
        """What was refused is seen once its card lies open; then the rail counts anew, and the list."""
        told = self.told
        if isinstance(told, RefundTold) and told.row.unseen and self.side.form is None:
            self._seeing.run(
                self._refunds.saw, told.row.refund_id, done=self._saw, failed=self.side.trouble.trouble
            )

    def _saw(self, _result: object) -> None:
        self.desk.signals.connection.emit()
        self.reload()

    def say_trouble(self, error: Exception) -> None:
        if self._awaited == self.chosen and _is_unknown(error):
            self.side.trouble.say(self.desk.texts("refunds.on_its_way"), "info")
        else:
            super().say_trouble(error)

    def choose(self, key: str) -> None:
        self._ticket = ""
        super().choose(key)

    # finding a sale

    def take_scan(self, code: str) -> bool:
        """A ticket is one more that goes back of the sale that is being asked about; else its sale is found."""
        self._find(code)
        return True

    def _find(self, text: str) -> None:
        self._finding.run(self._refunds.find, text, done=self._found, failed=self._not_found)

    def _found(self, page: RefundPage) -> None:
        form = self.side.form
        if (
            isinstance(form, AskForm)
            and form.page.sale_id == page.sale_id
            and form.choose_ticket(page.ticket)
        ):
            return
        self.choose(f"{SALE}{page.sale_id}")
        self._ticket = page.ticket

    def _not_found(self, error: Exception) -> None:
        self.leave()
        self.side.show_words("")
        self.side.trouble.trouble(error)

    def open_sale(self, sale_id: str) -> None:
        """From another page; a form that lies open stays."""
        if self._is_free():
            self.choose(f"{SALE}{sale_id}")

    def open_refund(self, refund_id: str) -> None:
        if self._is_free():
            self.choose(refund_id)

    def call_off(self, sale_id: str) -> None:
        """All of a sale goes back since its guest calls it off; one that is under way is shown."""
        if self._is_free():
            self.chosen = f"{SALE}{sale_id}"
            self.ask_told(self._call_off)

    def _call_off(self, page: RefundPage) -> None:
        if page.open_refund:
            self.choose(page.open_refund)
        else:
            self._ask_for(page, Start(everything=True, reason=Reason.CUSTOMER_CANCEL))

    def _is_free(self) -> bool:
        """Whether no form lies open, which is said."""
        if self.side.form is not None:
            self.notice.emit(self.desk.texts("keys.form_open"), "info")
        return self.side.form is None

    # asking

    def _ask_for(self, page: RefundPage, start: Start) -> None:
        form = AskForm(self.desk, self._refunds, page, start)
        form.given.connect(self._asked)
        self.open(form)

    def _asked(self, preview: Preview, note: str) -> None:
        def done(refund_id: str) -> None:
            self._awaited = refund_id
            self.notice.emit(asked_words(self.desk.texts, preview), "info")
            self.choose(refund_id)
            self._list.again()

        self.send(self._refunds.ask, preview, note, done=done)

    # what staff do

    def _act(self, told: RefundTold, what: str) -> None:
        refund_id = told.row.refund_id
        match what:
            case "sale":
                self.choose(f"{SALE}{told.row.sale_id}")
            case "take":
                self.send(self._refunds.take, refund_id, done=partial(self._done, "was_taken"))
            case "release":
                self.send(self._refunds.release, refund_id, done=partial(self._done, "was_released"))
            case "pay":
                self._pay(told, self._refunds.pay, self.desk.signals.card_step.emit)
            case "approve" | "refuse" | "withdraw":
                self._say(told, what)
            case "second" | "refuse_second":
                self._second(told, "refuse" if what == "refuse_second" else "approve")
            case "cash":
                self.open(form := cash_form(self.desk, self._people, told))
                form.given.connect(lambda approval: self._pay_in_cash(refund_id, approval))
            case "took" | "took_not":
                self._by_slip(told, took=what == "took")

    def _say(self, told: RefundTold, what: str) -> None:
        form = say_form(self.desk, told, what)
        call, done = self._deciding(told, what)
        form.given.connect(lambda said: self.send(call, told.row.refund_id, said[0], done=done))
        self.open(form)

    def _second(self, told: RefundTold, what: str) -> None:
        form = second_form(self.desk, self._people, told, what)
        call, done = self._deciding(told, what)

        def given(approval: Approval) -> None:
            self.send(call, told.row.refund_id, approval.reason, approval, done=done)

        form.given.connect(given)
        self.open(form)

    def _deciding(self, told: RefundTold, what: str) -> tuple[Callable[..., None], Callable[[object], None]]:
        """What is asked, and what is said once it is answered."""
        free = "_free" if told.row.free else ""
        calls: dict[str, tuple[Callable[..., None], str]] = {
            "approve": (self._refunds.approve, f"was_approved{free}"),
            "refuse": (self._refunds.refuse, "was_refused"),
            "withdraw": (self._refunds.withdraw, "was_withdrawn"),
        }
        call, words = calls[what]
        return call, partial(self._done, words)

    def _by_slip(self, told: RefundTold, *, took: bool) -> None:
        form = SlipForm(self.desk, self._people, told, took=took)

        def given(approval: Approval) -> None:
            if not form.lacks_code:
                args = (told.row.refund_id, took, form.code, approval)
                self.send(self._refunds.resolve, *args, done=partial(self._done, "was_resolved"))

        form.given.connect(given)
        self.open(form)

    # paying

    def _pay(self, told: RefundTold, call: Callable[..., PaidOut], *args: object) -> None:
        form = PayingForm(self.desk, told)
        self.open(form)
        self.send(call, told.row.refund_id, *args, done=self._paid)

    def _pay_in_cash(self, refund_id: str, approval: Approval) -> None:
        self.send(self._refunds.pay_in_cash, refund_id, approval, done=self._paid)

    def _paid(self, paid: PaidOut) -> None:
        self.side.drop_form()
        self.open(PaidForm(self.desk, paid))
        self.reload()

    def _step(self, step: CardStep) -> None:
        if isinstance(self.side.form, PayingForm):
            self.side.form.show_step(step)

    # answers

    def _done(self, words: str, _result: object) -> None:
        self.notice.emit(self.desk.texts(f"refunds.{words}"), "info")
        self.close_form()
        self.reload()

    def fail(self, error: Exception, form: Any) -> None:
        """A card that was asked for it says nothing more."""
        if form is None or self.side.form is not form or isinstance(form, PayingForm):
            self.close_form()
            form = None
        super().fail(error, form)


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, Refused) and error.code is Code.REFUND_UNKNOWN
