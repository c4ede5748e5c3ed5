"""What is wrong with money that went back: told from the rows, so that it may be asked again at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger.read_money import STANDS

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
    sa.select(t.refund_done.c.ask_id, sa.func.count())
    .where(t.refund_done.c.ask_id.in_(_KEYS))
    .group_by(t.refund_done.c.ask_id)
)
_DECIDED = sa.select(t.refund_decision.c.ask_id, t.refund_decision.c.decision).where(
    t.refund_decision.c.ask_id.in_(_KEYS)
)


def beyond_captured(connection: Connection, keys: list[str]) -> dict[str, int]:
    """By booking, the minor units that went back beyond what its payments brought; a payment that is not here yet tells
    nothing."""
    found: Counter[str] = Counter()
    for booking_id, beyond in connection.execute(_PAYMENTS, {"keys": keys}):
        found[booking_id] += int(beyond)
    return dict(found)


def paid(connection: Connection, keys: list[str]) -> Iterator[tuple[str, int, bool]]:
    """Of the asked refunds that were paid: how often, and whether an approval of it stands."""
    decided: dict[str, set[str]] = {}
    for ask_id, decision in connection.execute(_DECIDED, {"keys": keys}):
        decided.setdefault(ask_id, set()).add(decision)
    for ask_id, times in connection.execute(_DONE, {"keys": keys}):
        yield ask_id, int(times), decided.get(ask_id) == {"approved"}
