"""What came a day ago without that which belongs to it, and what of that has come since: see `ledger.case_alone`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.card import AttemptState
from ledger import tables as t
from ledger.case_alone import ALONE
from server import tables as own
from server.setup import SetUp
from server.standing import judge

AFTER_MS = 24 * 3600_000
_BEFORE_MS = 45 * 24 * 3600_000  # what is older was looked at while it was not
_MOST = 500
_FROM: sa.BindParameter[int] = sa.bindparam("since", type_=sa.BigInteger)
_UPTO: sa.BindParameter[int] = sa.bindparam("upto", type_=sa.BigInteger)
_SUBJECT = f"{ALONE}:"


def _old(op_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """By when it came here: a clock at a till tells nothing of that."""
    return own.inbox.c.op_id == op_id, own.inbox.c.received_at.between(_FROM, _UPTO)


_HALVES = (
    sa.select(t.booking.c.booking_id).where(
        *_old(t.booking.c.op_id), ~sa.exists().where(t.sale.c.booking_id == t.booking.c.booking_id)
    ),
    sa.select(t.sale.c.booking_id).where(
        *_old(t.sale.c.op_id), ~sa.exists().where(t.booking.c.booking_id == t.sale.c.booking_id)
    ),
)


def _said(table: sa.Table) -> Any:
    """What its rows say that an attempt moved."""
    mine = table.c.attempt_id == t.card_outcome.c.attempt_id
    return sa.select(sa.func.coalesce(sa.func.sum(table.c.amount), 0)).where(mine).scalar_subquery()


_MOVED = sa.select(t.card_outcome.c.attempt_id).where(
    *_old(t.card_outcome.c.outcome_id),
    t.card_outcome.c.state == AttemptState.CAPTURED.value,
    t.card_outcome.c.amount > _said(t.payment) + _said(t.refund),
)
_OPEN = sa.select(t.case_item.c.subject).where(
    t.case_item.c.subject.startswith(_SUBJECT), t.case_item.c.closed_at == 0
)


def found(connection: Connection, now_ms: int) -> list[str]:
    """The subjects to look at: what is alone for a day, and what was."""
    return [*dict.fromkeys((*_found(connection, now_ms), *_open(connection)))]


def look(setup: SetUp, about: Iterable[str]) -> None:
    """Opens the cases of what is alone, closes those of what is not any more."""
    if judge(setup.connection, about, setup.now_ms).changed:
        setup.touch(t.case_item)
        setup.publish()


def _found(connection: Connection, now_ms: int) -> Iterator[str]:
    when = {"since": now_ms - _BEFORE_MS, "upto": now_ms - AFTER_MS}
    for halves in _HALVES:
        found = connection.execute(halves.limit(_MOST), when).scalars()
        yield from (f"{_SUBJECT}booking/{booking_id}" for booking_id in found)
    found = connection.execute(_MOVED.limit(_MOST), when).scalars()
    yield from (f"{_SUBJECT}attempt/{attempt_id}" for attempt_id in found)


def _open(connection: Connection) -> list[str]:
    return list(connection.execute(_OPEN).scalars())
