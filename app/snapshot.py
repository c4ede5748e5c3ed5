"""A cache that is fetched beside the one in use: staff go on with the old one until the new one is whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from ledger import cache, manifest
from ledger.database import settle_log
from ledger.wire import Page

log = logging.getLogger(__name__)
NAME = "cache.new.db"


class NotWhole(Exception):
    """What was fetched is not what the server has."""


class Snapshot:
    """`cache.new.db` of a data folder. One thread, that of sync, works with it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._engine: Engine | None = None

    def begin(self, epoch: str, buckets: str) -> None:
        """Opens it, empty, or as far as it came before the program stopped. One of another epoch or of other buckets is
        never gone on with."""
        if self._engine is None:
            self._engine = cache.open_cache(self.path, indexed=False)
        with self._engine.connect() as connection:
            at = cache.level(connection)
        if (at.epoch, at.buckets) != (epoch, buckets):
            if at != cache.Level():
                self.drop()
                self._engine = cache.open_cache(self.path, indexed=False)
            with self._engine.begin() as connection:
                cache.start_over(connection, epoch, buckets)

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A transaction on it."""
        assert self._engine is not None
        with self._engine.begin() as connection:
            yield connection

    def take(self, page: Page, now_ms: int) -> bool:
        """Stores a page; True when with it the copy is whole, which is then as the server's and has its indexes. Raises
        NotWhole for one that differs; it is begun anew."""
        with self.open() as connection:
            if not cache.take_page(connection, page, now_ms) or not page.complete:
                return False
            wrong = manifest.differing(
                connection, page.manifest or {}, cache.level(connection).buckets.split(",")
            )
        if wrong:
            log.error("the copy is not as the server's in %s; it is fetched anew", ", ".join(wrong))
            self.drop()
            raise NotWhole
        with self.open() as connection:
            cache.build_indexes(connection)
        return True

    def drop(self) -> None:
        self.close()
        cache.discard(self.path)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def put_in_place(self, target: Path) -> None:
        """Takes the place of the cache `target`, which nobody has open. Whenever the power goes, one of the two is
        there, whole: no file is moved before all of it is in the file itself, and no log of the one is left beside the
        other."""
        assert self._engine is not None
        settle_log(self._engine)
        self.close()
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.replace(target)
