"""The server's change feed: one counter, bumped last in each transaction, and the pages that stations pull.

The counter hands out `seq` in commit order on SQLite and PostgreSQL alike: who waits for its row goes on only after
the holder's commit is visible. A plain sequence lost up to 30 % of the rows for a polling reader.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table

from ledger import tables as t
from ledger.cursor import Cursor, key_of
from ledger.database import insert
from ledger.rows import (
    FEW,
    Row,
    Shape,
    add_rows,
    by_shape,
    inserts,
    replace_row,
    replacing,
    shapes_of,
    values_of,
)
from ledger.tombstones import BY_NAME, END, FEED, RANK

metadata = MetaData()
head = Table(
    "feed_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("pruned", BigInteger, nullable=False, server_default="0"),
)
change = Table(
    "feed_change",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("tables", BigInteger, nullable=False),
    Column("mark", BigInteger, nullable=False, server_default="0"),
)
# Epochs before the present one. What a restored copy does not know of them tells that it is one.
past = Table("feed_epoch", metadata, Column("epoch", String(32), primary_key=True))
_FAR_BEHIND = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """`pruned`: up to this `seq` it is not kept any more what changed and what went away."""

    seq: int
    epoch: str
    pruned: int = 0


ADDED = (change.c.mark, head.c.pruned)
"""What databases of earlier versions lack."""


def prepare(connection: Connection) -> None:
    """Makes the counter of a new database, under a fresh epoch."""
    if connection.execute(sa.select(head)).first() is None:
        connection.execute(sa.insert(head).values(one=1, seq=0, epoch=secrets.token_hex(8)))


def renew_epoch(connection: Connection, instead_of: str = "") -> bool:
    """After a restore from a backup: stations must fetch everything anew and push what the backup lost. False when
    the epoch is not `instead_of` any more: somebody else was first."""
    before = read_head(connection).epoch
    renewed = sa.update(head).values(epoch=secrets.token_hex(8)).where(head.c.epoch == (instead_of or before))
    if connection.execute(renewed).rowcount == 0:
        return False
    note_epoch(connection, before)
    return True


def note_epoch(connection: Connection, epoch: str) -> None:
    """It was given, by this database or by a later one of which this is an older copy."""
    connection.execute(insert(past, connection).values(epoch=epoch).on_conflict_do_nothing())


def is_unknown(connection: Connection, epoch: str, top: Head) -> bool:
    """Whether this database never had that epoch. A text that is none is no evidence."""
    is_epoch = len(epoch) == len(top.epoch) and epoch != top.epoch
    return is_epoch and not was(connection, epoch)


def was(connection: Connection, epoch: str) -> bool:
    """Whether that epoch was before the present one, here or in a later state of this database."""
    return connection.execute(_PAST, {"epoch": epoch}).first() is not None


_PAST = sa.select(past).where(past.c.epoch == sa.bindparam("epoch"))


def read_head(connection: Connection) -> Head:
    row = connection.execute(_HEAD).one()
    return Head(row.seq, row.epoch, row.pruned)


_HEAD = sa.select(head)
_MARKED = sa.select(change.c.seq, change.c.mark).where(change.c.seq.in_(sa.bindparam("seqs", expanding=True)))


def marks(connection: Connection, *cursors: Cursor) -> dict[int, int]:
    """The marks noted with the cursors' `seq`, by these; none where it is not known any more."""
    seqs = {"seqs": [cursor.seq for cursor in cursors]}
    return {row.seq: row.mark for row in connection.execute(_MARKED, seqs) if row.mark}


def is_beyond(cursor: Cursor, top: Head, known: dict[int, int]) -> bool:
    """Whether this epoch gave a place that this database has not reached, or reached otherwise: it is an older copy of
    what it was. Where a restored server has long passed the place, the mark tells."""
    if cursor.epoch != top.epoch:
        return False
    return cursor.seq > top.seq or bool(cursor.mark and known.get(cursor.seq, cursor.mark) != cursor.mark)


def is_too_old(cursor: Cursor, top: Head) -> bool:
    """Whether something may have gone away after this place that the server does not know any more."""
    seen = cursor.seq if cursor.rank >= END else cursor.seq - 1
    return cursor.seq > 0 and max(seen, cursor.began) < top.pruned


_NOTE = sa.insert(change)
_BUMP = sa.update(head).values(seq=head.c.seq + 1).returning(head.c.seq)
_STAMP = {
    table.name: sa.update(table).where(table.c.seq == 0).values(seq=sa.bindparam("stamp", type_=BigInteger))
    for table in FEED
}


