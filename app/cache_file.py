"""The station's cache as a file: opened, read while it is written, made anew when it is damaged, exchanged for a newer
one. An empty one gets the last set-up back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from app.files import is_damage
from app.locking import Readers
from app.snapshot import Snapshot
from ledger import cache, setup_copy
from ledger import tables as t
from ledger.database import open_sqlite, settle_log

_CACHE, SETUP = "cache.db", "setup.json"
_READERS_SECONDS = 1.0


class CacheFile:
    """`engine` writes, under the writer's lock of the store; `read` never waits for it."""

    engine: Engine
    reader: Engine

    def __init__(self, folder: Path) -> None:
        self._path, self._setup = folder / _CACHE, folder / SETUP
        self._readers = Readers()
        self._open_engines: list[Engine] = []
        self._broken = False

    def open(self) -> None:
        self._open()
        self._restore_setup()

    def _open(self) -> None:
        self.engine = cache.open_cache(self._path)
        self._open_engines = [self.engine]
        self.reader = open_sqlite(self._path, read_only=True)
        self._open_engines.append(self.reader)

    def close(self) -> None:
        """Also when it was not, or only partly, opened."""
        for engine in reversed(self._open_engines):
            engine.dispose()
        self._open_engines = []

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read-only, in one snapshot. Readers never write: what they find damaged is made anew by `mend`."""
        try:
            with self._readers.reading(), self.reader.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            self._broken |= is_damage(error)
            raise

    def mend(self) -> None:
        """Makes it anew if a reader found it damaged."""
        if self._broken:
            self.rebuild()

    def rebuild(self) -> None:
        self.close()
        cache.discard(self._path)
        self._open()
        self._broken = False
        self._restore_setup()

    def shut(self, seconds: float) -> bool:
        """Nobody begins to read it any more; False when some still do after that time."""
        return self._readers.shut(seconds)

    def nobody_reads(self) -> AbstractContextManager[bool]:
        """False when somebody read it for too long; while it lasts nobody begins to."""
        return self._readers.nobody(_READERS_SECONDS)

    def exchange(self, snapshot: Snapshot) -> None:
        """The one that was fetched beside takes its place, while nobody reads."""
        settle_log(self.engine)
        self.close()
        snapshot.put_in_place(self._path)
        self._open()

    # the set-up's copy -----------------------------------------------------------------------------------------------

    def _restore_setup(self) -> None:
        """So that selling goes on until the server answers."""
        with self.engine.begin() as connection:
            if connection.execute(sa.select(t.record.c.kind).limit(1)).first() is None:
                setup_copy.load(connection, self._setup)

    def keep_setup(self) -> None:
        with self.read() as connection:
            setup_copy.save(connection, self._setup)
