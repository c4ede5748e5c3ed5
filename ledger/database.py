"""Opening SQLite and PostgreSQL the one right way, and the statements that differ between them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import QueuePool, StaticPool
from sqlcipher3 import dbapi2 as sqlite_driver

from domain.errors import Code, Refused
from ledger.sqlite_dialect import COMPILED, telling_damage

log = logging.getLogger(__name__)
OLDEST_SQLITE = (3, 51, 3)  # before it, two connections that checkpoint at one moment could damage a WAL file
_BUSY_MS = 5_000
_SERVER_CACHE_MB = 16  # beside that of its readers; what does not fit lies in the system's own


def check_driver() -> None:
    """Raises RuntimeError when the SQLite in use has the WAL-reset fault."""
    if sqlite_driver.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {sqlite_driver.sqlite_version} is too old")


def open_sqlite(
    path: Path, *, synchronous: str = "FULL", read_only: bool = False, shared: bool = True, cache_mb: int = 32
) -> Engine:
    """An engine on one file. `read_only` opens short-read connections; `shared` False keeps exactly one connection;
    `cache_mb` is the most memory that the pages of one connection take.

    Transactions begin with BEGIN IMMEDIATE for writers, so that a decision and its write see one state.
    """
    check_driver()

    def connect() -> Any:
        target = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        connection = sqlite_driver.connect(target, uri=True, check_same_thread=False, isolation_level=None)
        try:
            with telling_damage():
                for pragma in _pragmas(synchronous, read_only, cache_mb):
                    connection.execute(f"PRAGMA {pragma}")
        except sqlite_driver.Error:
            connection.close()
            raise
        return connection

    pool = (
        {"poolclass": QueuePool, "pool_size": 4, "max_overflow": 8} if shared else {"poolclass": StaticPool}
    )
    url = f"sqlite+{'reader' if read_only else 'writer'}://"
    engine = sa.create_engine(url, creator=connect, **pool)
    engine.hide_parameters = True  # what was to be kept is in no error that may end in a log
    engine.update_execution_options(compiled_cache=COMPILED)
    return engine


def settle_log(engine: Engine, wait_ms: int = _BUSY_MS) -> bool:
    """Writes all that is still in the log into the file itself, and empties the log: of what was overwritten nothing is
    left there. False where somebody read for longer than `wait_ms`."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={wait_ms}")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        return not busy
    finally:
        raw.close()


def try_to_settle(engine: Engine, wait_ms: int) -> bool:
    """As `settle_log`; False too where the file cannot be read or written now."""
    try:
        return settle_log(engine, wait_ms)
    except (sa.exc.DatabaseError, sqlite_driver.Error):
        log.info("a log could not be emptied", exc_info=True)
        return False


def is_damage(error: sa.exc.DatabaseError) -> bool:
    """Whether a file cannot say what it was told, or has lost a table that was there when it was opened."""
    words = str(error.orig)
    return any(sign in words for sign in _SIGNS)


_SIGNS = ("malformed", "not a database", "not decode to UTF-8", "no such table", "no such column")


def _pragmas(synchronous: str, read_only: bool, cache_mb: int) -> list[str]:
    cache = f"cache_size=-{cache_mb * 1024}"
    common = [f"busy_timeout={_BUSY_MS}", "temp_store=MEMORY", cache, "trusted_schema=OFF"]
    if read_only:
        return [*common, "query_only=1"]
    return [
        *common,
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        "fullfsync=1",
        "secure_delete=ON",  # what is forgotten is gone from the file too
        "journal_size_limit=67108864",
    ]


_SETTINGS = {
    "random_page_cost": "1.1",
    "plan_cache_mode": "force_generic_plan",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
    "synchronous_commit": "on",
}


_LONGEST, _MOST_GIVEN = 1 << 16, 1_000


def _remember_long_statements() -> None:
    """psycopg finds the parameters of a statement anew each time if it is longer than 4 kB or has more than 50. Ours
    are long, few and the same: that took an eighth of the CPU of a sale. It has no public setting; where it should once
    have no such limits, nothing is set."""
    from psycopg import _queries  # only a server with PostgreSQL pays for it

    for name, limit in {"LENGTH": _LONGEST, "PARAMS": _MOST_GIVEN}.items():
        if hasattr(_queries, f"MAX_CACHED_STATEMENT_{name}"):
            setattr(_queries, f"MAX_CACHED_STATEMENT_{name}", limit)


def open_postgres(url: str) -> Engine:
    """An engine on PostgreSQL (psycopg 3). A transaction that idles or waits for a lock too long is ended there. A page
    read by an index counts as little more than the next one: all that is asked for lies in memory, and a table that was
    small when it was last analysed is not read from end to end. A statement that comes again is planned once: ours look
    things up by an index, and to plan one anew takes longer than to run it."""
    _remember_long_statements()
    plain = sa.make_url(url).set(drivername="postgresql+psycopg")
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    engine = sa.create_engine(plain, pool_size=8, max_overflow=0, connect_args={"options": options})
    engine.hide_parameters = True
    return engine


def open_database(url: str) -> Engine:
    """`sqlite:///path` or `postgresql://…`; anything else raises ValueError."""
    if url.startswith("sqlite:///"):
        return open_sqlite(Path(url.removeprefix("sqlite:///")), cache_mb=_SERVER_CACHE_MB)
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return open_postgres(url)
    raise ValueError("a database is named sqlite:///FILE or postgresql://HOST/NAME")


def add_numbers(connection: Connection, *columns: sa.Column[int]) -> None:
    """Adds the columns that a database of an earlier version lacks; its rows get 0."""
    tables = list({column.table.name for column in columns})
    found = sa.inspect(connection).get_multi_columns(filter_names=tables)
    there = {(table, column["name"]) for (_, table), known in found.items() for column in known}
    for column in columns:
        if (column.table.name, column.name) not in there:
            kind = column.type.compile(connection.dialect)
            added = f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind} NOT NULL DEFAULT 0"
            connection.execute(sa.text(added))


def insert(table: Table, connection: Connection) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    return upsert(table, connection.dialect.name)


def upsert(table: Table, dialect: str) -> Any:
    """As `insert`, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def guard_disk(work: Callable[[], Any]) -> Any:
    """Runs `work`; a full disk becomes `disk_full`: the transaction was rolled back, nothing is half written."""
    try:
        return work()
    except sa.exc.DBAPIError as error:
        if _is_full(error):
            raise Refused(Code.DISK_FULL) from error
        raise


def _is_full(error: sa.exc.DBAPIError) -> bool:
    words = str(error.orig).lower()
    return "disk is full" in words or "no space left" in words or "disk i/o error" in words
