"""What is wrong with money that went back: told from the rows, so that it may be asked again at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.card import AttemptState
from domain.money import Money
from domain.refund import State
from domain.refund_paid import GivenBack, PaidBack, Wrong, wrongs
from ledger import read_gate, read_refunds
from ledger import tables as t
from ledger.case_finding import Finding
from ledger.read_money import STANDS
from ledger.refund_row import RefundRow

_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_BACK = (
    sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0))
    .where(t.refund.c.payment_id == t.payment.c.payment_id)
    .scalar_subquery()
)
# Only where a refund is in it: a sale that was voided twice has a case of its own.
_CAME = sa.case((STANDS, t.payment.c.amount), else_=0)  # what was keyed wrongly never came this way
_PAYMENTS = sa.select(t.payment.c.booking_id, (_BACK - _CAME).label("beyond")).where(
    t.payment.c.booking_id.in_(_KEYS),
    _CAME < _BACK,
    sa.exists().where(t.refund_done.c.booking_id == t.payment.c.booking_id),
)
_DONE = (
    sa.select(t.refund_done)
    .where(t.refund_done.c.ask_id.in_(_KEYS))
    .order_by(t.refund_done.c.at, t.refund_done.c.paid_id)
)
_BOOKING: sa.BindParameter[str] = sa.bindparam("booking")
_OP: sa.BindParameter[str] = sa.bindparam("op")
_PARTS = sa.select(t.refund).where(t.refund.c.booking_id == _BOOKING, t.refund.c.op_id == _OP)
_LINES = sa.select(t.refund_line).where(t.refund_line.c.booking_id == _BOOKING, t.refund_line.c.op_id == _OP)
_TAKEN = sa.select(t.refund_try.c.attempt_id, t.refund_try.c.payment_id).where(
    t.refund_try.c.ask_id == sa.bindparam("ask"),
    sa.exists().where(
        t.card_outcome.c.attempt_id == t.refund_try.c.attempt_id,
        t.card_outcome.c.state == AttemptState.CAPTURED.value,
    ),
)
# What was put in together has one `seq`.
_ENDED = sa.select(t.ticket_cancel.c.ticket_id).where(
    t.ticket_cancel.c.seq == sa.bindparam("seq", type_=sa.BigInteger),
    t.ticket_cancel.c.void_id == sa.bindparam("paid"),
)


def beyond_captured(connection: Connection, keys: list[str]) -> dict[str, int]:
    """By booking, the minor units that went back beyond what its payments brought; a payment that is not here yet tells
    nothing."""
    found: Counter[str] = Counter()
    for booking_id, beyond in connection.execute(_PAYMENTS, {"keys": keys}) if keys else ():
        found[booking_id] += int(beyond)
    return dict(found)


def refunds(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """What is wrong with refunds that were paid, by what was asked for."""
    done: dict[str, list[Any]] = {}
    for row in connection.execute(_DONE, {"keys": keys}).all():
        done.setdefault(row.ask_id, []).append(row)
    for ask_id, rows in done.items():
        yield from ((ask_id, found) for found in _refund(connection, ask_id, rows))


def _refund(connection: Connection, ask_id: str, rows: list[Any]) -> Iterator[Finding]:
    about = ("refund", ask_id)
    if len(rows) > 1:
        yield Finding("refunded_twice", (about, ("credits", str(len(rows)))))
    asked = read_refunds.refund(connection, ask_id)
    decided = read_refunds.decided(connection, ask_id)
    if {each.state for each in decided} != {State.APPROVED}:
        yield Finding("refund_unapproved", (about,))
    if asked is None:
        return  # an older copy has forgotten it, with its approval
    if any(row.station_id != asked.station_id for row in rows):
        has = (("has_station", asked.station_id),) if asked.station_id else ()
        yield Finding("refund_elsewhere", (about, *has))
    yield from _otherwise(connection, asked, rows)


def _otherwise(connection: Connection, row: RefundRow, rows: list[Any]) -> Iterator[Finding]:
    approver_id = row.approval.staff_id if row.approval else ""
    told = [_paid(connection, row, each) for each in rows]
    found = {wrong: paid for paid in told for wrong in wrongs(row.asked, paid, approver_id)}
    if found:
        kinds = ", ".join(wrong for wrong in Wrong if wrong in found)
        facts = [("refund", row.asked.ask_id), ("differs", kinds)]
        if Wrong.AMOUNT in found:
            gave = found[Wrong.AMOUNT].amount.minor
            facts += [("asked_minor", str(row.asked.amount.minor)), ("gave_minor", str(gave))]
        yield Finding("refund_otherwise", tuple(facts))


def _paid(connection: Connection, row: RefundRow, done: Any) -> PaidBack:
    asked, mine = row.asked, {"booking": done.booking_id, "op": done.op_id}
    taken = {(each.attempt_id, each.payment_id) for each in connection.execute(_TAKEN, {"ask": asked.ask_id})}
    parts = connection.execute(_PARTS, mine).all()
    ended = connection.execute(_ENDED, {"seq": done.seq, "paid": done.paid_id}).scalars()
    gone = read_gate.ended_among(connection, asked.tickets) if asked.tickets else set()
    return PaidBack(
        done.staff_id,
        (done.sale_id, done.booking_id),
        Money(done.amount, done.currency),
        {line.charge_id: (line.pieces, line.gross) for line in connection.execute(_LINES, mine)},
        tuple(
            GivenBack(each.payment_id, each.method, each.amount, (each.attempt_id, each.payment_id) in taken)
            for each in parts
        ),
        frozenset(ended),
        frozenset(asked.tickets) - gone,
        done.approver_id,
    )
