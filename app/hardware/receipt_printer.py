"""A receipt printer on TCP 9100 that speaks ESC/POS.

A send that raises nothing has not printed: with the paper out a whole job waits in the buffer and comes out
later. So it asks for the state before, and after the cut asks GS r 1, which is answered only once all before
it was printed. It never sends a job again by itself: that is how a guest gets two tickets.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.hardware.ports import InPrinter, NotPrinted, Printed, PrinterStatus, PrintOutcome, Trouble
from documents.escpos import ASK_PAPER, DRAWER_PULSE, status_request

log = logging.getLogger(__name__)
_STATE, _OFFLINE, _PAPER = 1, 2, 4
_SLOWEST = 30_000  # bytes of picture a second: 52 mm of paper


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `connect` and `answer` for questions, `proof` for the paper to come out (more for long
    jobs)."""

    connect: float = 3.0
    answer: float = 2.0
    proof: float = 10.0


class NetworkPrinter:
    """A ReceiptPrinter. `answers` off for cheap printers that never answer: then nothing is asked and nothing
    proved."""

    def __init__(
        self,
        address: tuple[str, int],
        *,
        answers: bool = True,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._answers = address, answers
        self._patience, self._clock = patience or Patience(), clock
        self._one_job = threading.Lock()

    def print(self, job: bytes) -> PrintOutcome:
        return self._send(job)

    def open_drawer(self) -> PrintOutcome:
        """Only a ready printer gets the pulse: one with trouble would keep it and open the drawer when nobody
        looks."""
        return self._send(DRAWER_PULSE)

    def status(self) -> PrinterStatus:
        if not self._answers:
            return PrinterStatus()
        try:
            with self._one_job, self._line() as line:
                return line.status()
        except _MuteError:
            return PrinterStatus(Trouble.NO_ANSWER)
        except OSError:
            return PrinterStatus(Trouble.UNREACHABLE)

    def _send(self, job: bytes) -> PrintOutcome:
        with self._one_job:
            try:
                line = self._line()
            except OSError as error:
                log.info("printer %s: %s", self._address[0], error)
                return NotPrinted(Trouble.UNREACHABLE)
            with line:
                trouble = self._trouble_before(line)
                return NotPrinted(trouble) if trouble else self._deliver(line, job)

    def _trouble_before(self, line: _Line) -> Trouble | None:
        if not self._answers:
            return None
        try:
            return line.status().trouble
        except _MuteError:
            return Trouble.NO_ANSWER
        except OSError:
            return Trouble.UNREACHABLE

    def _deliver(self, line: _Line, job: bytes) -> PrintOutcome:
        try:
            line.write(job, self._patience.proof)
            if not self._answers:
                return Printed(proved=False)
            line.ask(ASK_PAPER, _is_paper_answer, self._patience.proof + len(job) / _SLOWEST)
            return Printed()
        except _MuteError:
            return InPrinter(self._trouble_after(line))
        except OSError as error:
            log.info("printer %s: %s", self._address[0], error)
            return InPrinter(Trouble.UNREACHABLE) if line.written else NotPrinted(Trouble.UNREACHABLE)

    def _trouble_after(self, line: _Line) -> Trouble:
        """Why no proof came; the questions are answered at once even while the job waits."""
        try:
            return line.status().trouble or Trouble.NO_ANSWER
        except (_MuteError, OSError):
            return Trouble.NO_ANSWER

    def _line(self) -> _Line:
        opened = socket.create_connection(self._address, self._patience.connect)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Line(opened, self._patience.answer, self._clock)


class _MuteError(Exception):
    """No answer in time."""


class _Line:
    """One connection. `written` is set once any byte of a job has left."""

    def __init__(self, opened: socket.socket, answer_seconds: float, clock: Callable[[], float]) -> None:
        self._socket, self._answer_seconds, self._clock = opened, answer_seconds, clock
        self.written = False

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def status(self) -> PrinterStatus:
        state, offline, paper = (self._status_byte(number) for number in (_STATE, _OFFLINE, _PAPER))
        trouble: Trouble | None = None
        if offline & 0x04:
            trouble = Trouble.COVER_OPEN
        elif offline & 0x20 or paper & 0x60:
            trouble = Trouble.PAPER_OUT
        elif offline & 0x40:
            trouble = Trouble.DEVICE_ERROR
        return PrinterStatus(trouble, bool(paper & 0x0C), not state & 0x04)

    def write(self, job: bytes, seconds: float) -> None:
        """All of `job`. _MuteError when the printer stops taking it (its buffer is full), OSError when the
        line ends."""
        deadline, sent = self._clock() + seconds, 0
        while sent < len(job):
            self._socket.settimeout(self._until(deadline))
            try:
                sent += self._socket.send(job[sent : sent + 4096])
            except TimeoutError:
                raise _MuteError from None
            self.written = True
            deadline = self._clock() + seconds

    def ask(self, question: bytes, is_answer: Callable[[int], bool], seconds: float) -> int:
        """The first byte that is an answer to `question`; others (automatic status, late answers) are
        skipped."""
        self._socket.settimeout(seconds)
        self._socket.sendall(question)
        deadline = self._clock() + seconds
        while True:
            self._socket.settimeout(self._until(deadline))
            try:
                received = self._socket.recv(1)
            except TimeoutError:
                raise _MuteError from None
            if not received:
                raise ConnectionResetError("printer closed the line")
            if is_answer(received[0]):
                return received[0]

    def _status_byte(self, number: int) -> int:
        return self.ask(status_request(number), _is_real_time_answer, self._answer_seconds)

    def _until(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise _MuteError
        return left


def _is_real_time_answer(byte: int) -> bool:
    return byte & 0x93 == 0x12


def _is_paper_answer(byte: int) -> bool:
    return byte & 0x90 == 0 and byte & 0x03 in (0, 0x03)
