"""Forgetting what the feed need not tell any more: tombstones and notes of changes older than 90 days.

Nothing in the feed has a time. Each run of the job notes how far the feed is, and what was reached so long ago is
old enough. A station whose place is before that fetches everything anew (`feed.is_too_old`).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table

from ledger import feed
from ledger.rows import replace_row
from ledger.tombstones import tombstone

KEPT_MS = 90 * 24 * 3600 * 1000
metadata = MetaData()
reached = Table(
    "feed_reached",
    metadata,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)


def prune(connection: Connection, now_ms: int, kept_ms: int = KEPT_MS) -> int:
    """Notes how far the feed is at `now_ms` and forgets what is older than `kept_ms`. The transaction's last work.

    Returns the `seq` up to which it has forgotten something just now, 0 for nothing.
    """
    top = feed.read_head(connection)
    replace_row(connection, reached, {"at": now_ms, "seq": top.seq})
    old = reached.c.at <= now_ms - kept_ms
    upto = int(connection.execute(sa.select(sa.func.max(reached.c.seq)).where(old)).scalar() or 0)
    connection.execute(sa.delete(reached).where(old))
    if upto <= top.pruned:
        return 0
    connection.execute(sa.delete(tombstone).where(tombstone.c.seq <= upto))
    connection.execute(
        sa.delete(feed.change).where(feed.change.c.seq < upto)
    )  # its own mark still tells copies apart
    moved = sa.update(feed.head).where(feed.head.c.pruned < upto).values(pruned=upto)
    return upto if connection.execute(moved).rowcount else 0
