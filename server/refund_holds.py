"""What open refunds hold of each payment, as the database itself keeps it: never more than is left of what came in.

Whoever decides has worked that out under the sale's lock; this is for the day on which somebody did not. Facts of
stations only give back what was held, so they are never refused by it, whatever they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.money import Money
from ledger import read_refunds
from ledger import tables as t
from ledger.database import upsert
from ledger.read_money import STANDS
from server import tables as own

_PAYMENT: sa.BindParameter[str] = sa.bindparam("payment")
_CAME = sa.select(sa.func.coalesce(sa.func.sum(t.payment.c.amount), 0)).where(
    t.payment.c.payment_id == _PAYMENT, STANDS
)
_WENT = sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0)).where(
    t.refund.c.payment_id == _PAYMENT
)
_account = own.payment_account.c
_MINE = _account.payment_id == _PAYMENT
_AMOUNT: sa.BindParameter[int] = sa.bindparam("amount", type_=sa.BigInteger)
_GIVE_BACK = sa.update(own.payment_account).where(_MINE).values(reserved=_account.reserved - _AMOUNT)
_GONE = _GIVE_BACK.values(refunded=_account.refunded + _AMOUNT)
_LEFT = sa.select(
    sa.func.coalesce(sa.func.min(_CAME.scalar_subquery() - _WENT.scalar_subquery() - _account.reserved), 0)
)


def reserve(connection: Connection, said: op.RefundAsked) -> None:
    """From now on its payments hold its shares, in the order of their ids. Refuses `refund_too_much` where the database
    does: then nothing is held."""
    rows = [
        {"ask_id": said.ask_id, "payment_id": each.payment_id, "amount": each.amount.minor}
        for each in said.shares
    ]
    for row in sorted(rows, key=lambda row: str(row["payment_id"])):
        values = {"payment": row["payment_id"], "amount": row["amount"]}
        try:
            with connection.begin_nested():
                connection.execute(_reserving(connection.dialect.name), values)
        except sa.exc.IntegrityError as error:
            left = connection.execute(_LEFT.where(_MINE), values).scalar_one()
            most = Money(max(0, int(left)), said.amount.currency)
            raise Refused(Code.REFUND_TOO_MUCH, most=most.decimal()) from error
    if rows:
        connection.execute(sa.insert(own.refund_share), rows)


@cache
def _reserving(dialect: str) -> Any:
    """Brings the row of a payment level with what is known of it, and reserves the amount: as it is at this moment,
    whatever whoever asks has read before. What went back does not come again."""
    given = {"payment_id": _PAYMENT, "captured": _CAME.scalar_subquery(), "refunded": _WENT.scalar_subquery()}
    statement = upsert(own.payment_account, dialect).values(**given, reserved=_AMOUNT)
    fresh = statement.excluded
    went = sa.case((fresh.refunded > _account.refunded, fresh.refunded), else_=_account.refunded)
    level = {"captured": fresh.captured, "refunded": went, "reserved": _account.reserved + fresh.reserved}
    return statement.on_conflict_do_update(index_elements=[_account.payment_id], set_=level)


def let_go(connection: Connection, ask_ids: Sequence[str], *, gone: bool = False) -> None:
    """Nothing is held for these any more; `gone`: what was is with the guest. Once for each of them."""
    c = own.refund_share.c
    ended = sa.delete(own.refund_share).where(c.ask_id.in_(ask_ids)).returning(c.payment_id, c.amount)
    for payment_id, amount in sorted(tuple(row) for row in connection.execute(ended)):
        connection.execute(_GONE if gone else _GIVE_BACK, {"payment": payment_id, "amount": amount})


def note_paid(connection: Connection, given: Iterable[tuple[Envelope, op.Operation]]) -> None:
    """What stations say they paid back is not held any more."""
    if paid := [said.ask_id for _, said in given if isinstance(said, op.RefundPaid)]:
        let_go(connection, paid, gone=True)


def begin(connection: Connection) -> None:
    """Of a database of an earlier version: what its open refunds hold. Where that is too much already, no more is
    reserved of it."""
    accounts: dict[str, int] = {}
    for row in read_refunds.open_refunds(connection):
        for share in row.asked.shares if row.holds else ():
            values = {
                "ask_id": row.asked.ask_id,
                "payment_id": share.payment_id,
                "amount": share.amount.minor,
            }
            connection.execute(sa.insert(own.refund_share).values(**values))
            accounts[share.payment_id] = accounts.get(share.payment_id, 0) + share.amount.minor
    for payment_id, reserved in accounts.items():
        mine = {"payment": payment_id}
        came, went = (int(connection.execute(each, mine).scalar_one()) for each in (_CAME, _WENT))
        values = {"payment_id": payment_id, "captured": max(came, reserved + went), "reserved": reserved}
        connection.execute(sa.insert(own.payment_account).values(**values, refunded=went))
