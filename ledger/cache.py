"""A station's cache file: a copy of the server's rows that may lose its tail or be deleted at any time.

It stores in itself how far it has applied the journal, which server (epoch) it copies and how far (cursor), always in
the same transaction as the rows that this is about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Engine, Integer, String, Table
from sqlcipher3 import dbapi2 as sqlite_driver

from domain import operation as op
from domain.envelope import Envelope
from ledger import guest_words, read_setup, schema, setup_copy
from ledger import tables as t
from ledger.database import open_sqlite, upsert
from ledger.effects import effects
from ledger.journal import Kept
from ledger.puts import Put, Values
from ledger.rows import add_rows
from ledger.tombstones import RANK, key_values
from ledger.wire import Gone, Page, Rows

state = Table(
    "cache_state",
    t.metadata,
    Column("one", Integer, primary_key=True),
    Column("applied_row", Integer, nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("cursor", String(256), nullable=False),
    Column("buckets", String(4000), nullable=False),
    Column("stream", String(32), nullable=False),
    Column("n", Integer, nullable=False),
    Column("op_id", String(36), nullable=False),
    Column("complete_at", BigInteger, nullable=False),
    Column("fill", String(4000), nullable=False),
    Column("fill_cursor", String(256), nullable=False),
)
START = ""


@dataclass(frozen=True, slots=True)
class Level:
    """Where the cache stands. `stream`, `n`, `op_id`: the last operation of ours that the server has. `complete_at`:
    when it last held everything (ms since 1970, 0 = never). `fill`: buckets that are being fetched from the start
    (a new day), with a cursor of their own, while `buckets` go on."""

    applied_row: int = 0
    epoch: str = ""
    cursor: str = START
    buckets: str = ""
    stream: str = ""
    n: int = 0
    op_id: str = ""
    complete_at: int = 0
    fill: str = ""
    fill_cursor: str = START


def schema_id() -> str:
    """Changes whenever a shared table does: a cache of another shape is rebuilt, never migrated."""
    shape = ";".join(f"{table.name}({','.join(table.c.keys())})" for table in t.metadata.sorted_tables)
    return hashlib.sha256(shape.encode()).hexdigest()[:8]


def open_cache(path: Path, *, indexed: bool = True) -> Engine:
    """Opens the cache, or makes a new one when there is none, it is damaged, or of another version. A new one that is
    not `indexed` yet takes in much faster what a server has; see `build_indexes`."""
    if path.exists() and not _is_sound(path):
        discard(path)
    engine = open_sqlite(path, synchronous="NORMAL", shared=False)
    with engine.begin() as connection:
        schema.make(connection, t.metadata, bare=not indexed)
        if indexed:
            guest_words.prepare(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={int(schema_id(), 16) & 0x7FFFFFFF}")
        if connection.execute(_STATE).first() is None:
            fresh = {name: getattr(Level(), name) for name in Level.__slots__}
            connection.execute(sa.insert(state).values(one=1, **fresh))
    return engine


def build_indexes(connection: Connection) -> None:
    """Those that a new cache lacks."""
    schema.make(connection, t.metadata)
    guest_words.prepare(connection)


def _is_sound(path: Path) -> bool:
    try:
        probe = sqlite_driver.connect(str(path))
        try:
            version = probe.execute("PRAGMA user_version").fetchone()[0]
            return bool(
                version == int(schema_id(), 16) & 0x7FFFFFFF
                and probe.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
                and _reads(probe)
            )
        finally:
            probe.close()
    except (sqlite_driver.DatabaseError, UnicodeDecodeError):
        return False


def _reads(probe: Any) -> bool:
    """Where it stands can be read, and so can the set-up, without which a station does not start."""
    for table in (state, *setup_copy.TABLES):
        names = ", ".join(table.c.keys())
        rows = [
            dict(zip(table.c.keys(), row, strict=True))
            for row in probe.execute(f"SELECT {names} FROM {table.name}")
        ]
        if not all(schema.fits(table, row) for row in rows) or (table is state and len(rows) != 1):
            return False
        if table is t.record and not all(read_setup.reads(row["kind"], row["body"]) for row in rows):
            return False
    return True


def discard(path: Path) -> None:
    """Deletes a cache with its WAL files; everything in it can be had again."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# Statements are built once: building one costs more than running it.
