"""What is paid of bookings made ahead: asked for together, however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Paid, paid
from domain.money import Money
from ledger import read_money
from ledger import tables as t

_CHUNK = 500


def _summed(table: sa.Table, amount: str, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    booking = table.c.booking_id
    return (
        sa.select(booking, sa.func.sum(table.c[amount]))
        .where(booking.in_(sa.bindparam("bookings", expanding=True)), *which)
        .group_by(booking)
    )


_OWED = _summed(t.charge, "gross", read_money.CHARGED)
_CAME = _summed(t.payment, "amount", read_money.STANDS)
_BACK = _summed(t.refund, "amount")
_DEBTS = sa.select(t.booking.c.booking_id, read_money.owed_by(t.booking.c.booking_id)).where(
    t.booking.c.booking_id.in_(sa.bindparam("bookings", expanding=True))
)


def paid_of(connection: Connection, totals: Mapping[str, Money]) -> dict[str, Paid]:
    """The payment axis of each booking, of which the total is what was agreed: before it is paid it owes that,
    afterwards what its charges come to."""
    found = (counted(connection, what, list(totals)) for what in (_OWED, _CAME, _BACK, _DEBTS))
    owed, came, back, debts = found

    def axis(key: str, agreed: Money) -> Paid:
        if debts.get(key, 0) < 0:
            return Paid.OVER_PAID
        due = owed.get(key, 0 if came.get(key) else agreed.minor)
        minors = due, came.get(key, 0), back.get(key, 0)
        return paid(*(Money(minor, agreed.currency) for minor in minors))

    return {key: axis(key, agreed) for key, agreed in totals.items()}


def stays_paid(connection: Connection, row: Any) -> Money:
    """Of a reservation: what came in and did not go back."""
    came, back = (
        counted(connection, what, [row.booking_id]).get(row.booking_id, 0) for what in (_CAME, _BACK)
    )
    return Money(came - back, row.currency)


def counted(connection: Connection, what: sa.Select[Any], ids: Sequence[str]) -> dict[str, int]:
    """By booking what a statement finds of some `bookings`; nothing for one of which it finds nothing."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), _CHUNK):
        found |= {
            key: int(n) for key, n in connection.execute(what, {"bookings": ids[start : start + _CHUNK]})
        }
    return found
