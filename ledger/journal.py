"""A station's journal file: small, irreplaceable, committed to the disk before anything is called done.

Holds the operations in their chain, the stream that numbers them for sending, document series, and what is local to
the station: parked carts, half-paid sales, print jobs, requests under way, sign-in verifiers. Nothing about the cache.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Connection,
    Engine,
    Integer,
)
from sqlcipher3 import dbapi2 as sqlite_driver

from domain import operation as op
from domain.envelope import Envelope, chain
from domain.errors import Code, Refused
from domain.lease import moves
from ledger import schema
from ledger.clock import from_ms, to_ms
from ledger.database import open_sqlite
from ledger.journal_tables import entry as entry
from ledger.journal_tables import lease_move as lease_move
from ledger.journal_tables import metadata as metadata  # the tables are had from here
from ledger.journal_tables import open_sale as open_sale
from ledger.journal_tables import parked as parked
from ledger.journal_tables import print_job as print_job
from ledger.journal_tables import request as request
from ledger.journal_tables import series as series
from ledger.journal_tables import setting as setting
from ledger.journal_tables import stream as stream
from ledger.journal_tables import verifier as verifier

SCHEMA = 3
_NO_VERSION = 200  # a number that far on was not written by a later program


def open_journal(path: Path) -> Engine:
    """Opens or makes the journal. Refuses `journal_damaged` (the file is kept as it is) and `journal_newer`."""
    engine = open_sqlite(path, synchronous="FULL", shared=False)
    try:
        with engine.begin() as connection:
            found = _check(connection)
            schema.make(connection, metadata)
            if found == 1:
                _to_second(connection)
            if found in (1, 2):
                _to_third(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
    except sqlite_driver.DatabaseError as error:
        raise Refused(Code.JOURNAL_DAMAGED, file=path.name) from error
    except sa.exc.DatabaseError as error:
        if "full" in str(error.orig):
            raise Refused(Code.DISK_FULL) from error
        raise Refused(Code.JOURNAL_DAMAGED, file=path.name) from error
    return engine


def _check(connection: Connection) -> int:
    """The version of the file, 0 for a new one."""
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if not 0 <= found < _NO_VERSION:
        raise Refused(Code.JOURNAL_DAMAGED, file="journal.db")
    if found > SCHEMA:
        raise Refused(Code.JOURNAL_NEWER, found=found, known=SCHEMA)
    if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() != "ok":
        raise Refused(Code.JOURNAL_DAMAGED, file="journal.db")
    return int(found)


def _to_second(connection: Connection) -> None:
    """Requests say what they are about; what was sold before there were leases counts as sold."""
    connection.exec_driver_sql("ALTER TABLE request ADD COLUMN about VARCHAR(64) NOT NULL DEFAULT ''")
    for kept in kept_since(connection, 0):
        if kept.envelope.kind == op.BookingMade.__name__:
            note_moves(connection, kept.envelope, kept.envelope.operation())


def _to_third(connection: Connection) -> None:
    """Requests say who asked."""
    connection.exec_driver_sql("ALTER TABLE request ADD COLUMN staff_id VARCHAR(64) NOT NULL DEFAULT ''")


@dataclass(frozen=True, slots=True)
class Kept:
    """An operation as the journal keeps it, with its place."""

    row: int
    tx: int
    n: int
    envelope: Envelope
    hash: bytes


# Statements are built once: building one costs more than running it.
_LAST_CHAIN = sa.select(entry.c.chain).order_by(entry.c.row.desc()).limit(1)
_LAST_ROW = sa.select(sa.func.coalesce(sa.func.max(entry.c.row), 0))
_LAST_TX = sa.select(entry.c.tx).order_by(entry.c.row.desc()).limit(1)
_APPEND = sa.insert(entry)
_SINCE = sa.select(entry).where(entry.c.row > sa.bindparam("after")).order_by(entry.c.row)
_MOVE = sa.insert(lease_move)
_STREAM = sa.select(stream)
_COUNT = sa.update(stream).values(last_n=sa.bindparam("last"))
_QUEUE = (
    sa.select(entry)
    .where(entry.c.stream == sa.bindparam("name"), entry.c.n > sa.bindparam("after"))
    .order_by(entry.c.n)
    .limit(sa.bindparam("most", type_=Integer))
)


def append(connection: Connection, envelope: Envelope, tx: int) -> int:
    """Adds one operation in the caller's transaction: next row, next link of the chain, next number of the stream."""
    last = connection.execute(_LAST_CHAIN).scalar()
    now = current_stream(connection)
    digest = envelope.digest()
    values = _columns(envelope) | {"tx": tx, "hash": digest, "chain": chain(last or b"", digest)}
    place = {"stream": now.stream, "n": now.last_n + 1}
    connection.execute(_COUNT, {"last": now.last_n + 1})
    row = connection.execute(_APPEND, values | place).inserted_primary_key
    return int(row[0]) if row else 0


def note_moves(connection: Connection, envelope: Envelope, operation: op.Operation) -> None:
    """What the operation does to the places that this station may sell; in the transaction that appends it."""
    for move in moves(operation):
        values = {"session": move.session, "places": move.places, "lease_id": move.lease_id}
        connection.execute(_MOVE, values | {"incarnation": envelope.incarnation, "kind": envelope.kind})


