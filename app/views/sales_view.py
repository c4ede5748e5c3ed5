"""Sales of this station: reprint as a copy, void with a second person, and what waits for the printer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from app.shown import Approval, PrintJobRow, SaleRow, Voided
from app.shown_bookings import SoldTickets
from app.shown_status import StationStatus
from app.views.booking_tickets import RevokeForm, TicketsForm, revoke_form, ticket_choices
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Bookings, CardSteps, People, Records
from app.views.print_waiting import PrintWaiting
from app.views.sale_detail import SaleDetail
from app.views.second_yes import SecondYes
from app.views.stopped import why_no_record
from app.views.tender_form import TenderForm, said_words
from app.views.void_form import VoidForm, cash_form, void_form
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.marks import chip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, lines, panel, picture, row
from app.views.widgets.scroll import scroller
from domain.correction import Said
from domain.money import Money

RIGHT, RIGHT_CLOSE, MOST_ROWS = 420, 380, 80
Void = Callable[[str, str, Approval, CardSteps], Voided]
Lists = tuple[tuple[SaleRow, ...], tuple[PrintJobRow, ...]]


class SalesView(Page):
    """Signal `refund`: the sale whose refund is wanted."""

    refund = Signal(str)

    def __init__(self, desk: Desk, people: People, records: Records, bookings: Bookings) -> None:
        super().__init__(desk)
        self._people, self._records, self._bookings = people, records, bookings
        self._sales: tuple[SaleRow, ...] = ()
        self._chosen, self._damaged, self._away = "", "", ""
        self._told: SaleDetail | None = None
        self._form: SecondYes | TicketsForm | None = None
        self._trouble = InlinePanel(desk)
        self._rows, self._detail, self._print = column(gap=desk.px(6)), column(), PrintWaiting(desk)
        self._print.again.connect(lambda job_id: self._on_job(records.retry_print, job_id))
        self._print.given_up.connect(lambda job_id: self._on_job(records.give_up_print, job_id))
        side = desk.px(24)
        title = label(desk, desk.texts("sales.title"), "h1")
        self._list = scroller(holder(column(self._rows, 1)))
        left = column(title, self._list, self._trouble, self._print, gap=desk.px(12))
        left.setStretch(1, 1)
        edge = desk.px(16)
        self._detail.setContentsMargins(edge, edge, edge, edge)
        self._card: QFrame = panel("card", self._detail)
        self._card.setFixedWidth(desk.px(RIGHT_CLOSE if desk.look.close else RIGHT))
        layout = row(holder(left), self._card, gap=side, margins=(side, side, side, side))
        layout.setStretch(0, 1)
        self.setLayout(layout)

    # the page's life

    def reload(self) -> None:
        self.desk.tasks.run(self._ask, done=self._show, failed=self._trouble.trouble)

    def back(self) -> None:
        if self._form is not None:
            self._show_detail()

    def show_status(self, status: StationStatus) -> None:
        self._damaged = why_no_record(status, self.desk.texts)
        self._away = self.desk.texts("bookings.needs_server") if status.offline_since else ""
        if self._told is not None:
            self._told.stop(self._damaged)
            self._told.away(self._away)

    def _ask(self) -> Lists:
        return self._records.recent(), self._records.print_jobs()

    def _show(self, lists: Lists) -> None:
        self._sales = lists[0][:MOST_ROWS]
        self._print.show_jobs(lists[1])
        if self._row() is None:
            self._chosen = self._sales[0].document_id if self._sales else ""
        self._show_rows()
        if self._form is None:
            self._show_detail()
        elif (sale := self._row()) is not None:
            self._keep(self._form, sale)

    def _row(self) -> SaleRow | None:
        return next((each for each in self._sales if each.document_id == self._chosen), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        names = [each.document_id for each in self._sales]
        if not step or not names or self._form is not None:
            super().keyPressEvent(event)
            return
        at = names.index(self._chosen) + step if self._chosen in names else 0
        self._choose(names[min(max(at, 0), len(names) - 1)])

    # the list

    def _show_rows(self) -> None:
        clear(self._rows)
        for sale in self._sales:
            self._rows.addWidget(made := self._line(sale))
            if sale.document_id == self._chosen:
                QTimer.singleShot(0, made, lambda made=made: self._list.ensureWidgetVisible(made))
        if not self._sales:
            self._rows.addWidget(label(self.desk, self.desk.texts("sales.none"), "body", "text2", wrap=True))

    def _line(self, sale: SaleRow) -> Pressable:
        desk, texts = self.desk, self.desk.texts
        methods = " + ".join(texts(f"pay.{method}") for method in sale.methods)
        detail = " · ".join(
            part for part in (texts.clock(sale.at), texts("cart.items", n=sale.items), methods) if part
        )
        icon = "receipt-refund" if sale.kind == "credit" else "receipt"
        state = chip(desk, texts("sales.voided"), "circle-x", "bad") if sale.voided_by else None
        if sale.void_begun:
            state = chip(desk, texts("sales.void_begun"), "alert-triangle", "warn")
        side = desk.px(14)
        words = lines(
            label(desk, texts.code(sale.number), "strong"), label(desk, detail, "small", "text2", wrap=True)
        )
        amount = texts.money(-sale.total if sale.kind == "credit" else sale.total)
        box = row(
            picture(desk, icon),
            words,
            state,
            Amount(desk, "h3", text=amount),
            gap=side,
            margins=(side, 6, side, 6),
        )
        box.setStretch(1, 1)
        made = RowButton("tile", box, f"{sale.number}, {detail}, {amount}")
        made.setProperty("chosen", sale.document_id == self._chosen)
        made.setMinimumHeight(desk.px(56))
        made.clicked.connect(lambda: self._choose(sale.document_id))
        return made

    def _choose(self, document_id: str) -> None:
        self._chosen = document_id
        self._show_rows()
        self.setFocus()
        self._show_detail()

    # one document

    def _show_detail(self) -> None:
        self._close_form()
        self._empty()
        sale = self._row()
        self._card.setVisible(sale is not None)
        if sale is None:
            return
        told = self._told = SaleDetail(self.desk, sale)
        told.stop(self._damaged)
        told.away(self._away)
        told.receipt.connect(lambda: self._reprint(sale))
        told.tickets.connect(lambda: self._reprint_tickets(sale))
        told.void.connect(lambda: self._ask_void(sale))
        told.refund.connect(lambda: self.refund.emit(sale.sale_id))
        told.cash.connect(lambda amount: self._ask_cash(sale, amount))
        told.tender.connect(lambda: self._ask_tender(sale))
        told.revoke.connect(lambda: self._ask_revoke(sale))
        self._detail.addWidget(scroller(told, whole=True))

    def _empty(self) -> None:
        self._told = None
        clear(self._detail)

    def _close_form(self) -> None:
        """The keys go back to the page: the focus of a widget that goes would land anywhere."""
        if self._form is not None and self.isVisible():
            self.setFocus()
        self._form = None

    def reprint_last(self) -> None:
        """Ctrl+P: a copy of this station's newest document, from whatever page."""

        def reprint() -> str:
            newest = next(iter(self._records.recent()), None)
            if newest is None:
                return ""
            self._records.reprint(newest.document_id)
            return newest.number

        self.desk.tasks.run(reprint, done=self._reprinted)

    def _reprinted(self, number: str) -> None:
        texts = self.desk.texts
        self.notice.emit(
            texts("sales.copy_printing", number=number) if number else texts("sales.none"), "info"
        )

    def _reprint(self, sale: SaleRow) -> None:
        self._say_after(self.desk.texts("sales.copy_printing", number=sale.number))
        self.desk.tasks.run(
            self._records.reprint, sale.document_id, done=self._done, failed=self._trouble.trouble
        )

    def _reprint_tickets(self, sale: SaleRow) -> None:
        self._say_after(self.desk.texts("sales.copy_printing", number=sale.number))
        self.desk.tasks.run(
            self._records.reprint_tickets, sale.sale_id, done=self._done, failed=self._trouble.trouble
        )

    def _say_after(self, words: str) -> None:
        self._words = words

    def _done(self, _result: object) -> None:
        self._trouble.quiet()
        self.notice.emit(self._words, "info")
        self.reload()

    # voiding

    def finish_void(self, sale: SaleRow) -> None:
        """Opens the form that finishes a void which broke off."""
        self._choose(sale.document_id)
        self._ask_void(sale)

    def _ask_void(self, sale: SaleRow) -> None:
        self._open(void_form(self.desk, self._people, sale), sale, self._records.void)

    def _ask_cash(self, sale: SaleRow, amount: Money) -> None:
        self._open(cash_form(self.desk, self._people, sale, amount), sale, self._records.void_in_cash)

    def _open(self, form: VoidForm, sale: SaleRow, call: Void) -> None:
        form.given.connect(lambda approval: self._void(call, sale, approval))
        form.cash.connect(lambda amount: self._ask_cash(sale, amount))
        self._lay_open(form)

    def _lay_open(self, form: SecondYes | TicketsForm) -> None:
        self._empty()
        self._card.show()
        self._form = form
        form.left.connect(self._show_detail)
        self._detail.addWidget(form)
        getattr(form, "begin", form.setFocus)()

    def _void(self, call: Void, sale: SaleRow, approval: Approval) -> None:
        step = self.desk.signals.card_step.emit
        args = (sale.sale_id, approval.reason, approval, step)
        self.desk.tasks.run_aside(call, *args, done=self._voided, failed=self._not_voided)

    def _voided(self, voided: Voided) -> None:
        texts = self.desk.texts
        back = (
            texts("sales.cash_back", amount=voided.cash_back)
            if voided.cash_back
            else texts("sales.card_back")
        )
        self._close_form()
        self._chosen = ""  # the credit note, now the newest, is shown
        self.notice.emit(f"{texts('sales.was_voided', number=voided.credit_number)} {back}", "info")
        self.reload()

    def _keep(self, form: SecondYes | TicketsForm, sale: SaleRow) -> None:
        """The sale may have changed under its form: cash may now be offered, or another amount than the form says."""
        if not isinstance(form, VoidForm):
            return
        if form.amount is None:
            form.offer_cash(sale.cash_instead)
        elif form.amount != sale.cash_instead:
            self._show_detail()
            if form.error is not None:
                self._trouble.trouble(form.error)

    # a payment that was keyed wrongly

    def _ask_tender(self, sale: SaleRow) -> None:
        form = TenderForm(self.desk, self._people, sale)
        form.said.connect(self._correct)
        self._lay_open(form)

    def _correct(self, payment_id: str, said: Said, approval: Approval) -> None:
        call = self._records.correct_tender
        words = said_words(self.desk.texts, said)
        self.desk.tasks.run(
            call, payment_id, said, approval, done=lambda _: self._corrected(words), failed=self._not_voided
        )

    def _corrected(self, words: str) -> None:
        self._close_form()
        self.notice.emit(self.desk.texts("tender.done", now=words), "info")
        self.reload()

    # tickets of a walk-in that end

    def _ask_revoke(self, sale: SaleRow) -> None:
        def came(sold: SoldTickets) -> None:
            if self._told is not None and self._row() == sale:
                self._lay_open(self._revoke_form(sale, sold))

        self.desk.tasks.run(self._bookings.sold, sale.sale_id, done=came, failed=self._trouble.trouble)

    def _revoke_form(self, sale: SaleRow, sold: SoldTickets) -> RevokeForm:
        what = sale.number, ticket_choices(self.desk, sold.good, sold.sessions, columns=1)
        revoke = partial(self._revoke, sold.booking_id)
        return revoke_form(self.desk, self._people, what, revoke, may_revoke=sold.may_revoke)

    def _revoke(self, booking_id: str, tickets: tuple[str, ...], reason: str, by: Approval | None) -> None:
        args = booking_id, tickets, reason, by
        self.desk.tasks.run_aside(self._bookings.revoke, *args, done=self._revoked, failed=self._not_voided)

    def _revoked(self, count: int) -> None:
        self._close_form()
        self.notice.emit(self.desk.texts("bookings.revoke_done", n=count), "info")
        self.reload()

    def _not_voided(self, error: Exception) -> None:
        """What the terminal refused may go back in cash: the sale is looked at again."""
        if isinstance(self._form, TicketsForm):
            self._form.fail(self.desk.texts.trouble(error))
        elif self._form is not None:
            self._form.fail(error)
        else:
            self._trouble.trouble(error)
        self.reload()

    def _on_job(self, call: Callable[[str], None], job_id: str) -> None:
        self.desk.tasks.run(call, job_id, done=lambda _: self.reload(), failed=self._trouble.trouble)
