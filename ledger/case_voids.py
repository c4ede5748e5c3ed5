"""What is wrong with sales that were voided: told from the rows, so that it may be asked again at any time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.card import AttemptState, Direction
from domain.void_told import Sold, TakenBack, Told, Wrong, wrongs
from ledger import tables as t
from ledger.case_finding import Finding
from ledger.read_money import CHARGED, SALE_STANDS, STANDS

_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_MEANT = sa.union(
    sa.select(t.refund.c.booking_id, t.refund.c.op_id).where(t.refund.c.booking_id.in_(_KEYS)),
    sa.select(t.charge_void.c.booking_id, t.charge_void.c.op_id).where(t.charge_void.c.booking_id.in_(_KEYS)),
).subquery()
_VOIDS = (
    sa.select(
        _MEANT.c.booking_id,
        t.sale_void,
        t.document.c.station_id,
        t.document.c.staff_id,
        t.document.c.gross,
    )
    .join(t.sale_void, t.sale_void.c.op_id == _MEANT.c.op_id)
    .join(t.document, t.document.c.document_id == t.sale_void.c.document_id)
    .order_by(_MEANT.c.booking_id, t.sale_void.c.at, t.sale_void.c.void_id)
)
_SALE: sa.BindParameter[str] = sa.bindparam("sale")
_BOOKING: sa.BindParameter[str] = sa.bindparam("booking")
_SOLD = sa.select(t.sale).where(t.sale.c.sale_id == _SALE, t.sale.c.booking_id == _BOOKING)
_PAYMENTS = sa.select(t.payment.c.payment_id, t.payment.c.method, t.payment.c.amount).where(
    t.payment.c.sale_id == _SALE, STANDS
)
_CAPTURED = (
    sa.exists()
    .where(
        t.card_outcome.c.attempt_id == t.card_attempt.c.attempt_id,
        t.card_outcome.c.state == AttemptState.CAPTURED.value,
    )
    .label("captured")
)
_BACK = (
    sa.select(t.payment.c.payment_id, t.card_attempt.c.attempt_id, t.card_attempt.c.amount, _CAPTURED)
    .join(t.card_attempt, t.card_attempt.c.original_id == t.payment.c.attempt_id)
    .where(
        t.payment.c.sale_id == _SALE,
        t.payment.c.attempt_id != "",
        t.card_attempt.c.direction == Direction.REVERSAL.value,
    )
)
_PARTS = sa.select(t.refund).where(t.refund.c.op_id == sa.bindparam("op"), t.refund.c.booking_id == _BOOKING)
_LEFT = sa.select(
    sa.exists()
    .where(
        t.sale.c.booking_id == _BOOKING,
        SALE_STANDS,
    )
    .label("sold"),
    sa.exists()
    .where(
        t.ticket.c.booking_id == _BOOKING,
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .label("good"),
    sa.exists()
    .where(
        t.charge.c.booking_id == _BOOKING,
        CHARGED,
    )
    .label("standing"),
)
_VOID: sa.BindParameter[str] = sa.bindparam("void")
_SEQ: sa.BindParameter[int] = sa.bindparam("seq", type_=sa.BigInteger)  # what was put in together has one
_OTHERS = sa.select(
    sa.or_(
        sa.exists().where(
            t.ticket_cancel.c.seq == _SEQ,
            t.ticket_cancel.c.void_id == _VOID,
            t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id,
            t.ticket.c.booking_id != _BOOKING,
        ),
        sa.exists().where(
            t.charge_void.c.seq == _SEQ,
            t.charge_void.c.void_id == _VOID,
            t.charge_void.c.charge_id == t.charge.c.charge_id,
            t.charge.c.booking_id != _BOOKING,
        ),
    )
)


def voids(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """What is wrong with voids, by the booking that each says it is of."""
    told: dict[str, list[Any]] = {}
    for row in connection.execute(_VOIDS, {"keys": keys}).all():
        told.setdefault(row.booking_id, []).append(row)
    for booking_id, rows in told.items():
        yield from ((booking_id, found) for found in _otherwise(connection, booking_id, rows))


def _otherwise(connection: Connection, booking_id: str, rows: list[Any]) -> Iterator[Finding]:
    """Of several, the first that differs is named."""
    kinds, facts = set[Wrong](), list[tuple[str, str]]()
    for row in rows:
        sale = connection.execute(_SOLD, {"sale": row.sale_id, "booking": booking_id}).first()
        sold, told = _sold(connection, sale), _told(connection, sale, row)
        found = wrongs(sold, told)
        if found and not facts:
            facts.append(("sale", row.sale_id))
        if sold is not None and Wrong.AMOUNT in set(found) - kinds:
            facts += [("sold_minor", str(sold.gross)), ("gave_minor", str(told.gross))]
        kinds |= set(found)
    if kinds:
        differs = ", ".join(wrong for wrong in Wrong if wrong in kinds)
        yield Finding("void_otherwise", (facts[0], ("differs", differs), *facts[1:]))


def _sold(connection: Connection, sale: Any) -> Sold | None:
    if sale is None:
        return None
    payments = {row.payment_id: (row.method, row.amount) for row in _payments(connection, sale.sale_id)}
    return Sold((sale.station_id, sale.shift_id), sale.gross, payments)


def _payments(connection: Connection, sale_id: str) -> list[Any]:
    return list(connection.execute(_PAYMENTS, {"sale": sale_id}))


def _told(connection: Connection, sale: Any, row: Any) -> Told:
    booking_id = sale.booking_id if sale else ""
    left = connection.execute(_LEFT, {"booking": booking_id}).one()
    mine = {"void": row.void_id, "seq": row.seq, "booking": booking_id}
    others = connection.execute(_OTHERS, mine).scalar_one()
    return Told(
        (row.station_id, row.shift_id),
        (row.staff_id, row.approver_id),
        row.gross,
        tuple(_parts(connection, sale, row.op_id)),
        good=bool(left.good and not left.sold),
        standing=bool(left.standing and not left.sold),
        others=bool(others),
    )


def _parts(connection: Connection, sale: Any, op_id: str) -> Iterator[TakenBack]:
    if sale is None:
        return
    tried = connection.execute(_BACK, {"sale": sale.sale_id}).all()
    taken = {(row.payment_id, row.attempt_id): row.amount for row in tried if row.captured}
    refused = {row.payment_id for row in tried} - {payment_id for payment_id, _ in taken}
    for part in connection.execute(_PARTS, {"op": op_id, "booking": sale.booking_id}):
        is_taken = taken.get((part.payment_id, part.attempt_id)) == part.amount
        yield TakenBack(part.payment_id, part.method, part.amount, is_taken, part.payment_id in refused)
