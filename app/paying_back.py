"""Paying a refund out: cards first, each by an attempt of its own, then the credit note with what goes back in cash.

A card that has its money is never asked again, whatever happened in between; one that nobody knows of is asked about.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection

from app import by_slip
from app.cards import Cards, Landed, OnStep, Share
from app.recording import Actor, Recording
from app.refunding import Refunding, captured, check_payable
from app.shown_refunds import PaidOut
from app.store import Store
from domain import operation as op
from domain.card import OPEN, AttemptState
from domain.errors import Code, Refused
from domain.refund import State
from ledger import journal, read_money, read_refunds
from ledger import tables as t
from ledger.read_money import Attempt
from ledger.read_refunds import RefundRow


class PayingBack:
    """What of a refund is with the guest already is read from the attempts and the journal, never remembered."""

    def __init__(self, store: Store, cards: Cards) -> None:
        self._store = store
        self._cards = cards
        self._refunding = Refunding(store)

    def to_cards(self, actor: Actor, refund_id: str, on_step: OnStep) -> None:
        """Every share that came by card is back on it when this returns. One that refuses does not keep the others from
        being asked."""
        row, failed = self._store.transact(self._payable(actor, refund_id), actor), None
        for share in row.asked.shares:
            if share.method == "card" and captured(row, share.payment_id) is None:
                try:
                    self._to_card(actor, row, share, on_step)
                except Refused as refused:
                    if refused.code is not Code.REFUND_FAILED:
                        raise
                    failed = refused
        if failed is not None:
            raise failed

    def _to_card(self, actor: Actor, row: RefundRow, share: op.RefundShare, on_step: OnStep) -> None:
        landed, ask_id = self._landed(row.asked.ask_id), row.asked.ask_id
        waiting = [each.attempt for each in row.tries if each.attempt.state in OPEN]
        if waiting:
            found = self._cards.find_out(actor, waiting[0].attempt_id, landed, on_step, tries=2)
        else:
            with self._store.read() as connection:
                original = connection.execute(
                    sa.select(t.payment.c.attempt_id).where(t.payment.c.payment_id == share.payment_id)
                ).scalar()
            if not original:
                self._store.transact(self._keyed(row), actor)
                raise Refused(Code.REFUND_FAILED)
            back = Share(ask_id, row.asked.sale_id, share.payment_id, original, share.amount)
            check = self._unpaid(actor, ask_id, share.payment_id)
            found = self._cards.refund(actor, back, check=check, landed=landed, on_step=on_step)
        if found.state in OPEN:
            raise Refused(Code.CARD_UNKNOWN_OPEN)
        if found.state is not AttemptState.CAPTURED:
            raise Refused(Code.REFUND_FAILED)

    def _keyed(self, row: RefundRow) -> Callable[[Recording], None]:
        """A card that was typed from a slip cannot be asked for here: somebody lets it go back in cash."""

        def work(recording: Recording) -> None:
            if not row.fails:
                recording.add(op.RefundFailed(self._store.ids.new(), row.asked.ask_id, "", "keyed"))

        return work

    def _payable(self, actor: Actor, refund_id: str) -> Callable[[Recording], RefundRow]:
        return lambda recording: check_payable(recording, actor, refund_id, self._station())

    def _unpaid(self, actor: Actor, refund_id: str, payment_id: str) -> Callable[[Recording], None]:
        """Decided again in the transaction that asks the card: a share goes back to it once."""

        def check(recording: Recording) -> None:
            row = self._payable(actor, refund_id)(recording)
            if captured(row, payment_id) is not None:
                raise Refused(Code.REFUND_STATE, state=row.state.value, wanted=State.SENT.value)

        return check

    def _landed(self, refund_id: str) -> Callable[[Recording, Attempt], None]:
        """A card that did not take it: the refund waits for somebody, and everybody hears of it."""

        def landed(recording: Recording, attempt: Attempt) -> None:
            if attempt.state is not AttemptState.CAPTURED:
                why = (attempt.how or attempt.reason)[:200]
                recording.add(op.RefundFailed(self._store.ids.new(), refund_id, attempt.attempt_id, why))

        return landed

    def close(self, actor: Actor, refund_id: str, cash_approver_id: str) -> PaidOut:
        """Issues the credit note. Refuses `card_unknown_open`, `refund_failed` while a card does not have its share
        and nobody let it go back in cash, and `refund_cards_first` for cash of a card that could be asked and was not.
        """

        def work(recording: Recording) -> PaidOut:
            row = self._payable(actor, refund_id)(recording)
            if any(each.attempt.state in OPEN for each in row.tries):
                raise Refused(Code.CARD_UNKNOWN_OPEN)
            not_back = _not_on_cards(row)
            if not_back and not cash_approver_id:
                raise Refused(Code.REFUND_FAILED)
            if self._cards.name and any(not _was_asked(recording.cache, row, each) for each in not_back):
                raise Refused(Code.REFUND_CARDS_FIRST)
            return self._refunding.record(recording, actor, row, cash_approver_id if not_back else "")

        return self._store.transact(work, actor)

    def recover(self) -> None:
        """Asks about every attempt of a refund that was left open."""
        for refund_id, attempt, actor in self._left_open():
            landed = self._landed(refund_id)
            self._cards.find_out(actor, attempt.attempt_id, landed, lambda step: None, tries=2)

    def resolve(self, actor: Actor, refund_id: str, said: by_slip.Told) -> None:
        """How the attempts that nobody knows of ended."""

        def work(recording: Recording, landed: Landed) -> None:
            row = read_refunds.refund(recording.cache, refund_id)
            tries = (each.attempt for each in row.tries) if row else ()
            by_slip.resolve(recording, tries, said, landed)

        self._cards.settle(actor, work, self._landed(refund_id))

    def _station(self) -> str:
        return self._store.identity.station_id if self._store.identity else ""

    def _left_open(self) -> list[tuple[str, Attempt, Actor]]:
        with self._store.read() as connection, self._store.read_journal() as kept:
            tries = dict(
                connection.execute(sa.select(t.refund_try.c.attempt_id, t.refund_try.c.ask_id)).all()
            )
            found = [each for each in read_money.open_attempts(connection) if each.attempt_id in tries]
            return [(tries[each.attempt_id], each, _owner(kept, each.attempt_id)) for each in found]


def _not_on_cards(row: RefundRow) -> list[op.RefundShare]:
    """What came by card and is not back on it."""
    cards = (each for each in row.asked.shares if each.method == "card")
    return [each for each in cards if captured(row, each.payment_id) is None]


def _was_asked(connection: Connection, row: RefundRow, share: op.RefundShare) -> bool:
    """Whether a terminal was asked to give it back; one that was typed from a slip cannot be asked for."""
    c = t.payment.c
    original = connection.execute(sa.select(c.attempt_id).where(c.payment_id == share.payment_id)).scalar()
    return not original or any(each.payment_id == share.payment_id for each in row.tries)


def _owner(kept: Connection, attempt_id: str) -> Actor:
    """Who asked the card, and in which shift: what recovery finds out is theirs."""
    asked = journal.entry.c.kind == op.CardAsked.__name__, journal.entry.c.public.contains(attempt_id)
    row = kept.execute(sa.select(journal.entry.c.staff_id, journal.entry.c.shift_id).where(*asked)).first()
    return Actor(row.staff_id, row.shift_id) if row else Actor()
