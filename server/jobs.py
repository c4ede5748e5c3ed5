"""What the server does by itself, beside its answers: bookings every few seconds, what is old by the hour."""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.pruning import prune
from server import api_tokens, codes, left_alone
from server.bookings import look_after
from server.coming_late import look_again
from server.database import Database
from server.goods import judge_goods
from server.guest_accounts import forget_pending
from server.outbox import retire
from server.passing import passes
from server.refolding import refold
from server.replanning import plan_anew
from server.setup import SetUp

log = logging.getLogger(__name__)
EVERY_SECONDS, LOOK_SECONDS = 3600.0, 10.0


class Jobs:
    """A thread: at the start, then now and then. What fails is tried again with the next."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stop = threading.Event()
        self._settled = -1
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        self.refold()
        due = self._clock.monotonic()
        while not self._stop.is_set():
            if self._clock.monotonic() >= due:
                self.once()
                due = self._clock.monotonic() + EVERY_SECONDS
            self.look_after()
            self.settle()
            self._stop.wait(LOOK_SECONDS)

    def refold(self) -> None:
        """Once, after an upgrade that hears names otherwise."""
        try:
            refold(self._database)
        except sa.exc.SQLAlchemyError as error:
            _tell(error, "what guests are found by could not be made anew; it is tried at the next start")

    def look_after(self) -> None:
        """Confirms what was paid and ends what was not paid in time."""
        database = self._database
        try:
            database.transact(lambda c: look_after(c, SetUp(c, self._clock, database.ids)))
            database.transact(lambda c: plan_anew(c, SetUp(c, self._clock, database.ids)))
            database.transact(lambda c: judge_goods(SetUp(c, self._clock, database.ids)))
        except sa.exc.SQLAlchemyError as error:
            _tell(error, f"bookings could not be looked after; it is tried again in {LOOK_SECONDS:.0f} s")

    def settle(self) -> None:
        """After something was forgotten, it is gone from the database's log too."""
        try:
            forgotten = self._database.look(_last_forgotten)
            if forgotten != self._settled and self._database.settle():
                self._settled = forgotten
        except sa.exc.SQLAlchemyError as error:
            _tell(error, f"the log could not be emptied; it is tried again in {LOOK_SECONDS:.0f} s")

    def once(self) -> None:
        """Forgets what the feed need not tell any more, what old messages said, codes and tokens that are over, and
        what came late of guests who were erased. Looks for what came without its other half."""
        try:
            upto = self._database.transact(lambda c: prune(c, to_ms(self._clock.now())))
            self._database.transact(lambda c: _forget(c, to_ms(self._clock.now())))
            self._database.transact(lambda c: look_again(SetUp(c, self._clock, self._database.ids)))
            look_for_halves(self._database, self._clock)
            while self._database.transact(lambda c: retire(c, to_ms(self._clock.now()))):
                pass
        except sa.exc.SQLAlchemyError as error:
            _tell(error, "what is old could not be forgotten; it is tried again in an hour")
            return
        if upto:
            log.info("the feed is forgotten up to change %d", upto)


def look_for_halves(database: Database, clock: Clock) -> None:
    """Cases of what came a day ago without its other half, or closes those whose half has come."""
    about = database.look(lambda c: left_alone.found(c, to_ms(clock.now())))
    if about:
        database.transact(lambda c: left_alone.look(SetUp(c, clock, database.ids), about))


def _last_forgotten(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(t.forgotten.c.seq))).scalar() or 0)


def _tell(error: Exception, words: str) -> None:
    """A database that is away for a while is no fault of the program."""
    if passes(error):
        log.warning("%s (%s)", words, type(error).__name__)
    else:
        log.error(words, exc_info=error)


def _forget(connection: Connection, now_ms: int) -> None:
    for forget in (api_tokens.forget_old, codes.forget_old, forget_pending):
        forget(connection, now_ms)
