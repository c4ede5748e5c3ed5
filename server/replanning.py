"""A refund that the server began is planned anew by itself once a payment by which its money was to go back turns out
to have been keyed wrongly: a guest is not told no for a till's slip. The old one is withdrawn by the server, the same
is entered, and nobody is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.errors import Refused
from domain.refund import Paid, State, plan
from ledger import read_refunds, read_sold
from ledger import tables as t
from ledger.refund_row import RefundRow
from server.database import lock_subjects
from server.recovery import awaited
from server.refunds import enter, guest_locks, withdraw
from server.setup import SetUp

_ASK = t.refund_ask.c
_WAITING = sa.and_(
    _ASK.station_id == "",
    sa.exists().where(t.tender_fix.c.booking_id == _ASK.booking_id),
    ~sa.exists().where(t.refund_decision.c.ask_id == _ASK.ask_id),
    ~sa.exists().where(t.refund_done.c.ask_id == _ASK.ask_id),
)
"""What the server began and nobody decided about, of which a payment was corrected at some time."""


def plan_anew(connection: Connection, setup: SetUp) -> None:
    """Those that can be; of the others a person says no, or withdraws them. To be called in a transaction of its
    own."""
    waiting = read_refunds.refunds(connection, _WAITING)
    if not waiting:
        return
    lock_subjects(connection, set[str]().union(*(guest_locks(connection, row.asked) for row in waiting)))
    if awaited(connection):
        return  # an older copy may not know what was decided
    for row in read_refunds.refunds(connection, _WAITING):
        if row.state is State.REQUESTED and read_refunds.is_corrected(connection, row):
            _again(setup, row)
    setup.publish()


def _again(setup: SetUp, row: RefundRow) -> None:
    asked, sale = row.asked, read_sold.sale_held(setup.connection, row.asked.sale_id)
    if sale is None or sale.voided:
        return
    try:
        parts = plan(asked.amount, _without(asked, sale.payments))
        shares = tuple(op.RefundShare(each.payment_id, each.instrument.value, each.amount) for each in parts)
        with setup.connection.begin_nested():
            withdraw(setup, row)
            enter(setup, replace(asked, ask_id=setup.ids.new(), shares=shares))
    except Refused:
        return


def _without(asked: op.RefundAsked, payments: tuple[Paid, ...]) -> Iterator[Paid]:
    """The payments as they are once nothing is held for it."""
    held = {share.payment_id: share.amount for share in asked.shares}
    for each in payments:
        yield replace(each, reserved=each.reserved - held.get(each.payment_id, each.reserved.zero))
