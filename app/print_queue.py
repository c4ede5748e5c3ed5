"""The stored print queue: one job at a time, in order, off the GUI thread; a dead printer never undoes anything.

A job that may already be on paper is never sent again by itself: it waits as `unconfirmed` for a person, who reprints
it as COPY. While it is drawn it is not being sent yet. The drawer is not a job: a pulse that comes an hour late opens
the drawer when nobody looks; it has a thread of its own, so that it waits for no drawing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.apart import NotDoneError, Workshop
from app.hardware.ports import InPrinter, NotPrinted, Printed, PrintOutcome, ReceiptPrinter, Trouble
from app.store import Store
from documents.rendering import rendered
from domain import codec
from domain.errors import Unavailable
from domain.receipt import TicketBatch
from ledger import journal, read_gate

log = logging.getLogger(__name__)
RETRY_SECONDS = 5.0
LOOK_SECONDS = 60.0
STOP_SECONDS = 5.0
Told = Callable[[], None]
_WAITING = ("queued", "failed")
_OPEN = (*_WAITING, "sending")
_NOT_DRAWN = NotPrinted(Trouble.NOT_DRAWN)


@dataclass(frozen=True, slots=True)
class Seen:
    """How the counter's printer was at `at`; `trouble` is empty when it was ready."""

    at: datetime
    trouble: str
    paper_low: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    job_id: str
    kind: str
    payload: str


