"""The simulated terminal's behaviour, without its socket: transactions, scripts by amount or by name, batch.

Amounts: xx.01 declined, .02 approved but mute, .03 never charged and mute, .04 in progress for long, .05 half
approved, .06 another attempt's answer first, .07 approved but garbage. It knows no card numbers, just last
fours.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.hardware.card_journal import CardJournal, Entry
from app.hardware.card_wire import Answer, Do, Request, Script, encode

TERMINAL_ID, MERCHANT_ID = "SIM00001", "MER0000042"
AIDS = {"mada": "A0000002281010", "visa": "A0000000031010", "mastercard": "A0000000041010"}
GARBAGE = b"\x02\xfc\xff\xfe{not json\x00\x03\n"


class Play(StrEnum):
    """What one purchase or reversal does."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    NO_ANSWER_APPROVED = "no_answer_approved"
    NO_ANSWER_NOT_CHARGED = "no_answer_not_charged"
    DROP_APPROVED = "drop_approved"
    IN_PROGRESS = "in_progress"
    PARTIAL = "partial"
    STALE = "stale"
    GARBAGE = "garbage"
    LOST = "lost"
    MORE_THAN_ASKED = "more_than_asked"


BY_AMOUNT = {
    1: Play.DECLINE,
    2: Play.NO_ANSWER_APPROVED,
    3: Play.NO_ANSWER_NOT_CHARGED,
    4: Play.IN_PROGRESS,
    5: Play.PARTIAL,
    6: Play.STALE,
    7: Play.GARBAGE,
}
_NOT_CHARGED = {Play.CANCEL: "cancelled", Play.NO_ANSWER_NOT_CHARGED: "cancelled", Play.DECLINE: "declined"}


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds until the guest taps, the bank answers, and a long attempt is through."""

    card: float = 2.0
    bank: float = 1.5
    in_progress: float = 30.0


Send = Callable[[bytes], None]


class HangUpError(Exception):
    """The script wants this line to be dropped."""


class Device:
    """One transaction at a time, questions at any time, from any thread. `clock` is wall time, for slips
    only."""

    def __init__(self, journal: CardJournal, timings: Timings, clock: Callable[[], datetime]) -> None:
        self._journal, self._timings, self._clock = journal, timings, clock
        self._lock = threading.Lock()
        self._active = ""
        self._cancelled = threading.Event()
        self._bank = threading.Event()
        self._plays: deque[Play] = deque()
        self._card = Script((), "mada", "", "4821")

    def handle(self, message: Request | Script, send: Send) -> None:
        """Answers one message through `send`, which may raise OSError. Raises HangUpError to drop the line,
        ValueError for nonsense."""
        if isinstance(message, Script):
            self._learn(message)
            send(encode(Answer(Do.SCRIPT)))
            return
        match Do(message.do):
            case Do.PURCHASE | Do.REVERSE | Do.REFUND:
                self._transact(message, send)
            case Do.QUERY:
                send(encode(self._query(message)))
            case Do.CANCEL:
                self._cancel(message.attempt)
                send(encode(Answer(Do.CANCEL, message.attempt, terminal_id=TERMINAL_ID)))
            case Do.TOTALS | Do.SETTLE:
                send(encode(self._batch(message)))
            case _:
                send(encode(self._about(message)))

    # What is asked ------------------------------------------------------------------------------------------

    def _learn(self, script: Script) -> None:
        plays = [Play(name) for name in script.outcomes]
        with self._lock:
            self._plays.extend(plays)
            if script.scheme:
                self._card = replace(self._card, scheme=script.scheme, wallet=script.wallet)
            if script.last4:
                self._card = replace(self._card, last4=script.last4[-4:])

    def _about(self, request: Request) -> Answer:
        with self._lock:
            state, batch = "busy" if self._active else "ready", str(self._journal.batch)
        return Answer(request.do, state=state, terminal_id=TERMINAL_ID, merchant_id=MERCHANT_ID, batch=batch)

    def _query(self, request: Request) -> Answer:
        with self._lock:
            entry = self._journal.entries.get(request.attempt)
        if entry is None:
            return self._plain(request, "not_found")
        return self._told(entry, Do.QUERY)

    def _cancel(self, attempt: str) -> None:
        with self._lock:
            if attempt == self._active:
                self._cancelled.set()

    def _batch(self, request: Request) -> Answer:
        with self._lock:
            if self._active and request.do == Do.SETTLE:
                return self._plain(request, "not_started", "busy")
            totals, batch = self._journal.totals(), str(self._journal.batch)
            currency = next((entry.currency for entry in self._journal.entries.values()), "")
            if request.do == Do.SETTLE:
                self._journal.close_batch()
        return Answer(request.do, terminal_id=TERMINAL_ID, batch=batch, totals=totals, currency=currency)

    # Transactions -------------------------------------------------------------------------------------------

    def _transact(self, request: Request, send: Send) -> None:
        """A new attempt runs its course; a known one gets its stored answer and is never charged again."""
        with self._lock:
            known = self._journal.entries.get(request.attempt)
            busy = self._active != ""
            play = Play.APPROVE if known or busy else self._next_play(request)
            if not known and not busy and play is not Play.LOST:
                self._begin(request)
        if known:
            send(encode(self._told(known, request.do)))
        elif busy:
            send(encode(self._plain(request, "not_started", "busy")))
        elif play is not Play.LOST:
            self._run(request, play, send)

    def _next_play(self, request: Request) -> Play:
        if self._plays:
            return self._plays.popleft()
        if request.do in (Do.REVERSE, Do.REFUND):
            return Play.APPROVE
        return BY_AMOUNT.get(request.minor % 100, Play.APPROVE)

    def _begin(self, request: Request) -> None:
        entry = Entry(request.attempt, request.minor, request.currency, self._journal.batch)
        is_refund = request.do == Do.REFUND
        self._journal.put(replace(entry, original=request.original, order=request.order, is_refund=is_refund))
        self._active = request.attempt
        self._cancelled.clear()

    def _run(self, request: Request, play: Play, send: Send) -> None:
        """The result is in the journal before it is told; a till that has gone away stops nothing."""
        cancelled = False
        self._progress(request, "sent", send)
        if request.do == Do.PURCHASE:
            self._progress(request, "waiting_for_card", send)
            wait = self._timings.in_progress if play is Play.IN_PROGRESS else self._timings.card
            cancelled = self._cancelled.wait(wait)
        if not cancelled:
            self._progress(request, "bank", send)
            self._bank.wait(self._timings.bank)
        with self._lock:
            entry = self._decide(self._journal.entries[request.attempt], Play.CANCEL if cancelled else play)
            self._journal.put(entry)
            self._active = ""
        self._tell(self._told(entry, Do(request.do)), play, send)

    def _progress(self, request: Request, progress: str, send: Send) -> None:
        try:
            send(encode(Answer(request.do, request.attempt, progress, terminal_id=TERMINAL_ID)))
        except OSError:
            return  # the till is gone; the guest still holds the card to the reader

    def _decide(self, entry: Entry, play: Play) -> Entry:
        entry = replace(entry, at=self._clock().isoformat())
        refusal = self._not_given_back(entry) if entry.original else ""
        if refusal:
            return replace(entry, kind="declined", reason=refusal, response_code="12")
        if play in _NOT_CHARGED:
            return self._not_charged(entry, _NOT_CHARGED[play])
        return self._approved(
            entry, entry.minor // 2 if play is Play.PARTIAL and not entry.original else entry.minor
        )

    def _not_given_back(self, entry: Entry) -> str:
        if not entry.is_refund:
            return self._not_reversible(entry)
        original = self._journal.entries.get(entry.original)
        if original is None or original.kind != "approved" or original.original:
            return "no_original"
        left = original.approved_minor - self._journal.back_of(entry.original)
        return "already_reversed" if entry.minor > left else ""

    def _not_reversible(self, entry: Entry) -> str:
        original = self._journal.entries.get(entry.original)
        if original is None or original.kind != "approved" or original.approved_minor != entry.minor:
            return "no_original"
        if original.batch != self._journal.batch:
            return "batch_closed"
        return "already_reversed" if self._journal.reversed_by(entry.original) else ""

    def _not_charged(self, entry: Entry, kind: str) -> Entry:
        if kind == "cancelled":
            return replace(entry, kind=kind, text_en="Cancelled", text_ar="ألغيت العملية")
        return replace(
            entry, kind=kind, response_code="51", text_en="Not enough money", text_ar="الرصيد غير كاف"
        )

    def _approved(self, entry: Entry, minor: int) -> Entry:
        number = len(self._journal.entries)
        original = self._journal.entries.get(entry.original)
        card = Script((), original.scheme, original.wallet, original.last4) if original else self._card
        return replace(
            entry,
            kind="approved",
            approved_minor=minor,
            scheme=card.scheme,
            wallet=card.wallet,
            last4=card.last4,
            approval=f"{(number * 7919 + 104729) % 1_000_000:06}",
            rrn=f"{number:012}",
            aid=AIDS.get(card.scheme, ""),
            entry_mode="contactless",
            response_code="00",
            text_en="Approved",
            text_ar="مقبولة",
        )

    # What is told -------------------------------------------------------------------------------------------

    def _tell(self, answer: Answer, play: Play, send: Send) -> None:
        match play:
            case Play.NO_ANSWER_APPROVED | Play.NO_ANSWER_NOT_CHARGED:
                return
            case Play.DROP_APPROVED:
                raise HangUpError
            case Play.GARBAGE:
                send(GARBAGE)
                raise HangUpError
            case Play.STALE:
                send(encode(replace(answer, attempt=f"other-{answer.attempt}", approval="999999")))
                send(encode(answer))
            case Play.MORE_THAN_ASKED:
                send(encode(replace(answer, minor=answer.minor + 100)))
            case _:
                send(encode(answer))

    def _plain(self, request: Request, kind: str, reason: str = "") -> Answer:
        return Answer(request.do, request.attempt, kind=kind, reason=reason, terminal_id=TERMINAL_ID)

    def _told(self, entry: Entry, to: str) -> Answer:
        return Answer(
            to,
            entry.attempt,
            kind=entry.kind or "in_progress",
            reason=entry.reason,
            minor=entry.approved_minor,
            currency=entry.currency,
            scheme=entry.scheme,
            wallet=entry.wallet,
            last4=entry.last4,
            approval=entry.approval,
            rrn=entry.rrn,
            terminal_id=TERMINAL_ID,
            merchant_id=MERCHANT_ID,
            batch=str(entry.batch),
            aid=entry.aid,
            entry_mode=entry.entry_mode,
            response_code=entry.response_code,
            text_en=entry.text_en,
            text_ar=entry.text_ar,
            at=entry.at,
        )
