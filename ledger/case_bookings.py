"""What is wrong with a booking made ahead that was changed: told from the rows, so that it may be asked again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import Booked, How
from ledger import tables as t

_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_CHANGED = (
    sa.select(
        t.reservation_change.c.booking_id,
        sa.func.max(sa.case((t.reservation_change.c.how == How.BEFORE.value, 1), else_=0)).label("before"),
    )
    .where(t.reservation_change.c.booking_id.in_(_KEYS))
    .group_by(t.reservation_change.c.booking_id)
)
_BODY = sa.select(t.reservation.c.body).where(t.reservation.c.booking_id == sa.bindparam("booking"))
_CHARGED = sa.select(t.charge.c.charge_id, t.charge.c.gross).where(
    t.charge.c.booking_id == sa.bindparam("booking"),
    ~sa.exists().where(t.charge_void.c.charge_id == t.charge.c.charge_id),
)


def paid_before(connection: Connection, keys: list[str]) -> dict[str, int]:
    """By booking that was paid as it was before a change: the minor units of what it was paid for besides what it is
    now, which is more than nothing where it was paid as both."""
    found = {}
    for booking_id, before in connection.execute(_CHANGED, {"keys": keys}).all():
        body = connection.execute(_BODY, {"booking": booking_id}).scalar()
        lines = codec.loads(Booked, body).lines if body else ()
        now = {line.charge_id for line in lines}
        charged = connection.execute(_CHARGED, {"booking": booking_id})
        beside = sum(row.gross for row in charged if row.charge_id not in now)
        if beside or before:
            found[booking_id] = int(beside)
    return found
