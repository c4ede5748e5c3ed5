"""The server's change feed: one counter, bumped last in each transaction, and the pages that stations pull.

The counter hands out `seq` in commit order on SQLite and PostgreSQL alike: who waits for its row goes on only after
the holder's commit is visible. A plain sequence lost up to 30 % of the rows for a polling reader.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table

from ledger import tables as t
from ledger.database import add_rows

metadata = MetaData()
head = Table(
    "feed_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("epoch", String(32), nullable=False),
)
change = Table(
    "feed_change",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("tables", BigInteger, nullable=False),
)
_FAR_BEHIND = 2_000
_ALL = (1 << len(t.SYNCED)) - 1


@dataclass(frozen=True, slots=True)
class Head:
    seq: int
    epoch: str


def prepare(connection: Connection) -> None:
    """Makes the counter of a new database, under a fresh epoch."""
    if connection.execute(sa.select(head)).first() is None:
        connection.execute(sa.insert(head).values(one=1, seq=0, epoch=secrets.token_hex(8)))


def renew_epoch(connection: Connection) -> None:
    """After a restore from a backup: stations must fetch everything anew and push what the backup lost."""
    connection.execute(sa.update(head).values(epoch=secrets.token_hex(8)))


def read_head(connection: Connection) -> Head:
    row = connection.execute(_HEAD).one()
    return Head(row.seq, row.epoch)


_HEAD = sa.select(head)
_NOTE = sa.insert(change)
_BUMP = sa.update(head).values(seq=head.c.seq + 1).returning(head.c.seq)
_STAMP = {
    table.name: sa.update(table).where(table.c.seq == 0).values(seq=sa.bindparam("stamp", type_=BigInteger))
    for table in t.SYNCED
}


def publish(
    connection: Connection, touched: Iterable[str], last: Iterable[tuple[Table, dict[str, str | int]]] = ()
) -> int:
    """Takes the next `seq`, stamps this transaction's rows of the `touched` tables (those still at 0) and adds the
    rows of `last`, which nothing before it needed.

    The last thing before the commit. Returns the `seq`.
    """
    if connection.dialect.name == "postgresql":
        names = _ranked({*touched, *add_rows(connection, last)})
        return int(connection.execute(_in_one(names), {"tables": _mask(names)}).scalar_one())
    seq = int(connection.execute(_BUMP).scalar_one())
    for name in (names := _ranked(touched)):
        connection.execute(_STAMP[name], {"stamp": seq})
    late = add_rows(connection, ((table, values | {"seq": seq}) for table, values in last))
    connection.execute(_NOTE, {"seq": seq, "tables": _mask({*names, *late})})
    return seq


def _ranked(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=t.RANK.__getitem__))


def _mask(names: Iterable[str]) -> int:
    return sum(1 << t.RANK[name] for name in names)


@cache
def _in_one(names: tuple[str, ...]) -> sa.Select[int]:
    """Counter, stamps and note as one statement, for databases at the end of a wire."""
    bump = _BUMP.cte("bump")
    seq = sa.select(bump.c.seq).scalar_subquery()
    tables = [t.BY_NAME[name] for name in names]
    stamps = [
        sa.update(table)
        .where(table.c.seq == 0)
        .values(seq=seq)
        .returning(table.c.seq)
        .cte(f"stamp_{table.name}")
        for table in tables
    ]
    noted = sa.select(bump.c.seq, sa.bindparam("tables", type_=BigInteger))
    note = sa.insert(change).from_select(["seq", "tables"], noted).returning(change.c.seq).cte("note")
    return sa.select(bump.c.seq).add_cte(*stamps, note)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the feed: everything up to (`seq`, table `rank`, `key`) has been sent. Keys are joined by a tab."""

    seq: int = 0
    rank: int = -1
    key: str = ""

    def text(self) -> str:
        return f"{self.seq}.{self.rank}.{self.key}" if self.seq else ""


def parse_cursor(text: str) -> Cursor:
    """Raises ValueError for anything that is no cursor."""
    if not text:
        return Cursor()
    seq, rank, key = text.split(".", 2)
    return Cursor(int(seq), int(rank), key)


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one table in feed order, each with `seq` last."""

    table: Table
    rows: list[tuple[str | int, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    slices: tuple[Slice, ...]
    next: Cursor
    complete: bool
    head: int


def columns_of(table: Table) -> tuple[str, ...]:
    """What travels of a table: its own columns, the bucket and `seq`; `op_id` and `local` stay."""
    names = (str(column.name) for column in table.columns)
    return (*(name for name in names if name not in ("op_id", "local", "seq")), "seq")


_SELECT = {table.name: sa.select(*(table.c[name] for name in columns_of(table))) for table in t.SYNCED}


def read_page(connection: Connection, buckets: Sequence[str], after: Cursor, most: int) -> Found:
    """The next rows of `buckets` after a cursor, at most `most`, in (seq, table, key) order; one snapshot's truth."""
    top = read_head(connection).seq
    found: list[tuple[int, int, str, tuple[str | int, ...]]] = []
    for table in _moved_since(connection, after):
        found += _rows_after(connection, table, buckets, after, most)
    found.sort(key=lambda item: item[:2])  # stable: within a table the database's own key order holds
    page, rest = found[:most], found[most:]
    if rest:
        last = page[-1]
        return Found(_slices(page), Cursor(last[0], last[1], last[2]), False, top)
    return Found(_slices(page), Cursor(top, len(t.SYNCED), ""), True, top)


def _moved_since(connection: Connection, after: Cursor) -> list[Table]:
    rows = (
        connection.execute(sa.select(change.c.tables).where(change.c.seq >= after.seq).limit(_FAR_BEHIND))
        .scalars()
        .all()
    )
    mask = _ALL if len(rows) == _FAR_BEHIND or not after.seq else 0
    for row in rows:
        mask |= row
    return [table for table in t.SYNCED if mask >> t.RANK[table.name] & 1]


def _rows_after(
    connection: Connection, table: Table, buckets: Sequence[str], after: Cursor, most: int
) -> list[tuple[int, int, str, tuple[str | int, ...]]]:
    rank = t.RANK[table.name]
    seq, keys = table.c.seq, tuple(table.primary_key)
    beyond = seq > after.seq
    if rank > after.rank:
        beyond = seq >= after.seq if after.seq else seq > 0
    elif rank == after.rank:
        key = _key_of(after.key, table)
        beyond = sa.or_(seq > after.seq, sa.and_(seq == after.seq, sa.tuple_(*keys) > sa.tuple_(*key)))
    wanted = _SELECT[table.name].where(table.c.bucket.in_(buckets), beyond, seq > 0)
    columns = columns_of(table)
    places = [columns.index(key.name) for key in keys]
    rows = connection.execute(wanted.order_by(seq, *keys).limit(most + 1)).all()
    return [(row[-1], rank, "\t".join(str(row[i]) for i in places), tuple(row)) for row in rows]


def _key_of(text: str, table: Table) -> list[str | int]:
    parts = text.split("\t")
    kinds = [column.type.python_type for column in table.primary_key]
    return [int(part) if kind is int else part for part, kind in zip(parts, kinds, strict=True)]


def _slices(page: Sequence[tuple[int, int, str, tuple[str | int, ...]]]) -> tuple[Slice, ...]:
    by_rank: dict[int, list[tuple[str | int, ...]]] = {}
    for _, rank, _, row in page:
        by_rank.setdefault(rank, []).append(row)
    return tuple(Slice(t.SYNCED[rank], rows) for rank, rows in sorted(by_rank.items()))