class PrintQueue:
    """`printers` are the counter's and the one that takes PDFs; `workshop` is where paper is drawn, and is stopped
    with the queue. `told` hears when a job or the printer's trouble changes."""

    def __init__(
        self, store: Store, printers: tuple[ReceiptPrinter, ReceiptPrinter], workshop: Workshop, told: Told
    ) -> None:
        self._store = store
        self._printer, self._files = printers
        self._workshop = workshop
        self._told = told
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._drawer = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name="printer", daemon=True),
            threading.Thread(target=self._open_drawers, name="drawer", daemon=True),
        ]
        self.reason = ""
        self.seen: Seen | None = None

    def start(self) -> None:
        """Jobs that were being sent when the station stopped may be on paper: they wait for a person."""
        with self._store.local("prints") as connection:
            lost = sa.update(journal.print_job).where(journal.print_job.c.state == "sending")
            connection.execute(lost.values(state="unconfirmed", reason="restart"))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """What is being drawn then, and is not ready soon, is printed after the next start."""
        self._stop.set()
        self._wake.set()
        self._drawer.set()
        self._join(STOP_SECONDS)
        self._workshop.stop()
        self._join(1.0)

    def _join(self, seconds: float) -> None:
        """Waits for so long for both."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.0, end - time.monotonic()))

    def wake(self) -> None:
        self._wake.set()

    def open_drawer(self) -> None:
        """Asks for a pulse now; nothing waits for it, and it is forgotten if the printer has trouble."""
        self._drawer.set()

    def _work(self) -> None:
        self._workshop.start()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                stuck = self._print_all()
            except Exception as error:  # the device loop is one of the three places that may catch everything
                if self._stop.is_set() and isinstance(error, Unavailable):
                    return  # it came after the end: the next start finds that it was being sent
                log.exception("printing failed")
                stuck = True
            if not stuck and self._look_is_due():
                self._look()
            self._wake.wait(RETRY_SECONDS if stuck else LOOK_SECONDS)

    def _look_is_due(self) -> bool:
        seen, now = self.seen, self._store.clock.now()
        return seen is None or not 0 <= (now - seen.at).total_seconds() < LOOK_SECONDS

    def _look(self) -> None:
        """Nothing waits to be printed: asks how the printer is, so that it is known before somebody needs it."""
        status = self._printer.status()
        self._note(status.trouble.value if status.trouble else "", paper_low=status.paper_low)

    def _note(self, trouble: str, *, paper_low: bool = False) -> None:
        self.seen = Seen(self._store.clock.now(), trouble, paper_low)

    def _open_drawers(self) -> None:
        while True:
            self._drawer.wait()
            self._drawer.clear()
            if self._stop.is_set():
                return
            try:
                self._pulse()
            except Exception:  # a device loop, as `_work`
                log.exception("the drawer was not opened")

    def _pulse(self) -> None:
        outcome = self._printer.open_drawer()
        if not isinstance(outcome, Printed):
            self._set_reason(outcome.reason.value)
            self._note(outcome.reason.value)

    def _print_all(self) -> bool:
        """Prints what waits; True when something must be tried again later. What cannot be drawn is passed over."""
        passed: list[str] = []
        while not self._stop.is_set():
            job = self._next(passed)
            if job is None:
                break
            drawn = self._drawn(job)
            if drawn is None:
                passed.append(job.job_id)
            elif self._mark(job, "sending", "") and self._is_refused(job, drawn):
                return True
        if passed:
            self._set_reason(_NOT_DRAWN.reason.value)
        return bool(passed)

    def _next(self, passed: list[str]) -> _Job | None:
        """The oldest, but those first that were not found too hard to draw."""
        table = journal.print_job.c
        found = sa.select(journal.print_job).where(table.state.in_(_WAITING), table.job_id.not_in(passed))
        order = (table.reason == _NOT_DRAWN.reason.value, table.at, table.job_id)
        with self._store.read_journal() as connection:
            row = connection.execute(found.order_by(*order).limit(1)).first()
        return _Job(row.job_id, row.kind, row.payload) if row else None

    def _drawn(self, job: _Job) -> bytes | None:
        """None when there is no paper to send."""
        try:
            return self._workshop.call(rendered, job.kind, self._named(job))
        except Exception as error:  # as in `_work`: what nobody can draw must not hold the other jobs
            if not self._stop.is_set():
                log.warning("job %s was not drawn", job.job_id, exc_info=not isinstance(error, NotDoneError))
                self._settle(job, _NOT_DRAWN)
            return None

    def _named(self, job: _Job) -> str:
        """Tickets on paper say who comes, as it is known now: a job keeps no names, nor does the file of a PDF."""
        if job.kind != "tickets":
            return job.payload
        batch = codec.loads(TicketBatch, job.payload)
        with self._store.read() as connection:
            tickets = tuple(
                replace(each, guest=read_gate.guest_of(connection, each.ticket_id)) for each in batch.tickets
            )
        return codec.dumps(TicketBatch(tickets))

    def _is_refused(self, job: _Job, drawn: bytes) -> bool:
        """Sends it; True when it must be tried again later."""
        outcome = self._send(job, drawn)
        self._settle(job, outcome)
        return isinstance(outcome, NotPrinted)

    def _send(self, job: _Job, drawn: bytes) -> PrintOutcome:
        printer = self._files if job.kind == "tickets_pdf" else self._printer
        outcome = printer.print(drawn)
        if printer is self._printer and outcome != _NOT_DRAWN:
            self._note("" if isinstance(outcome, Printed) else outcome.reason.value)
        return outcome

    def _settle(self, job: _Job, outcome: PrintOutcome) -> None:
        match outcome:
            case Printed(kept=kept):
                self._set_reason("")
                self._mark(job, "done", "", kept)
            case InPrinter(reason):
                self._set_reason(reason.value)
                self._mark(job, "unconfirmed", reason.value)
            case NotPrinted(reason):
                self._set_reason(reason.value)
                self._mark(job, "failed", reason.value)

    def _mark(self, job: _Job, state: str, reason: str, kept: str = "") -> bool:
        """False when somebody dropped the job meanwhile: then it stays so. Does not wake this queue. `kept`: where a
        folder has the paper, noted so that it can be forgotten."""
        mine = sa.and_(journal.print_job.c.job_id == job.job_id, journal.print_job.c.state.in_(_OPEN))
        attempts = journal.print_job.c.attempts + (state == "sending")
        with self._store.local() as connection:
            marked = connection.execute(
                sa.update(journal.print_job).where(mine).values(state=state, reason=reason, attempts=attempts)
            )
            if kept:
                journal.save_setting(connection, f"{journal.PAPER}{job.job_id}", kept)
        self._told()
        return marked.rowcount == 1

    def _set_reason(self, reason: str) -> None:
        if reason != self.reason:
            self.reason = reason
            self._told()