def _columns(envelope: Envelope) -> dict[str, str | int]:
    return {
        "op_id": envelope.op_id,
        "kind": envelope.kind,
        "version": envelope.version,
        "station_id": envelope.station_id,
        "incarnation": envelope.incarnation,
        "staff_id": envelope.staff_id,
        "shift_id": envelope.shift_id,
        "device_at": to_ms(envelope.device_at),
        "offset_ms": envelope.offset_ms,
        "public": envelope.public,
        "private": envelope.private,
        "private_digest": envelope.private_digest,
    }


def _kept(row: sa.Row[tuple[object, ...]]) -> Kept:
    return kept_from(dict(row._mapping))


def kept_from(m: Mapping[str, Any]) -> Kept:
    """An operation from the columns of `entry`."""
    envelope = Envelope(
        m["op_id"],
        m["kind"],
        m["version"],
        m["station_id"],
        m["incarnation"],
        m["staff_id"],
        m["shift_id"],
        from_ms(m["device_at"]).astimezone(UTC),
        m["offset_ms"],
        m["public"],
        m["private"],
        m["private_digest"],
    )
    return Kept(m["row"], m["tx"], m["n"], envelope, m["hash"])


def last_row(connection: Connection) -> int:
    return int(connection.execute(_LAST_ROW).scalar_one())


def last_tx(connection: Connection) -> int:
    return int(connection.execute(_LAST_TX).scalar() or 0)


def kept_since(connection: Connection, row: int) -> list[Kept]:
    """Operations after journal row `row`, in order."""
    return [_kept(found) for found in connection.execute(_SINCE, {"after": row})]


def find(connection: Connection, op_id: str) -> Envelope | None:
    """One operation by its id."""
    row = connection.execute(sa.select(entry).where(entry.c.op_id == op_id)).first()
    return _kept(row).envelope if row else None


@dataclass(frozen=True, slots=True)
class Stream:
    """`epoch` is the server's, for which this stream was opened."""

    stream: str
    epoch: str
    last_n: int


def current_stream(connection: Connection) -> Stream:
    row = connection.execute(_STREAM).first()
    if row is None:
        fresh = Stream(secrets.token_hex(16), "", 0)
        connection.execute(sa.insert(stream).values(one=1, stream=fresh.stream, epoch="", last_n=0))
        return fresh
    return Stream(row.stream, row.epoch, row.last_n)


def adopt_epoch(connection: Connection, epoch: str) -> None:
    """The first server a fresh journal meets: its stream belongs to that epoch."""
    current_stream(connection)
    connection.execute(sa.update(stream).values(epoch=epoch))


def new_stream(connection: Connection, epoch: str, keep: Iterable[str]) -> None:
    """Opens a new stream and numbers the operations `keep` (ids) from 1 in row order; others leave the queue."""
    wanted = set(keep)
    name, n = secrets.token_hex(16), 0
    rows = connection.execute(sa.select(entry.c.row, entry.c.op_id).order_by(entry.c.row)).all()
    for row, op_id in rows:
        n += op_id in wanted
        place = {"stream": name, "n": n} if op_id in wanted else {"stream": "", "n": 0}
        connection.execute(sa.update(entry).where(entry.c.row == row).values(**place))
    current_stream(connection)
    connection.execute(sa.update(stream).values(stream=name, epoch=epoch, last_n=n))


def queue(connection: Connection, after_n: int, most: int) -> list[Kept]:
    """Operations of the current stream after `after_n`, at most about `most`, never splitting a transaction
    of fewer."""
    now = current_stream(connection)
    found = connection.execute(_QUEUE, {"name": now.stream, "after": after_n, "most": most + 1})
    kept = [_kept(row) for row in found]
    if len(kept) <= most:
        return kept
    whole = [item for item in kept if item.tx != kept[-1].tx]
    return whole or kept[:most]


def next_number(connection: Connection, name: str) -> int:
    """The next number of a series, taken in the caller's transaction: a rollback gives it back."""
    taken = connection.execute(sa.update(series).where(series.c.name == name).values(last=series.c.last + 1))
    if taken.rowcount == 0:
        connection.execute(sa.insert(series).values(name=name, last=1))
        return 1
    return int(connection.execute(sa.select(series.c.last).where(series.c.name == name)).scalar_one())


def is_begun(connection: Connection, name: str) -> bool:
    """Whether a series has given a number yet."""
    return connection.execute(sa.select(series.c.last).where(series.c.name == name)).first() is not None


def settings(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    rows = connection.execute(sa.select(setting).where(setting.c.name.in_(names)))
    return {row.name: row.value for row in rows}


PAPER = "paper:"  # before the id of a print job, in the name of a setting: where a folder keeps the paper


def save_setting(connection: Connection, name: str, value: str) -> None:
    connection.execute(sa.delete(setting).where(setting.c.name == name))
    connection.execute(sa.insert(setting).values(name=name, value=value))


def chain_is_whole(connection: Connection, most: int = 0) -> bool:
    """Whether every row still says what it said when it was sealed; `most` looks at the last so many rows only."""
    first = max(0, last_row(connection) - most) if most else 0
    sealed = sa.select(entry.c.chain).where(entry.c.row == first)
    before = connection.execute(sealed).scalar() or b""
    for row in connection.execute(_SINCE, {"after": first}):
        kept = _kept(row)
        before = chain(before, kept.envelope.digest())
        if (kept.envelope.digest(), before) != (row.hash, row.chain):
            return False
    return True
