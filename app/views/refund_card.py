"""One refund in full: how much of which sale and why, who asked and decided, where it goes; and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from app.shown_refunds import RefundTold, TenderRow
from app.views.desk import Desk
from app.views.refund_figures import RefundFigures, sum_line
from app.views.refund_words import (
    FREE,
    STATES,
    decided_words,
    due_sign,
    given_words,
    names_words,
    nobody_words,
    number_words,
    reason_words,
    state_words,
    tender_words,
    tickets_words,
)
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.marks import chip
from app.views.widgets.parts import Item, column, label, panel, picture, row, rule
from app.views.widgets.told_card import ToldCard
from domain.refund import State

NAME_WIDTH = 130
PAYABLE = (State.APPROVED, State.FAILED, State.SENT, State.UNKNOWN)
OPEN = (State.REQUESTED, *PAYABLE)


class RefundCard(ToldCard):
    """Signal `act`: what is wanted (approve, second, refuse, refuse_second, take, release, pay, cash, took, took_not,
    withdraw, sale); `booking` its id, to be opened."""

    act = Signal(str)
    booking = Signal(str)

    def __init__(self, desk: Desk, told: RefundTold) -> None:
        super().__init__(desk)
        self._refund = told
        self.tell((*self._head(), self._money(), *self._facts()), self._actions(), desk.px(8))

    # what is known

    def _head(self) -> Sequence[Item]:
        desk, texts, refund = self.desk, self.desk.texts, self._refund.row
        title = texts("refunds.title", number=number_words(texts, refund.number))
        sale = KeyButton(
            desk, texts("refunds.open_sale"), "receipt", size=SMALL, on_click=lambda: self.act.emit("sale")
        )
        head = row(label(desk, title, "h1", wrap=True), sale, gap=desk.px(8))
        head.setStretch(0, 1)
        free = chip(desk, texts("refunds.free"), *FREE) if refund.free and refund.state in OPEN else None
        state = chip(desk, state_words(texts, refund.state), *STATES[refund.state])
        return head, row(state, free, 1, self._way(), gap=desk.px(8)), due_sign(desk, refund)

    def _way(self) -> KeyButton | None:
        """To the booking made ahead."""
        if (booking := self._refund.booking) is None:
            return None
        words = self.desk.texts("refunds.open_booking")
        return KeyButton(
            self.desk,
            words,
            "calendar-event",
            key="Ctrl+G",
            size=SMALL,
            on_click=lambda: self.booking.emit(booking.booking_id),
        )

    def _money(self) -> QFrame:
        desk, texts, side = self.desk, self.desk.texts, self.desk.px(12)
        told, figures = self._refund, RefundFigures(desk, self._refund.figures)
        lines = [
            sum_line(desk, texts.line((given_words(texts, each),)), each.gross)
            for each in told.lines
            if len(told.lines) > 1 or not told.tickets  # else the tickets say it
        ]
        tenders = [self._tender(each) for each in told.tenders]
        items: tuple[Item, ...] = (figures, rule(), *lines, *tenders)
        return panel("card", column(*items, gap=desk.px(6), margins=(side, side, side, side)))

    def _tender(self, tender: TenderRow) -> QLayout:
        """What is held of a payment for it; with a tick once that card has it back."""
        desk, words = self.desk, tender_words(self.desk.texts, tender)
        icon = "credit-card" if tender.method == "card" else "cash"
        sign = picture(desk, *(("circle-check", "ok") if tender.is_back else (icon, "text2")), 18)
        said = desk.texts.line((words, desk.texts("refunds.is_back"))) if tender.is_back else words
        made = sum_line(desk, said, tender.amount, "small")
        made.insertWidget(0, sign)
        made.setStretch(0, 0)
        made.setStretch(1, 1)
        return made

    def _facts(self) -> Iterable[QWidget]:
        texts, told, refund = self.desk.texts, self._refund, self._refund.row
        asked = texts.line((refund.asked_by.get(texts.language), texts.moment(refund.asked_at)))
        station = "" if refund.here else told.station.get(texts.language)
        facts = (
            ("credit", texts.code(told.credit) if told.credit else ""),
            ("reason", reason_words(texts, refund.reason)),
            ("note", refund.note),
            ("asked", asked),
            *((each.state.value, decided_words(texts, each)) for each in told.decisions),
            ("taken", self._taken()),
            ("station", station),
            ("best", told.best.get(texts.language) if told.best and not told.credit else ""),
            ("may", self._who_may()),
        )
        yield from self._whose()
        for words in tickets_words(texts, told.tickets):
            yield self.fact(texts("refunds.field_tickets"), words, NAME_WIDTH)
        for name, value in facts:
            if value:
                yield self.fact(texts(f"refunds.field_{name}"), value, NAME_WIDTH)

    def _whose(self) -> Iterable[QWidget]:
        """Of a booking made ahead: its guest and its number."""
        texts, told = self.desk.texts, self._refund
        if told.guest:
            yield self.fact(texts("refunds.field_guest"), told.guest, NAME_WIDTH)
        if told.booking is not None:
            life = texts(f"bookings.life_{told.booking.life}")
            words = texts.line((texts.code(told.booking.number), life))
            yield self.fact(texts("refunds.field_booking"), words, NAME_WIDTH)

    def _taken(self) -> str:
        texts, taken = self.desk.texts, self._refund.taken
        return texts.line((taken[0].get(texts.language), texts.moment(taken[1]))) if taken else ""

    def _who_may(self) -> str:
        texts, told = self.desk.texts, self._refund
        if told.row.state is not State.REQUESTED:
            return ""
        return names_words(texts, told.approvers) or nobody_words(texts, told.nobody)

    # what can be done

    def _actions(self) -> QLayout:
        gap, state = self.desk.px(8), self._refund.row.state
        keys: Sequence[KeyButton]
        if state is State.REQUESTED:
            said, keys = self._say_why_not(), (*self._decisions(), *self._taking("F12", "secondary"))
        elif state in PAYABLE and self._refund.row.free:
            said, keys = self._say_free(), self._taking("F9", "primary")
        elif state in PAYABLE and self._refund.row.here:
            said, keys = self._say(state), self._payment()
        elif state in PAYABLE:
            said, keys = self._say_elsewhere(), ()
        else:
            return column()
        words = label(self.desk, said, "small", "text2", wrap=True) if said else None
        more = [*keys[1:], *self._ends()]
        beside = 1 if self.desk.look.close else 2
        rest = (row(*more[at : at + beside], gap=gap) for at in range(0, len(more), beside))
        return column(words, *keys[:1], *rest, gap=gap)

    def _say_why_not(self) -> str:
        """Why it is not theirs to say yes."""
        why, texts = self._refund.why_not_me, self.desk.texts
        if not self._refund.online:
            return texts("refunds.away")
        if self._corrected:
            return self._corrected
        return texts(f"refunds.not_you_{why}") if why is not None else ""

    def _decisions(self) -> Sequence[KeyButton]:
        mine = self._refund.why_not_me is None
        yes, no = ("approve", "refuse") if mine else ("second", "refuse_second")
        return (
            self._button(yes, "shield-check", "F9", self._needs_server or self._corrected, kind="primary"),
            self._button(no, "ban", "F10", self._needs_server),
        )

    def _taking(self, key: str, kind: str) -> Sequence[KeyButton]:
        if not self._refund.may_take:
            return ()
        return (self._button("take", "download", key, self._needs_server, kind=kind),)

    def _say_free(self) -> str:
        told = self._refund
        return self.desk.texts("refunds.say_not_you" if told.approved_by_me else "refunds.say_free")

    def _say_elsewhere(self) -> str:
        told, texts = self._refund, self.desk.texts
        key = "refunds.taken_elsewhere" if told.taken else "refunds.elsewhere"
        return texts(key, station=told.station.get(texts.language))

    def _say(self, state: State) -> str:
        """What is safe, and what comes next."""
        if self._corrected:
            return self._corrected
        if self._refund.approved_by_me:
            return self.desk.texts("refunds.say_not_you")
        if state is State.SENT and not self._refund.card_open:
            return self.desk.texts("refunds.say_finish")
        return self.desk.texts(f"refunds.say_{state}")

    def _payment(self) -> Sequence[KeyButton]:
        told, state = self._refund, self._refund.row.state
        if told.card_open:
            words = (
                ("pay_asking", "refresh", "pay"),
                ("took", "check", "took"),
                ("took_not", "x", "took_not"),
            )
            return [
                self._button(each, icon, key, self._needs_shift, kind=kind, act=act)
                for (each, icon, act), key, kind in zip(
                    words, ("F9", "F10", "F12"), ("primary", "secondary", "secondary"), strict=True
                )
            ]
        named = {State.APPROVED: "pay", State.FAILED: "pay_again"}.get(state, "pay_finish")
        keys = [self._button(named, "cash-minus", "F9", self._needs_shift, kind="primary", act="pay")]
        cards = any(each.method == "card" and not each.is_back for each in told.tenders)
        if cards and (state is State.FAILED or not told.terminal):
            keys.append(self._button("cash", "cash", "F10", self._needs_shift))
        return keys

    def _ends(self) -> Iterable[KeyButton]:
        """It is not paid here, or not at all."""
        if self._refund.may_release:
            yield self._button("release", "arrow-left", "F12", self._needs_server)
        if self._refund.may_withdraw:
            yield self._button("withdraw", "arrow-back-up", "F11", self._needs_server)

    @property
    def _needs_server(self) -> str:
        return "" if self._refund.online else self.desk.texts("bookings.needs_server")

    @property
    def _corrected(self) -> str:
        """A payment is no more: by whom it is planned anew. Empty where all of them stand."""
        told = self._refund
        if not told.corrected or told.voided:
            return ""
        by_itself = not told.row.asker_id and told.row.state is State.REQUESTED
        return self.desk.texts("refunds.corrected_server" if by_itself else "refunds.corrected")

    @property
    def _needs_shift(self) -> str:
        if self._refund.voided:
            return self.desk.texts.refusal("void_already")
        if self._refund.corrected:
            return self._corrected
        if self._refund.approved_by_me:
            return self.desk.texts("refunds.say_not_you")
        return "" if self._refund.shift_open else self.desk.texts("refunds.needs_shift")

    def _button(
        self, words: str, icon: str, key: str, why: str, *, kind: str = "secondary", act: str = ""
    ) -> KeyButton:
        made = KeyButton(
            self.desk,
            self.desk.texts(f"refunds.{words}"),
            icon,
            key=key,
            kind=kind,
            money=(act or words) == "pay",
            on_click=lambda: self.act.emit(act or words),
        )
        made.allow(not why, why)
        return made
