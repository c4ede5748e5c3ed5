"""Which charges a sale was paid for: of a booking that was paid as it was both before and after a change, its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t

_TOGETHER_MS = 200  # a till records both at one moment
_BOOKING: sa.BindParameter[str] = sa.bindparam("booking")
_STATES = (
    sa.select(t.charge.c.op_id, sa.func.sum(t.charge.c.gross).label("gross"))
    .where(t.charge.c.booking_id == _BOOKING)
    .group_by(t.charge.c.op_id)
    .order_by(t.charge.c.op_id)
)
_CHARGES = sa.select(t.charge.c.charge_id).where(t.charge.c.booking_id == _BOOKING)
_ALIKE = (
    sa.select(t.sale.c.sale_id)
    .where(t.sale.c.booking_id == _BOOKING, t.sale.c.gross == sa.bindparam("gross"))
    .order_by(t.sale.c.op_id)
)


def charges_of(connection: Connection, sale: Any) -> set[str]:
    """The charges on the invoice of a sale's row.

    A booking has those of one state, however many tills were paid for it, until one is paid for another: each state
    came with an operation of its till, and an invoice comes to what its state costs. Of states that cost the same it is
    the one that was recorded with the sale; else the first is that of the first such sale. All of the booking, where
    no state comes to that: somebody took off more.
    """
    mine = {"booking": sale.booking_id}
    states = connection.execute(_STATES, mine).all()
    fitting = [row.op_id for row in states if row.gross == sale.gross]
    found = _CHARGES
    if len(states) > 1 and fitting:
        alike = list(connection.execute(_ALIKE, mine | {"gross": sale.gross}).scalars())
        just = _made_ms(sale.op_id) - _TOGETHER_MS
        with_it = [op_id for op_id in fitting if just <= _made_ms(op_id) and op_id < sale.op_id]
        turn = fitting[min(alike.index(sale.sale_id), len(fitting) - 1)]
        found = found.where(t.charge.c.op_id == (with_it[-1] if with_it else turn))
    return set(connection.execute(found, mine).scalars())


def _made_ms(op_id: str) -> int:
    """When an id was made; 0 for what is no such id."""
    try:
        return UUID(op_id).int >> 80
    except ValueError:
        return 0
