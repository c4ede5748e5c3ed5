"""The stream that numbers a station's operations for the server: when a new one begins, and what goes on in it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from app.recording import Identity
from ledger import cache, journal
from ledger.wire import Standing

_AT_N = sa.select(journal.entry.c.op_id).where(
    journal.entry.c.stream == sa.bindparam("stream"), journal.entry.c.n == sa.bindparam("n")
)


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


def standing(at: cache.Level, journalled: Connection, who: Identity | None) -> tuple[str, Standing]:
    """The stream, how far the server said it had it and it goes, what the journal answers for, and what it is now."""
    now = journal.current_stream(journalled)
    had = at.n if at.stream == now.stream else 0
    been, incarnation = (who.been, who.incarnation) if who else ("", 0)
    return now.stream, Standing(now.epoch, had, now.last_n, been, incarnation)


def is_foreign(stream: str, n: int, op_id: str, journalled: Connection) -> bool:
    """Whether the server has an operation at a place of ours, or beyond our last, that is not ours."""
    now = journal.current_stream(journalled)
    if stream != now.stream:
        return False
    here = journalled.execute(_AT_N, {"stream": stream, "n": n}).scalar()
    return n > now.last_n or here not in (None, op_id)


def within(kept: list[journal.Kept], most: int) -> list[journal.Kept]:
    """The operations from the first on that weigh at most about `most` together; a transaction is cut only when it
    alone weighs more."""
    weight, fits = 0, list[journal.Kept]()
    for item in kept:
        weight += len(item.envelope.public.encode())
        if fits and weight > most:
            whole = [other for other in fits if other.tx != item.tx]
            return whole or fits
        fits.append(item)
    return fits
