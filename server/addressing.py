"""Where a letter goes: to where its guest is reached when it leaves, on the channel that it was made for.

A code stays with the contact that it is for, and what may have arrived already where it may be.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import read_guests
from ledger import tables as t
from ledger.contact import contact_on, masked
from server import tables as own
from server.message_kinds import KINDS
from server.message_rows import changes, shows

_NOT_HANDED_OVER = "queued", "failed"
_c = own.outbox.c
_ROW = sa.select(own.outbox).where(_c.message_id == sa.bindparam("message"))
_EARLIER = (
    sa.select(own.outbox)
    .join(t.message, t.message.c.message_id == _c.message_id)
    .where(
        t.message.c.booking_id == sa.bindparam("booking"),
        _c.channel == sa.bindparam("channel"),
        _c.state.in_(_NOT_HANDED_OVER),
        _c.address != sa.bindparam("to"),
    )
    .order_by(_c.message_id)
    .with_for_update(of=own.outbox)
)


def address_now(connection: Connection, row: Any) -> str:
    """Empty where its guest has nothing on that channel any more."""
    kind = KINDS.get(row.kind)  # none of this version, after a later one was here
    if kind is None or kind.secret:
        return str(row.address)
    guest = read_guests.guest(connection, row.guest_id)
    return str(row.address) if guest is None or guest.erased else contact_on(row.channel, guest)


def follow(connection: Connection, row: Any) -> Any:
    """The row of a letter, going to where its guest is reached now. None where they are not: it can go nowhere."""
    if row.state not in _NOT_HANDED_OVER or row.doubts:
        return row
    to = address_now(connection, row)
    if not to or to == row.address:
        return row if to or not row.address else None
    changes(connection, row.message_id, address=to)
    shows(connection, row.message_id, address=masked(to))
    return connection.execute(_ROW, {"message": row.message_id}).one()


def bring_along(connection: Connection, booking_id: str, channel: str, to: str) -> None:
    """What waits about a booking goes with a newer letter about it, if their guest is reached there now: so that their
    order holds."""
    wanted = {"booking": booking_id, "channel": channel, "to": to}
    for row in connection.execute(_EARLIER, wanted).all() if booking_id else ():
        follow(connection, row)
