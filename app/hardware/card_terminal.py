"""The driver of the simulated terminal over TCP, and the rules that any driver must keep.

NOT_STARTED only when nothing of the request was written or the terminal turned it away; everything else that
is missing is UNKNOWN. An answer counts only for its own attempt and terminal, and an approval only up to what
was asked. Deadlines are monotonic. Each call has its own connection, so that `query` and `cancel` work while
a purchase waits.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.hardware.card_wire import LONGEST_LINE, Answer, Do, Request, decode_answer, encode
from app.hardware.ports import (
    CardKind,
    CardOutcome,
    CardProgress,
    CardReason,
    SchemeTotal,
    Settlement,
    TerminalInfo,
    TerminalState,
)
from domain.errors import Unavailable
from domain.money import Money

log = logging.getLogger(__name__)
DRIVER = "simulator"
_PROGRESS = frozenset(progress.value for progress in CardProgress)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `connect` for the line, `quick` for questions, `window` for a guest and a bank (a device's 120
    s)."""

    connect: float = 3.0
    quick: float = 5.0
    window: float = 130.0


class _NoAnswerError(Exception):
    """The deadline passed, the line ended, or what came is not for us."""

    def __init__(self, reason: CardReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _NotSentError(Exception):
    """Provably not one byte of the request left."""


class TcpCardTerminal:
    """A CardTerminal. `terminal_id` empty trusts whichever terminal answers (a venue with one)."""

    def __init__(
        self,
        address: tuple[str, int],
        terminal_id: str = "",
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._terminal_id = address, terminal_id
        self._patience, self._clock = patience or Patience(), clock

    def info(self) -> TerminalInfo:
        answer = self._ask(Request(Do.INFO))
        return TerminalInfo(DRIVER, answer.terminal_id, answer.merchant_id, answer.batch)

    def ping(self) -> TerminalState:
        try:
            return TerminalState(self._ask(Request(Do.PING)).state)
        except (Unavailable, ValueError):
            return TerminalState.OFFLINE

    def purchase(
        self, attempt_id: str, amount: Money, order_ref: str, on_progress: Callable[[CardProgress], None]
    ) -> CardOutcome:
        request = Request(Do.PURCHASE, attempt_id, "", amount.minor, amount.currency, order_ref)
        return self._transact(request, Money(1, amount.currency), amount, on_progress)

    def reverse(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        request = Request(Do.REVERSE, attempt_id, original_attempt_id, amount.minor, amount.currency)
        return self._transact(request, amount, amount, _ignore)

    def refund(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        request = Request(Do.REFUND, attempt_id, original_attempt_id, amount.minor, amount.currency)
        return self._transact(request, amount, amount, _ignore)

    def query(self, attempt_id: str) -> CardOutcome:
        request = Request(Do.QUERY, attempt_id)
        try:
            with self._line() as line:
                line.send(request)
                return _outcome(line.answer_to(request, self._terminal_id, _ignore))
        except (OSError, _NotSentError):
            return CardOutcome(CardKind.UNKNOWN, attempt_id, reason=CardReason.UNREACHABLE)
        except _NoAnswerError as missing:
            return CardOutcome(CardKind.UNKNOWN, attempt_id, reason=missing.reason)

    def cancel(self, attempt_id: str) -> None:
        self._ask(Request(Do.CANCEL, attempt_id))

    def totals(self) -> tuple[SchemeTotal, ...]:
        return _totals(self._ask(Request(Do.TOTALS)))

    def settle(self) -> Settlement:
        answer = self._ask(Request(Do.SETTLE))
        if answer.kind:
            raise Unavailable("card_terminal", answer.reason)
        return Settlement(answer.batch, _totals(answer))

    def _transact(
        self, request: Request, least: Money, most: Money, on_progress: Callable[[CardProgress], None]
    ) -> CardOutcome:
        try:
            line, terminal_id = self._greeted()
        except _NoAnswerError as missing:
            return CardOutcome(CardKind.NOT_STARTED, request.attempt, reason=missing.reason)
        except (OSError, _NotSentError):
            return CardOutcome(CardKind.NOT_STARTED, request.attempt, reason=CardReason.UNREACHABLE)
        with line:
            line.deadline = self._clock() + self._patience.window
            try:
                line.send(request)
                return _judged(line.answer_to(request, terminal_id, on_progress), least, most)
            except _NotSentError:
                return CardOutcome(CardKind.NOT_STARTED, request.attempt, reason=CardReason.UNREACHABLE)
            except _NoAnswerError as missing:
                return CardOutcome(CardKind.UNKNOWN, request.attempt, reason=missing.reason)
            except OSError as error:
                log.info("card terminal: request partly sent: %s", error)
                return CardOutcome(CardKind.UNKNOWN, request.attempt, reason=CardReason.LINE_LOST)

    def _greeted(self) -> tuple[_Line, str]:
        """Asks who answers before any money is named: a dead or wrong terminal is known while it is still
        safe."""
        line, hello = self._line(), Request(Do.INFO)
        try:
            line.send(hello)
            answer = line.answer_to(hello, self._terminal_id, _ignore)
        except BaseException:
            line.close()
            raise
        return line, answer.terminal_id

    def _ask(self, request: Request) -> Answer:
        try:
            with self._line() as line:
                line.send(request)
                return line.answer_to(request, self._terminal_id, _ignore)
        except (OSError, _NotSentError, _NoAnswerError) as error:
            raise Unavailable("card_terminal", str(error)) from error

    def _line(self) -> _Line:
        opened = socket.create_connection(self._address, self._patience.connect)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Line(opened, self._clock, self._clock() + self._patience.quick)


class _Line:
    """One open connection with a deadline on the monotonic clock."""

    def __init__(self, opened: socket.socket, clock: Callable[[], float], deadline: float) -> None:
        self._socket, self._clock, self.deadline = opened, clock, deadline
        self._buffer = b""

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, request: Request) -> None:
        """Raises _NotSentError when the first write failed, OSError when a later one did: some of it is on
        its way."""
        data, written = encode(request), 0
        while written < len(data):
            try:
                self._socket.settimeout(self._left())
                written += self._socket.send(data[written:])
            except (OSError, _NoAnswerError) as error:
                if written == 0:
                    raise _NotSentError(str(error)) from error
                raise OSError(str(error)) from error

    def answer_to(
        self, request: Request, terminal_id: str, on_progress: Callable[[CardProgress], None]
    ) -> Answer:
        """The answer to `request`; progress is passed on, and what is meant for others or unreadable is
        skipped."""
        while True:
            try:
                answer = decode_answer(self._read_line())
            except ValueError as error:
                log.info("card terminal sent %s", error)
                continue
            if (answer.to, answer.attempt) != (request.do, request.attempt):
                log.info("card terminal answered %s of attempt %s", answer.to, answer.attempt)
            elif terminal_id and answer.terminal_id != terminal_id:
                raise _NoAnswerError(CardReason.WRONG_TERMINAL)
            elif answer.progress in _PROGRESS:
                on_progress(CardProgress(answer.progress))
            elif not answer.progress:
                return answer

    def _read_line(self) -> bytes:
        while b"\n" not in self._buffer:
            try:
                self._socket.settimeout(self._left())
                received = self._socket.recv(4096)
            except TimeoutError:
                raise _NoAnswerError(CardReason.NO_ANSWER) from None
            except OSError as error:
                raise _NoAnswerError(CardReason.LINE_LOST) from error
            if not received or len(self._buffer) > LONGEST_LINE:
                raise _NoAnswerError(CardReason.LINE_LOST)
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _left(self) -> float:
        left = self.deadline - self._clock()
        if left <= 0:
            raise _NoAnswerError(CardReason.NO_ANSWER)
        return left


def _ignore(_: CardProgress) -> None:
    return


def _judged(answer: Answer, least: Money, most: Money) -> CardOutcome:
    """A purchase's or reversal's answer. An approval of less or more than was asked for proves nothing, nor
    does an answer that is still going on."""
    outcome = _outcome(answer)
    match outcome.kind:
        case CardKind.APPROVED:
            amount = outcome.amount
            if amount is None or amount.currency != most.currency or not least <= amount <= most:
                raise _NoAnswerError(CardReason.WRONG_ANSWER)
        case CardKind.IN_PROGRESS | CardKind.NOT_FOUND | CardKind.UNKNOWN:
            raise _NoAnswerError(outcome.reason)
        case _:
            pass
    return outcome


def _outcome(answer: Answer) -> CardOutcome:
    """The wire's words as ours. Raises _NoAnswerError for a kind, reason, currency or time that does not
    exist."""
    try:
        return CardOutcome(
            kind=CardKind(answer.kind),
            attempt_id=answer.attempt,
            amount=Money(answer.minor, answer.currency) if answer.currency and answer.minor else None,
            reason=CardReason(answer.reason),
            scheme=answer.scheme,
            wallet=answer.wallet,
            last4=answer.last4[-4:],
            approval=answer.approval,
            rrn=answer.rrn,
            terminal_id=answer.terminal_id,
            merchant_id=answer.merchant_id,
            batch=answer.batch,
            aid=answer.aid,
            entry_mode=answer.entry_mode,
            response_code=answer.response_code,
            text_en=answer.text_en,
            text_ar=answer.text_ar,
            at=datetime.fromisoformat(answer.at) if answer.at else None,
        )
    except ValueError as error:
        log.info("card terminal answered nonsense: %s", error)
        raise _NoAnswerError(CardReason.WRONG_ANSWER) from error


def _totals(answer: Answer) -> tuple[SchemeTotal, ...]:
    return tuple(
        SchemeTotal(row.scheme, row.count, Money(row.minor, answer.currency)) for row in answer.totals
    )
