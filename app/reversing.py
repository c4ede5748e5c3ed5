"""Taking cards back before a sale is voided, and which of them may go back in cash since the terminal said no."""

from __future__ import annotations

from collections.abc import Sequence

from app.cards import Cards, OnStep
from app.hardware.ports import CardReason
from app.open_sales import charged
from app.store import Actor, Store
from domain.card import OPEN, AttemptState, Direction
from domain.errors import Code, Refused
from ledger import read_money
from ledger.read_money import Attempt


class Reversing:
    """Each reversal is an attempt of its own; none is asked for again once it is captured."""

    def __init__(self, store: Store, cards: Cards) -> None:
        self._store = store
        self._cards = cards

    def all_cards(self, actor: Actor, sale_id: str, on_step: OnStep) -> None:
        """Refuses `card_batch_closed`, `card_reversal_failed`, `card_unknown_open`."""
        self._ask_about_open(actor, sale_id, on_step)
        for attempt in charged(self._attempts(sale_id)):
            self.reverse(actor, attempt, on_step)

    def other_cards(self, actor: Actor, sale_id: str, on_step: OnStep) -> None:
        """As `all_cards`, but leaves those whose reversal was refused before."""
        self._ask_about_open(actor, sale_id, on_step)
        attempts = self._attempts(sale_id)
        left = {attempt.attempt_id for attempt in refused_parts(attempts)}
        for attempt in charged(attempts):
            if attempt.attempt_id not in left:
                self.reverse(actor, attempt, on_step)

    def reverse(self, actor: Actor, attempt: Attempt, on_step: OnStep) -> None:
        done = self._cards.reverse(actor, attempt, on_step)
        if done.state in OPEN:
            raise Refused(Code.CARD_UNKNOWN_OPEN)
        if done.state is not AttemptState.CAPTURED:
            closed = done.how == CardReason.BATCH_CLOSED
            raise Refused(Code.CARD_BATCH_CLOSED if closed else Code.CARD_REVERSAL_FAILED)

    def _attempts(self, sale_id: str) -> list[Attempt]:
        with self._store.read() as connection:
            return read_money.attempts_of_sale(connection, sale_id)

    def _ask_about_open(self, actor: Actor, sale_id: str, on_step: OnStep) -> None:
        """A reversal that nobody answered is asked about first; refuses `card_unknown_open` while it stays so."""
        for attempt in self._attempts(sale_id):
            if attempt.state in OPEN:
                found = self._cards.find_out(
                    actor, attempt.attempt_id, lambda recording, landed: None, on_step, tries=2
                )
                if found.state in OPEN:
                    raise Refused(Code.CARD_UNKNOWN_OPEN)


def refused_parts(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The charges of a sale that may go back in cash: a reversal was refused for certain. None while any outcome is
    not known."""
    if any(attempt.state in OPEN for attempt in attempts):
        return []
    reversals = [attempt for attempt in attempts if attempt.direction == Direction.REVERSAL]
    begun = any(attempt.state is AttemptState.CAPTURED for attempt in reversals)
    return [
        charge
        for charge in charged(list(attempts))
        if _was_refused([each for each in reversals if each.original_id == charge.attempt_id], begun)
    ]


def check_refused(attempts: Sequence[Attempt]) -> None:
    """Refuses `card_unknown_open` while an outcome is not known, `void_not_in_cash` when no reversal was refused."""
    if any(attempt.state in OPEN for attempt in attempts):
        raise Refused(Code.CARD_UNKNOWN_OPEN)
    if not refused_parts(attempts):
        raise Refused(Code.VOID_NOT_IN_CASH)


def _was_refused(reversals: Sequence[Attempt], begun: bool) -> bool:
    """A terminal that was not reached did not refuse; it counts only when the void cannot be left undone any more.
    A card that the terminal gave back already is never given back again."""
    if any(each.how == CardReason.ALREADY_REVERSED for each in reversals):
        return False
    ends = {AttemptState.DECLINED, AttemptState.CANCELLED} if begun else {AttemptState.DECLINED}
    return any(each.state in ends for each in reversals)
