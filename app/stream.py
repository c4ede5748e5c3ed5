"""The stream that numbers a station's operations for the server: when a new one begins, and what goes on in it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import cache, journal


def follow_epoch(epoch: str, journalled: Connection) -> None:
    """The cache is of `epoch`. A server that was put back to an older copy may lack anything: all goes out again."""
    now = journal.current_stream(journalled)
    if epoch and not now.epoch:
        journal.adopt_epoch(journalled, epoch)
    elif epoch and now.epoch != epoch:
        kept = journal.kept_since(journalled, 0)
        journal.new_stream(journalled, epoch, [item.envelope.op_id for item in kept])


def reopen(cached: Connection, journalled: Connection) -> None:
    """What the server has not answered goes on in a new stream of the same epoch."""
    kept = cache.unsettled(cached, journal.kept_since(journalled, 0))
    epoch = journal.current_stream(journalled).epoch
    journal.new_stream(journalled, epoch, [item.envelope.op_id for item in kept])


def waiting(at: cache.Level, journalled: Connection) -> int:
    """How many operations the server, as the cache stands `at`, does not have yet."""
    row = journalled.execute(sa.select(journal.stream)).first()
    if row is None:
        return 0
    return max(0, int(row.last_n) - (at.n if at.stream == row.stream else 0))
