"""What the server does by the hour, beside its answers."""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa

from ledger.clock import Clock, to_ms
from ledger.pruning import prune
from server.database import Database
from server.outbox import retire

log = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0


class Jobs:
    """A thread: once at the start, then each hour. What fails is tried again with the next."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            self.once()
            self._stop.wait(EVERY_SECONDS)

    def once(self) -> None:
        """Forgets what the feed need not tell any more, and what old messages said."""
        try:
            upto = self._database.transact(lambda c: prune(c, to_ms(self._clock.now())))
            while self._database.transact(lambda c: retire(c, to_ms(self._clock.now()))):
                pass
        except sa.exc.SQLAlchemyError:
            log.exception("what is old could not be forgotten; it is tried again in an hour")
            return
        if upto:
            log.info("the feed is forgotten up to change %d", upto)
