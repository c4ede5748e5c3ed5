"""The stored print queue: one job at a time, in order, off the GUI thread; a dead printer never undoes anything.

A job that may already be on paper is never sent again by itself: it waits as `unconfirmed` for a person, who reprints
it as COPY. The drawer is not a job: a pulse that comes an hour late opens the drawer when nobody looks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.apart import Workshop
from app.hardware.ports import InPrinter, NotPrinted, Printed, PrintOutcome, ReceiptPrinter
from app.store import Store
from documents.rendering import rendered
from ledger import journal

log = logging.getLogger(__name__)
RETRY_SECONDS = 5.0
LOOK_SECONDS = 60.0
Told = Callable[[], None]
_WAITING = ("queued", "failed")


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
    with the queue. `told` hears when the printer's trouble changes."""

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
        self._thread = threading.Thread(target=self._work, name="printer", daemon=True)
        self.reason = ""
        self.seen: Seen | None = None

    def start(self) -> None:
        """Jobs that were being sent when the station stopped may be on paper: they wait for a person."""
        with self._store.local("prints") as connection:
            lost = sa.update(journal.print_job).where(journal.print_job.c.state == "sending")
            connection.execute(lost.values(state="unconfirmed", reason="restart"))
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._workshop.stop()

    def wake(self) -> None:
        self._wake.set()

    def open_drawer(self) -> None:
        """Asks for a pulse now; nothing waits for it, and it is forgotten if the printer has trouble."""
        self._drawer.set()
        self._wake.set()

    def _work(self) -> None:
        self._workshop.start()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._pulse()
                stuck = self._print_all()
            except Exception:  # the device loop is one of the three places that may catch everything
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

    def _pulse(self) -> None:
        if self._drawer.is_set():
            self._drawer.clear()
            outcome = self._printer.open_drawer()
            if not isinstance(outcome, Printed):
                self._set_reason(outcome.reason.value)
                self._note(outcome.reason.value)

    def _print_all(self) -> bool:
        """Prints what waits; True when something must be tried again later."""
        while not self._stop.is_set():
            job = self._next()
            if job is None:
                return False
            self._mark(job, "sending", "")
            outcome = self._send(job)
            self._settle(job, outcome)
            self._pulse()
            if isinstance(outcome, NotPrinted):
                return True
        return False

    def _next(self) -> _Job | None:
        found = sa.select(journal.print_job).where(journal.print_job.c.state.in_(_WAITING))
        with self._store.read_journal() as connection:
            row = connection.execute(
                found.order_by(journal.print_job.c.at, journal.print_job.c.job_id).limit(1)
            ).first()
        return _Job(row.job_id, row.kind, row.payload) if row else None

    def _send(self, job: _Job) -> PrintOutcome:
        printer = self._files if job.kind == "tickets_pdf" else self._printer
        outcome = printer.print(self._workshop.call(rendered, job.kind, job.payload))
        if printer is self._printer:
            self._note("" if isinstance(outcome, Printed) else outcome.reason.value)
        return outcome

    def _settle(self, job: _Job, outcome: PrintOutcome) -> None:
        match outcome:
            case Printed():
                self._set_reason("")
                self._mark(job, "done", "")
            case InPrinter(reason):
                self._set_reason(reason.value)
                self._mark(job, "unconfirmed", reason.value)
            case NotPrinted(reason):
                self._set_reason(reason.value)
                self._mark(job, "failed", reason.value)

    def _mark(self, job: _Job, state: str, reason: str) -> None:
        mine = journal.print_job.c.job_id == job.job_id
        attempts = journal.print_job.c.attempts + (state == "sending")
        with self._store.local("prints") as connection:
            connection.execute(
                sa.update(journal.print_job).where(mine).values(state=state, reason=reason, attempts=attempts)
            )

    def _set_reason(self, reason: str) -> None:
        if reason != self.reason:
            self.reason = reason
            self._told()