def publish(
    connection: Connection, touched: Iterable[str], last: Iterable[Row] = (), replaced: Iterable[Row] = ()
) -> int:
    """Takes the next `seq`, stamps this transaction's rows of the `touched` tables (those still at 0), adds the rows
    of `last` and puts those of `replaced` in the place of older ones; nothing before it needed either.

    The last thing before the commit. Returns the `seq`.
    """
    late, newer = list(last), list(replaced)
    if connection.dialect.name == "postgresql":
        return _publish_in_one(connection, set(touched), late, newer)
    for table, values in newer:
        replace_row(connection, table, values)
    seq = int(connection.execute(_BUMP).scalar_one())
    for name in (names := _ranked(touched)):
        connection.execute(_STAMP[name], {"stamp": seq})
    stamped = ((table, {**values, "seq": seq} if table.name in RANK else values) for table, values in late)
    mask = _mask(_ranked({*names, *add_rows(connection, stamped)}))
    connection.execute(_NOTE, {"seq": seq, "tables": mask, "mark": _new_mark()})
    return seq


def _publish_in_one(connection: Connection, touched: set[str], late: list[Row], newer: list[Row]) -> int:
    """One statement for a database at the end of a wire; a lot of rows goes before it."""
    if len(late) > FEW:
        touched |= add_rows(connection, late)
        late = []
    shapes, replaced = by_shape(late), tuple(table for table, _ in newer)
    values = values_of(shapes)
    for table, row in newer:
        values |= {f"{table.name}_{name}": value for name, value in row.items()}
    mask = _mask(_ranked({*touched, *(table.name for table, _, _ in shapes_of(shapes))}))
    statement = _in_one(_ranked(touched), shapes_of(shapes), replaced)
    return int(connection.execute(statement, values | {"tables": mask, "mark": _new_mark()}).scalar_one())


def _new_mark() -> int:
    """What tells this `seq` from one that a restored copy of this database gives out again."""
    return secrets.randbits(31) | 1


def _ranked(names: Iterable[str]) -> tuple[str, ...]:
    """Those that are in the feed, in its order."""
    return tuple(sorted((name for name in set(names) if name in RANK), key=RANK.__getitem__))


def _mask(names: Iterable[str]) -> int:
    return sum(1 << t.NUMBER[name] for name in names)


@lru_cache(maxsize=500)
def _in_one(stamped: tuple[str, ...], late: tuple[Shape, ...], replaced: tuple[Table, ...]) -> sa.Select[Any]:
    """Counter, stamps, note, rows of `late` under the new `seq` and replaced rows."""
    bump = _BUMP.cte("bump")
    seq = sa.select(bump.c.seq).scalar_subquery()
    tables = [BY_NAME[name] for name in stamped]
    parts: list[Any] = [sa.update(table).where(table.c.seq == 0).values(seq=seq) for table in tables]
    parts += inserts(late, seq=seq)
    for table in replaced:
        row = {
            column.name: sa.bindparam(f"{table.name}_{column.name}", type_=column.type) for column in table.c
        }
        parts.append(replacing(table, "postgresql").values(row))
    given = [sa.bindparam(name, type_=BigInteger) for name in ("tables", "mark")]
    parts.append(sa.insert(change).from_select(["seq", "tables", "mark"], sa.select(bump.c.seq, *given)))
    return sa.select(bump.c.seq).add_cte(*(part.cte(f"part_{place}") for place, part in enumerate(parts)))


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


# A ticket's code is not sent: whoever holds the venue's key can sign again and gets the same text (Ed25519 has no
# chance in it), and the code alone is three times as long as the rest of the row.
_STAYS = frozenset(
    (("ticket", "code"), *((table.name, name) for table in t.SYNCED for name in ("op_id", "local")))
)


def columns_of(table: Table) -> tuple[str, ...]:
    """What travels of a table, `seq` last."""
    names = (str(column.name) for column in table.columns)
    return (*(name for name in names if (table.name, name) not in _STAYS and name != "seq"), "seq")


def sealed(found: Found, epoch: str, known: dict[int, int]) -> Found:
    """With the signs of this life on the cursor that the station gets."""
    place = found.next
    return replace(found, next=replace(place, epoch=epoch, mark=known.get(place.seq, 0)))


_COLUMNS = {table.name: columns_of(table) for table in FEED}


