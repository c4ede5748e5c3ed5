"""How a message stands: in the outbox, and as staff see it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from server import tables as own

NEVER = 1 << 62  # nobody need look at it any more


def shows(connection: Connection, message_id: str, **values: str | int) -> str:
    """Changes what staff see of a message; returns the name of the table, for `feed.publish`."""
    mine = t.message.c.message_id == message_id
    connection.execute(sa.update(t.message).where(mine).values(**values, seq=0))
    return str(t.message.name)


def changes(connection: Connection, message_id: str, **values: str | int) -> None:
    mine = own.outbox.c.message_id == message_id
    connection.execute(sa.update(own.outbox).where(mine).values(**values))


def alert_of(message_id: str) -> str:
    """The id of the alert that a message was given up."""
    return f"message:{message_id}"