_STATE = sa.select(state)
_SAVE = sa.update(state)
_REACHED = sa.update(state).values(applied_row=sa.bindparam("reached"))


def level(connection: Connection) -> Level:
    return Level(*connection.execute(_STATE).one()[1:])


def is_whole(connection: Connection) -> bool:
    """Whether it ever held all that the server had; of one that was lost, and is not filled again, what it answered is
    not known."""
    return bool(level(connection).complete_at)


def _write(connection: Connection, new: Level) -> None:
    connection.execute(_SAVE, {name: getattr(new, name) for name in Level.__slots__})


def settled(connection: Connection, op_ids: Sequence[str]) -> set[str]:
    """Those of `op_ids` whose result row the cache holds."""
    found: set[str] = set()
    for start in range(0, len(op_ids), 500):
        chunk = op_ids[start : start + 500]
        found.update(
            connection.execute(
                sa.select(t.result.c.result_id).where(t.result.c.result_id.in_(chunk))
            ).scalars()
        )
    return found


def apply(connection: Connection, kept: Iterable[Kept]) -> None:
    """Puts the effects of operations in, marked as local, and notes the journal row reached."""
    reached = level(connection).applied_row
    rows: list[tuple[Table, Values]] = []
    for item in kept:
        for put in effects(item.envelope, item.envelope.operation()):
            rows.append(_local(put, item.envelope.op_id))
        reached = max(reached, item.row)
    add_rows(connection, rows)
    note_applied(connection, reached)


def add(connection: Connection, envelope: Envelope, operation: op.Operation) -> None:
    """Puts the effects of one new operation in; the caller notes the journal row when its action is whole."""
    add_rows(connection, (_local(put, envelope.op_id) for put in effects(envelope, operation)))


def _local(put: Put, op_id: str) -> tuple[Table, Values]:
    return put.table, put.values | {"op_id": op_id, "bucket": put.bucket, "local": 1}


def note_applied(connection: Connection, row: int) -> None:
    """The journal is applied up to `row` (operations before it that were settled had nothing left to apply)."""
    connection.execute(_REACHED, {"reached": row})


def take_page(connection: Connection, page: Page, now_ms: int) -> bool:
    """Stores a page and its cursor together; False when it does not start where the cache stands (it is dropped)."""
    at = level(connection)
    if page.after != at.cursor or page.epoch != at.epoch:
        return False
    _put_tables(connection, page)
    if page.complete and not at.complete_at:
        _drop_saved_setup(connection)
    reached = replace(at, cursor=page.next, stream=page.stream, n=page.n, op_id=page.op_id)
    _write(connection, replace(reached, complete_at=now_ms) if page.complete else reached)
    return True


def _drop_saved_setup(connection: Connection) -> None:
    """The first time that all is here, set-up that only the saved copy knew is not the server's any more."""
    for table in setup_copy.TABLES:
        connection.execute(sa.delete(table).where(table.c.seq == 0, table.c.local == 0))


def begin_fill(connection: Connection, buckets: str) -> None:
    """Starts fetching `buckets` (comma-separated) from the beginning beside those already held."""
    _write(connection, replace(level(connection), fill=buckets, fill_cursor=START))