def read_page(connection: Connection, buckets: Sequence[str], after: Cursor, most: int) -> Found:
    """The next rows of `buckets` after a cursor, at most `most`, in (seq, table, key) order; one snapshot's truth."""
    top = read_head(connection)
    found: list[_Found] = []
    bound = top.seq
    for table in _moved_since(connection, after, top):
        more = _rows_after(connection, table, buckets, after, (bound, most + 1))
        found += more
        if more and len(found) > most:
            found.sort(key=_place)  # stable: within a table the database's own key order holds
            del found[most + 1 :]
            bound = found[most][0]  # no later row of another table can be in this page
    found.sort(key=_place)
    if len(found) > most:
        page = found[:most]
        place = replace(_cursor_at(page[-1]), began=after.began if after.seq else top.seq)
        return Found(_slices(page), place, False, top.seq)
    return Found(_slices(found), Cursor(top.seq, END, ""), True, top.seq)


_Found = tuple[int, int, tuple[str | int, ...]]  # seq, the table's rank, the row
_place = itemgetter(0, 1)


def _cursor_at(found: _Found) -> Cursor:
    seq, rank, row = found
    table = FEED[rank]
    places = [_COLUMNS[table.name].index(str(key.name)) for key in table.primary_key]
    return Cursor(seq, rank, "\t".join(str(row[place]) for place in places))


_MASKS = sa.select(change.c.tables).where(change.c.seq >= sa.bindparam("after")).limit(_FAR_BEHIND).subquery()
_MOVED = sa.select(_MASKS.c.tables, sa.func.count()).group_by(_MASKS.c.tables)


_NEWEST = sa.select(*(sa.select(sa.func.max(table.c.seq)).scalar_subquery() for table in FEED))


def _moved_since(connection: Connection, after: Cursor, top: Head) -> list[Table]:
    """The tables with changes: by their newest rows when that would be too long a look back, or is not noted any
    more."""
    mask = behind = 0
    noted = after.seq >= max(1, top.pruned)
    if noted:
        for tables, times in connection.execute(_MOVED, {"after": after.seq}):
            mask, behind = mask | tables, behind + times
    if not noted or behind == _FAR_BEHIND:
        newest = connection.execute(_NEWEST).one()
        return [table for table, seq in zip(FEED, newest, strict=True) if seq and seq >= after.seq]
    return [table for table in FEED if mask >> t.NUMBER[table.name] & 1]


def _rows_after(
    connection: Connection, table: Table, buckets: Sequence[str], after: Cursor, limits: tuple[int, int]
) -> list[_Found]:
    """Rows up to a `seq`, at most so many (`limits`), in order."""
    rank = RANK[table.name]
    values: dict[str, object] = {
        "buckets": buckets,
        "after": after.seq,
        "bound": limits[0],
        "most": limits[1],
    }
    if rank == after.rank:
        values |= {f"key{number}": part for number, part in enumerate(key_of(after.key, table))}
    found = connection.execute(_beyond(table, (rank > after.rank) - (rank < after.rank)), values)
    return [(row[-1], rank, tuple(row)) for row in found.all()]


@cache
def _beyond(table: Table, place: int) -> sa.Select[Any]:
    """Rows of a table after a cursor in the same table (`place` 0), in an earlier one (1) or in a later one (-1).

    Reads along the index (seq, key): a page costs what it brings, wherever it starts.
    """
    seq, after = table.c.seq, sa.bindparam("after", type_=BigInteger)
    keys = tuple(table.primary_key)
    at = [sa.bindparam(f"key{number}", type_=key.type) for number, key in enumerate(keys)]
    beyond = {-1: seq > after, 0: sa.tuple_(seq, *keys) > sa.tuple_(after, *at), 1: seq >= after}[place]
    wanted = sa.select(*(table.c[name] for name in _COLUMNS[table.name])).where(
        beyond,
        seq > 0,
        seq <= sa.bindparam("bound", type_=BigInteger),
        table.c.bucket.in_(sa.bindparam("buckets", expanding=True)),
    )
    return wanted.order_by(seq, *keys).limit(sa.bindparam("most", type_=Integer))


def _slices(page: Sequence[_Found]) -> tuple[Slice, ...]:
    by_rank: dict[int, list[tuple[str | int, ...]]] = {}
    for _, rank, row in page:
        by_rank.setdefault(rank, []).append(row)
    return tuple(Slice(FEED[rank], rows) for rank, rows in sorted(by_rank.items()))
