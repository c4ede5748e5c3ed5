"""What a whole copy comes to, table by table: how many rows, and a sum that every value of every row goes into.

Both sides count in the same way; the order in which a database gives its rows does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Table

from ledger import tables as t

_AT_ONCE = 1_000
_BITS = 64


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows of one table: how many there are, and the sum over these `columns` of each (64 bits, hex)."""

    rows: int
    total: str
    columns: tuple[str, ...]


Manifest = dict[str, Sum]


def count(connection: Connection, table: Table, columns: Sequence[str], buckets: Sequence[str]) -> Sum:
    """The rows of these buckets that are the server's."""
    wanted = sa.select(*(table.c[name] for name in columns)).where(
        table.c.seq > 0, table.c.bucket.in_(buckets)
    )
    rows = total = 0
    for part in connection.execute(wanted).partitions(_AT_ONCE):
        rows += len(part)
        total += sum(_weight(tuple(row)) for row in part)
    return Sum(rows, f"{total % (1 << _BITS):x}", tuple(columns))


def _weight(values: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(orjson.dumps(values), digest_size=_BITS // 8).digest(), "big")


def differing(connection: Connection, expected: Manifest, buckets: Sequence[str]) -> list[str]:
    """The tables of a copy that are not as the server's. Of columns that this version does not have only the rows can
    be counted; a table that it does not have is nothing to it."""
    return [name for name, sum_ in expected.items() if not _is_as(connection, name, sum_, buckets)]


def _is_as(connection: Connection, name: str, expected: Sum, buckets: Sequence[str]) -> bool:
    table = t.BY_NAME.get(name)
    if table is None:
        return True
    columns = [column for column in expected.columns if column in table.c]
    here = count(connection, table, columns, buckets)
    return here == expected or (len(columns) < len(expected.columns) and here.rows == expected.rows)
