"""What tills said ended lies where its ticket is: a gate that holds the one holds the other."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from ledger import tables as t

_ENDS = t.ticket_cancel.c
_WHERE = sa.select(t.ticket.c.bucket).where(t.ticket.c.ticket_id == _ENDS.ticket_id).scalar_subquery()
_BESIDE = (
    sa.update(t.ticket_cancel)
    .where(_ENDS.void_id.in_(sa.bindparam("ends", expanding=True)), _ENDS.seq == 0, _ENDS.bucket != _WHERE)
    .values(bucket=_WHERE)
)


def lay_beside(connection: Connection, operations: Iterable[op.Operation]) -> None:
    """Of what was put in just now. A till says its sale's day, and some of its tickets may have moved to another."""
    ends = [
        said.void_id if isinstance(said, op.SaleVoided) else said.paid_id
        for said in operations
        if isinstance(said, op.SaleVoided | op.RefundPaid) and said.tickets
    ]
    if ends:
        connection.execute(_BESIDE, {"ends": ends})