def take_fill(connection: Connection, page: Page, wanted: str) -> bool:
    """As take_page, for the buckets being filled. When they are whole, `wanted` becomes the set held, and rows of
    days no longer wanted go. Safe because the loop reads the fill's last page after the main feed's."""
    at = level(connection)
    if page.after != at.fill_cursor or page.epoch != at.epoch or not at.fill:
        return False
    _put_tables(connection, page)
    if not page.complete:
        _write(connection, replace(at, fill_cursor=page.next))
        return True
    dropped = [bucket for bucket in at.buckets.split(",") if bucket not in wanted.split(",")]
    for table in t.SYNCED:
        connection.execute(sa.delete(table).where(table.c.bucket.in_(dropped), table.c.local == 0))
    _write(connection, replace(at, buckets=wanted, fill="", fill_cursor=START))
    return True


def _put_tables(connection: Connection, page: Page) -> None:
    for name in sorted(page.tables, key=RANK.__getitem__):
        _put_rows(connection, t.BY_NAME[name], page.tables[name])
    for gone in page.gone:
        _take_out(connection, gone)
    if results := page.tables.get(t.result.name):
        _settle(connection, [str(row[results.columns.index("result_id")]) for row in results.rows])


def _take_out(connection: Connection, gone: Gone) -> None:
    """At equal `seq` the row wins: it has only moved, and this station holds where it is now. What the station put in
    itself goes when it is settled."""
    if (table := t.BY_NAME.get(gone.of)) is not None:
        connection.execute(_taking_out(table), {**key_values(table, gone.key), "gone_at": gone.seq})


@lru_cache
def _taking_out(table: Table) -> Any:
    same = [column == sa.bindparam(column.name, type_=column.type) for column in table.primary_key]
    return sa.delete(table).where(*same, table.c.seq < sa.bindparam("gone_at"), table.c.local == 0)


def _put_rows(connection: Connection, table: Table, rows: Rows) -> None:
    columns = tuple(name for name in rows.columns if name in table.c)
    picks = [rows.columns.index(name) for name in columns]
    values = [{name: row[i] for name, i in zip(columns, picks, strict=True)} for row in rows.rows]
    if values:
        connection.execute(_replacing(table, columns), values)


@lru_cache
def _replacing(table: Table, columns: tuple[str, ...]) -> Any:
    """The server's row takes the place of what is there, unless that is newer."""
    statement = upsert(table, "sqlite")
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_=fresh | {"local": 0, "op_id": ""},
        where=statement.excluded.seq >= table.c.seq,
    )


_OPS: sa.BindParameter[str] = sa.bindparam("ops", expanding=True)
_ONE: sa.ColumnElement[int] = sa.literal_column("1")  # as the index of local rows says it
_IS_LOCAL = {table.name: table.c.local == _ONE for table in t.SYNCED}
_DROP = {
    table.name: sa.delete(table).where(_IS_LOCAL[table.name], table.c.op_id.in_(_OPS)) for table in t.SYNCED
}
_WITH_LOCAL: sa.CompoundSelect[str] = sa.union_all(
    *(
        sa.select(sa.literal_column(f"'{table.name}'")).where(sa.exists().where(_IS_LOCAL[table.name]))
        for table in t.SYNCED
    )
)


def _settle(connection: Connection, op_ids: list[str]) -> None:
    """Rows that are still local live in buckets this station does not have: they go with their settled operation."""
    names = list(connection.execute(_WITH_LOCAL).scalars())
    for start in range(0, len(op_ids), 500):
        for name in names:
            connection.execute(_DROP[name], {"ops": op_ids[start : start + 500]})


def note_position(connection: Connection, stream: str, n: int, op_id: str) -> None:
    """What the server has of ours, from a push answer."""
    _write(connection, replace(level(connection), stream=stream, n=n, op_id=op_id))


def start_over(connection: Connection, epoch: str, buckets: str) -> None:
    """Empties the cache in one transaction for a new epoch; nothing is merged."""
    for table in t.SYNCED:
        connection.execute(sa.delete(table))
    _write(connection, Level(epoch=epoch, buckets=buckets))


def unsettled(connection: Connection, kept: Sequence[Kept]) -> list[Kept]:
    have = settled(connection, [item.envelope.op_id for item in kept])
    return [item for item in kept if item.envelope.op_id not in have]
