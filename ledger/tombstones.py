"""The server's marks of rows that left a bucket, because they moved to another one or are gone.

A row tells by itself where it is, never where it was. A station that holds the old bucket only would keep it for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, String, Table

from ledger import tables as t
from ledger.rows import replace_row

metadata = MetaData()
tombstone = Table(
    "tombstone",
    metadata,
    Column("bucket", String(64), primary_key=True),
    Column("of", String(32), primary_key=True),
    Column("key", String(256), primary_key=True),
    Column("seq", BigInteger, nullable=False, server_default="0"),
)
Index("ix_tombstone_feed", tombstone.c.seq, *tombstone.primary_key)

# The order within a transaction in the feed: a tombstone after the rows, the result last of all.
FEED = (*t.SYNCED[:-1], tombstone, t.SYNCED[-1])
RANK = {table.name: rank for rank, table in enumerate(FEED)}
BY_NAME = {table.name: table for table in FEED}
END = len(FEED)
_APART = "\x1f"  # a cursor joins keys by a tab


def leave(connection: Connection, table: Table, row: Mapping[str, Any], bucket: str) -> str:
    """Says that `row` (its key is enough) is not in `bucket` any more. Returns the name of the table that was touched,
    for `feed.publish`, which gives it the `seq` of the row itself."""
    key = _APART.join(str(row[column.name]) for column in table.primary_key)
    replace_row(connection, tombstone, {"bucket": bucket, "of": table.name, "key": key, "seq": 0})
    return str(tombstone.name)


def key_values(table: Table, key: str) -> dict[str, str | int]:
    """The key columns of a tombstone's row. Raises ValueError for what is no key of the table."""
    parts = zip(table.primary_key, key.split(_APART), strict=True)
    return {column.name: part if column.type.python_type is str else int(part) for column, part in parts}
