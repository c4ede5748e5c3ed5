"""Asking a card terminal, so that no card is ever charged twice: the attempt is durable before the terminal hears of
it, an answer that is missing is never guessed, and the one legal next step is to query.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from app.alone import Alone
from app.hardware.ports import CardKind, CardOutcome, CardProgress, CardTerminal, TerminalState
from app.open_sales import charged
from app.shown import CardStep
from app.store import Actor, Recording, Store
from domain import operation as op
from domain.card import OPEN, AttemptState, Direction
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from ledger import read_money
from ledger.read_money import Attempt

log = logging.getLogger(__name__)
T = TypeVar("T")
OnStep = Callable[[CardStep], None]
Landed = Callable[[Recording, Attempt], None]
QUERY_TRIES = 5
_STEPS = {CardProgress.SENT: "sent", CardProgress.WAITING_FOR_CARD: "waiting", CardProgress.BANK: "bank"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """The station's terminal: its `name` on screen, how long to wait between queries, and the device's window: only
    after it a request that the terminal has never heard of can no longer arrive."""

    name: str
    driver: CardTerminal
    query_seconds: float = 5.0
    window_seconds: float = 130.0


@dataclass(frozen=True, slots=True)
class Share:
    """What of the payment `payment_id`, taken by the attempt `original_id`, goes back to its card for the refund
    `ask_id`."""

    ask_id: str
    sale_id: str
    payment_id: str
    original_id: str
    amount: Money


class Cards:
    """Charges, reversals and refunds. `landed` runs in the transaction that records an outcome, with the attempt as it
    then is: a sale that is now paid closes in the same breath."""

    def __init__(self, store: Store, terminal: Terminal | None) -> None:
        self._store = store
        self._terminal = terminal
        self._stop = threading.Event()
        self._waiting = Alone(Code.CARD_BUSY)
        self._asked: dict[str, float] = {}

    def stop(self) -> None:
        """Ends waiting between queries; what is open stays open and is asked about at the next start."""
        self._stop.set()

    @property
    def name(self) -> str:
        return self._terminal.name if self._terminal else ""

    def _driver(self) -> CardTerminal:
        if self._terminal is None:
            raise Refused(Code.CARD_NO_TERMINAL)
        return self._terminal.driver

    def charge(
        self,
        actor: Actor,
        sale_id: str,
        amount: Money,
        *,
        booking_id: str,
        check: Callable[[Recording], None],
        landed: Landed,
        on_step: OnStep,
    ) -> Attempt:
        """Asks for `amount`, for what was booked ahead as `booking_id` (empty: a sale at the counter). `check` may
        refuse before anything is written."""
        driver, attempt_id = self._driver(), self._store.ids.new()
        asked = op.CardAsked(attempt_id, Direction.CHARGE, sale_id, amount, self.name, booking_id=booking_id)
        self._ask(actor, asked, check)
        progress = self._progress(on_step)
        with self._waiting.on(asked.attempt_id):
            outcome = driver.purchase(asked.attempt_id, amount, sale_id, progress)
            return self._follow(actor, asked.attempt_id, outcome, landed, on_step)

    def reverse(self, actor: Actor, original: Attempt, on_step: OnStep) -> Attempt:
        """Takes a captured charge back while its batch is open, as an attempt of its own. Refuses `card_not_open`
        for one that went back already."""
        driver = self._driver()
        amount, sale_id = Money(original.captured, original.amount.currency), original.sale_id
        attempt_id, direction = self._store.ids.new(), Direction.REVERSAL
        asked = op.CardAsked(attempt_id, direction, sale_id, amount, self.name, original.attempt_id)

        def check(recording: Recording) -> None:
            taken = charged(read_money.attempts_of_sale(recording.cache, sale_id))
            if original.attempt_id not in {found.attempt_id for found in taken}:
                raise Refused(Code.CARD_NOT_OPEN, attempt=original.attempt_id)

        self._ask(actor, asked, check)
        on_step(CardStep("sent", self._store.clock.now()))
        with self._waiting.on(attempt_id):
            outcome = driver.reverse(attempt_id, original.attempt_id, amount)
            return self._follow(actor, attempt_id, outcome, lambda recording, found: None, on_step)

    def refund(
        self,
        actor: Actor,
        share: Share,
        *,
        check: Callable[[Recording], None],
        landed: Landed,
        on_step: OnStep,
    ) -> Attempt:
        """Gives a part of a payment back, as an attempt of its own. `check` may refuse before anything is written."""
        driver, attempt_id = self._driver(), self._store.ids.new()
        asked = op.CardAsked(
            attempt_id, Direction.REFUND, share.sale_id, share.amount, self.name, share.original_id,
            share.ask_id, share.payment_id,
        )  # fmt: skip
        self._ask(actor, asked, check)
        on_step(CardStep("sent", self._store.clock.now()))
        with self._waiting.on(attempt_id):
            outcome = driver.refund(attempt_id, share.original_id, share.amount)
            return self._follow(actor, attempt_id, outcome, landed, on_step)

    def cancel(self, attempt_id: str) -> None:
        """A wish only: what happened is what the terminal then says."""
        self._driver().cancel(attempt_id)

    def find_out(
        self, actor: Actor, attempt_id: str, landed: Landed, on_step: OnStep, *, tries: int = 1
    ) -> Attempt:
        """Queries an open attempt; it stays open when the terminal does not say."""
        with self._waiting.on(attempt_id):
            return self._query(actor, attempt_id, landed, on_step, tries=tries)

    def _query(
        self, actor: Actor, attempt_id: str, landed: Landed, on_step: OnStep, *, tries: int
    ) -> Attempt:
        driver = self._driver()
        for number in range(1, tries + 1):
            on_step(CardStep("query", self._store.clock.now(), number))
            found = self._land(actor, attempt_id, driver.query(attempt_id), landed, queried=True)
            if found.state not in OPEN or number == tries or self._stop.wait(self._pause()):
                return found
        raise AssertionError("at least one try")

    def busy(self, attempt_id: str) -> bool:
        """Whether somebody is waiting for the terminal about this attempt right now."""
        return attempt_id in self._waiting.now()

    def busy_now(self) -> bool:
        """Whether somebody is waiting for the terminal right now, about whatever attempt."""
        return bool(self._waiting.now())

    def ping(self) -> TerminalState:
        """How the terminal is; busy, and it is not even asked, while somebody here waits for it."""
        return TerminalState.BUSY if self.busy_now() else self._driver().ping()

    # ---------------------------------------------------------------------------------------------------------------

    def _ask(self, actor: Actor, asked: op.CardAsked, check: Callable[[Recording], None]) -> None:
        def work(recording: Recording) -> None:
            if any(
                attempt.state in OPEN
                for attempt in read_money.attempts_of_sale(recording.cache, asked.sale_id)
            ):
                raise Refused(Code.CARD_UNKNOWN_OPEN)
            check(recording)
            recording.add(asked)

        self._store.transact(work, actor)
        self._asked[asked.attempt_id] = self._store.clock.monotonic()

    def _follow(
        self, actor: Actor, attempt_id: str, outcome: CardOutcome, landed: Landed, on_step: OnStep
    ) -> Attempt:
        found = self._land(actor, attempt_id, outcome, landed, queried=False)
        if found.state not in OPEN:
            return found
        return self._query(actor, attempt_id, landed, on_step, tries=QUERY_TRIES)

    def _land(
        self, actor: Actor, attempt_id: str, outcome: CardOutcome, landed: Landed, *, queried: bool
    ) -> Attempt:
        """Records what the terminal said, and whatever follows from it, in one transaction."""

        def work(recording: Recording, landed: Landed) -> Attempt:
            before = read_money.attempt(recording.cache, attempt_id)
            if before is None or before.state not in OPEN:
                return before or _missing(attempt_id)
            said = _operation(before, outcome, queried=queried, late=self._is_late(before))
            if said is not None:
                recording.add(said)
            after = read_money.attempt(recording.cache, attempt_id) or before
            if after.state not in OPEN:
                landed(recording, after)
            return after

        return self.settle(actor, work, landed)

    def settle(self, actor: Actor, work: Callable[[Recording, Landed], T], landed: Landed) -> T:
        """Runs what records an outcome and, in one transaction with it, what follows. Money that moved stays on record
        also when nothing can follow: then it refuses `sale_unfinished`."""
        try:
            return self._store.transact(lambda recording: work(recording, landed), actor)
        except Exception as error:
            self._store.transact(lambda recording: work(recording, lambda _recording, _attempt: None), actor)
            log.exception("a payment is on record, and the sale could not be completed")
            raise Refused(Code.SALE_UNFINISHED) from error

    def _is_late(self, attempt: Attempt) -> bool:
        """By the monotonic clock where this run asked; a wall clock may have jumped."""
        window = self._terminal.window_seconds if self._terminal else 0.0
        if attempt.attempt_id in self._asked:
            return self._store.clock.monotonic() - self._asked[attempt.attempt_id] > window
        return self._store.clock.now() - attempt.at > timedelta(seconds=window)

    def _pause(self) -> float:
        return self._terminal.query_seconds if self._terminal else 0.0

    def _progress(self, on_step: OnStep) -> Callable[[CardProgress], None]:
        return lambda progress: on_step(CardStep(_STEPS[progress], self._store.clock.now()))


def _missing(attempt_id: str) -> Attempt:
    raise Refused(Code.CARD_NOT_OPEN, attempt=attempt_id)


def _operation(attempt: Attempt, outcome: CardOutcome, *, queried: bool, late: bool) -> op.Operation | None:
    """What to record about an outcome; None when it says no more than is known already."""
    resolved = queried and attempt.state in OPEN
    match outcome.kind:
        case CardKind.APPROVED:
            return _resolved(attempt, outcome) if resolved else _approved(attempt, outcome)
        case CardKind.DECLINED:
            said = Words(outcome.text_en or outcome.text_ar, outcome.text_ar or outcome.text_en)
            return op.CardDeclined(attempt.attempt_id, said, outcome.reason.value or outcome.response_code)
        case CardKind.CANCELLED | CardKind.NOT_STARTED:
            return op.CardCancelled(attempt.attempt_id, outcome.reason.value or outcome.kind.value)
        case CardKind.NOT_FOUND if queried and late:
            return op.CardCancelled(attempt.attempt_id, "not_found")
        case CardKind.UNKNOWN | CardKind.IN_PROGRESS | CardKind.NOT_FOUND:
            known = attempt.state in (AttemptState.UNKNOWN, AttemptState.PARKED)
            return (
                None
                if known
                else op.CardUnknown(attempt.attempt_id, outcome.reason.value or outcome.kind.value)
            )


def _approved(attempt: Attempt, outcome: CardOutcome) -> op.CardApproved:
    return op.CardApproved(
        attempt.attempt_id,
        outcome.amount or attempt.amount,
        outcome.scheme,
        outcome.wallet,
        outcome.last4,
        outcome.approval,
        outcome.rrn,
        outcome.batch,
        outcome.terminal_id,
        outcome.entry_mode,
    )


def _resolved(attempt: Attempt, outcome: CardOutcome) -> op.CardResolved:
    return op.CardResolved(
        attempt.attempt_id,
        AttemptState.CAPTURED,
        "query",
        outcome.amount or attempt.amount,
        outcome.scheme,
        outcome.wallet,
        outcome.last4,
        outcome.approval,
        outcome.rrn,
        outcome.batch,
    )
