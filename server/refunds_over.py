"""Refunds of which a void was faster end by themselves: the money is with the guest already."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Life
from domain.errors import Refused
from domain.refund import Reason, State
from ledger import read_refunds
from ledger import tables as t
from ledger.refund_row import RefundRow
from server.database import lock_subjects
from server.holding import STANDS
from server.recovery import awaited
from server.refund_tasks import begin, offers
from server.refunds import guest_locks, withdraw
from server.setup import SetUp

_VOIDED = sa.exists().where(t.sale_void.c.sale_id == t.refund_ask.c.sale_id)
_OVER = sa.and_(_VOIDED, read_refunds.IS_OPEN)


def end_overtaken(connection: Connection, setup: SetUp) -> None:
    """Withdraws what waits for a yes, or has one and no station: no till can be paying it. One that a station has ends
    there, by a person. None while stations are awaited, which may have paid one."""
    found = read_refunds.refunds(connection, _OVER)
    if not found or awaited(connection):
        return
    lock_subjects(connection, set[str]().union(*(guest_locks(connection, row.asked) for row in found)))
    for row in read_refunds.refunds(connection, _OVER):
        if _is_with_nobody(row):
            withdraw(setup, row)
            _again(setup, row)


def _again(setup: SetUp, row: RefundRow) -> None:
    """What a guest called off is called off under the receipt that stands, where another till was paid for it too."""
    booking_id = row.asked.booking_id
    mine = t.reservation.c.booking_id == booking_id, t.reservation.c.life == Life.CONFIRMED.value
    stands = setup.connection.execute(sa.select(t.reservation.c.booking_id).where(*mine, STANDS)).first()
    if not row.asked.by_guest or stands is None:
        return
    try:
        for sale, given in offers(setup.connection, booking_id, Reason.CUSTOMER_CANCEL, setup.now):
            begin(setup, sale, given, Reason.CUSTOMER_CANCEL)
    except Refused:
        return  # a guest came in, or the policies give nothing by now: staff and guest see where it stands


def _is_with_nobody(row: RefundRow) -> bool:
    return row.state is State.REQUESTED or (row.state is State.APPROVED and not row.station_id)
