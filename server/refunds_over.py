"""Refunds of which a void was faster end by themselves: the money is with the guest already."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.lease import HOLDER
from domain.refund import State
from ledger import read_refunds
from ledger import tables as t
from ledger.refund_row import RefundRow
from server.database import lock_subjects
from server.recovery import RECOVERY, awaited
from server.refunds import decided, sale_locks
from server.setup import SetUp

_AT_ONCE = 50
_VOIDED = sa.exists().where(t.sale_void.c.sale_id == t.refund_ask.c.sale_id)
_OVER = (
    sa.select(t.refund_ask.c.ask_id, t.refund_ask.c.sale_id)
    .where(_VOIDED, read_refunds.IS_OPEN)
    .order_by(t.refund_ask.c.ask_id)
    .limit(_AT_ONCE)
)


def end_overtaken(connection: Connection, setup: SetUp) -> None:
    """Withdraws what waits for a yes, or has one and no station: no till can be paying it. One that a station has ends
    there, by a person. None while stations are awaited, which may have paid one."""
    found = connection.execute(_OVER).all()
    if not found or awaited(connection):
        return
    asks = {f"refund:{row.ask_id}" for row in found}
    lock_subjects(connection, asks.union(RECOVERY, *(sale_locks(connection, row.sale_id) for row in found)))
    for row in found:
        refund = read_refunds.refund(connection, row.ask_id)
        if refund is not None and _is_with_nobody(refund):
            decided(setup, "withdrawn", op.RefundWithdrawn(setup.ids.new(), row.ask_id, ""), HOLDER, HOLDER)


def _is_with_nobody(row: RefundRow) -> bool:
    return row.state is State.REQUESTED or (row.state is State.APPROVED and not row.station_id)
