"""The server's database: opening, preparing, and running a transaction where it is cheapest."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from ledger import feed, guest_words, pruning, tombstones
from ledger import tables as shared
from ledger.clock import Clock, Ids
from ledger.database import add_numbers, open_database, open_sqlite, try_to_settle
from ledger.tables_guests import FOUND_BY, by_day
from server import prices, refund_holds, tokens
from server import tables as own

T = TypeVar("T")
_THREADS = 8
_SETTLING_MS = 100
PARTS = (shared, own, feed, tombstones, pruning)  # whose tables a server's database has

# What the server alone looks for in the tables that stations have too.
_LOOKED_UP = (
    (shared.payment, "attempt_id"),
    (shared.refund, "attempt_id"),
    (shared.card_attempt, "original_id"),
)


class Database:
    """Writes and reads run straight on the loop with embedded SQLite (a thread hop costs more than the transaction),
    on threads with PostgreSQL. Who watches the feed is told after each commit."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.engine: Engine = open_database(url)
        self.clock = clock
        self.ids = Ids(clock)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._pool = ThreadPoolExecutor(_THREADS, "database")
        self._snapshots = self._readers(url)
        self._watchers: set[asyncio.Event] = set()
        self._counted = itertools.count(1)
        self.moves = 0  # another number after each commit
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ended = False
        self._prepare()

    def _prepare(self) -> None:
        with self.engine.begin() as connection:
            there = set(sa.inspect(connection).get_table_names())  # one look: `create_all` would ask for each
            for part in PARTS:
                missing = [each for each in part.metadata.sorted_tables if each.name not in there]
                part.metadata.create_all(connection, missing, checkfirst=False)
            add_numbers(connection, *feed.ADDED, *own.ADDED)
            self._index(connection)
            if own.refund_share.name not in there:
                refund_holds.begin(connection)
            prices.prepare(connection, own.price.name not in there)
            feed.prepare(connection)
            tokens.prepare(connection)

    def _index(self, connection: Connection) -> None:
        """A database of an earlier version lacks some. Looked for first: to make one that is there waits for all who
        write."""
        found = sa.inspect(connection)
        for table, column in _LOOKED_UP:
            name = f"ix_{table.name}_{column}"
            if name not in {each["name"] for each in found.get_indexes(table.name)}:
                connection.exec_driver_sql(f"CREATE INDEX {name} ON {table.name} ({column})")
        for index in (by_day, FOUND_BY) if self.embedded else (by_day,):
            index.create(connection, checkfirst=True)
        guest_words.prepare(connection)

    def _readers(self, url: str) -> Engine:
        """Connections whose transactions see one snapshot and never take a writer's lock."""
        if self.embedded:
            return open_sqlite(Path(url.removeprefix("sqlite:///")), read_only=True, cache_mb=8)
        return self.engine.execution_options(isolation_level="REPEATABLE READ")

    def transact(self, work: Callable[[Connection], T]) -> T:
        """One transaction, here and now; whoever watches the feed is woken after the commit."""
        with self.engine.begin() as connection:
            result = work(connection)
        self._wake()
        return result

    def look(self, work: Callable[[Connection], T]) -> T:
        """Reads in one snapshot."""
        with self._snapshots.connect() as connection, connection.begin():
            return work(connection)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self.transact, work)

    async def read(self, work: Callable[[Connection], T], *, long: bool = False) -> T:
        """A `long` one runs beside the loop, whatever the database."""
        return await self._run(self.look, work, long)

    async def _run(
        self,
        how: Callable[[Callable[[Connection], T]], T],
        work: Callable[[Connection], T],
        apart: bool = False,
    ) -> T:
        self._loop = asyncio.get_running_loop()
        if self.embedded and not apart:
            return how(work)
        return await self._loop.run_in_executor(self._pool, how, work)

    async def beside(self, work: Callable[[], T]) -> T:
        """Runs what takes long and needs no connection beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def watch(self) -> asyncio.Event:
        """An event set whenever the feed has moved or there is something else to hint at; give it back with
        `unwatch`."""
        event = asyncio.Event()
        self._watchers.add(event)
        return event

    def unwatch(self, event: asyncio.Event) -> None:
        self._watchers.discard(event)

    def end_watches(self) -> None:
        """Whoever watches is woken once more, to find that it has `ended`."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        self.moves = next(self._counted)
        self.nudge()

    def nudge(self) -> None:
        """Whoever watches is woken, and looks what is new."""
        if self._loop is not None and not self._loop.is_closed():
            for event in tuple(self._watchers):
                self._loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        self._pool.shutdown()
        self._snapshots.dispose()
        self.engine.dispose()

    def settle(self) -> bool:
        """Of what was overwritten nothing is left in the log beside an embedded database; False where somebody read it
        just then."""
        return not self.embedded or try_to_settle(self.engine, _SETTLING_MS)


_FEW = 32  # more locks are better taken by one statement than by one each
_LOCK_IN_ORDER = sa.text(
    "SELECT pg_advisory_xact_lock(k) FROM (SELECT unnest(CAST(:keys AS bigint[])) AS k ORDER BY 1) AS s"
)


def lock_subjects(connection: Connection, subjects: set[str]) -> None:
    """Locks the things decided about until the commit, in one order for everyone, before anything is read about them.

    SQLite's single writer holds the lock already.
    """
    if connection.dialect.name != "postgresql" or not subjects:
        return
    keys = sorted({lock_key(subject) for subject in subjects})
    if len(keys) > _FEW or not _began_with_locks(connection, keys):
        connection.execute(_LOCK_IN_ORDER, {"keys": keys})


def _began_with_locks(connection: Connection, keys: list[int]) -> bool:
    """A transaction that begins with its locks begins in the same journey. What fails is undone: tried again the usual
    way, it is told as any other error."""
    from psycopg import Connection as Raw  # only a server with PostgreSQL pays for it
    from psycopg import pq

    raw = cast("Raw", connection.connection.dbapi_connection).pgconn
    if raw.transaction_status != pq.TransactionStatus.IDLE:
        return False
    values = ",".join(f"({key})" for key in keys)
    locks = f"SELECT pg_advisory_xact_lock(k) FROM (VALUES {values}) AS s(k)"
    if raw.exec_(f"BEGIN;{locks}".encode()).status == pq.ExecStatus.TUPLES_OK:
        return True
    raw.exec_(b"ROLLBACK")
    return False


def lock_key(subject: str) -> int:
    """By which a subject is locked: locks are taken from the smallest up."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big", signed=True)
