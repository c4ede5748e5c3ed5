"""What the venue's set-up was at which time, as the journal of what was saved has it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.operation_house import RecordSaved
from server import tables as own

_SAVED = (
    sa.select(own.inbox.c.public, own.inbox.c.received_at)
    .where(own.inbox.c.kind == RecordSaved.__name__)
    .order_by(own.inbox.c.received_at)
)


def saved(connection: Connection, kind: str) -> Iterator[tuple[RecordSaved, int]]:
    """Each version of the records of a kind, the oldest first, with when it came (ms since 1970)."""
    for row in connection.execute(_SAVED):
        said = codec.loads(RecordSaved, row.public)
        if said.kind == kind:
            yield said, row.received_at
