"""A payment that was keyed wrongly: whether it can be put right here and now, and the record that does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.recording import Recording
from app.shown import PaidBy
from domain import operation as op
from domain.correction import Correction, Means, Recorded, Said, correct
from domain.errors import Code, Refused
from domain.money import Money
from ledger import read_money, read_refunds
from ledger import tables as t
from ledger.clock import Ids

_METHODS = {Means.CASH: "cash", Means.KEYED_CARD: "card"}


def payments(connection: Connection, sale_id: str, shift_id: str) -> tuple[PaidBy, ...]:
    """Those that stand, each with a refusal code where it cannot be corrected in the open shift, empty where it can."""
    rows: Iterable[Any] = read_money.payments_of_sale(connection, sale_id)
    return tuple(
        PaidBy(
            row.payment_id,
            row.method,
            row.scheme,
            row.last4,
            Money(row.amount, row.currency),
            _why_not(connection, row, shift_id),
        )
        for row in rows
    )


def _why_not(connection: Connection, row: Any, shift_id: str) -> str:
    """Asked of the rule itself, for something else than what was keyed."""
    was = _recorded(connection, row)
    other = Said(Means.CASH) if was.said.means is not Means.CASH else Said(Means.KEYED_CARD, "mada", "", "0")
    try:
        correct(was, other, ids=("", ""), shift_id=shift_id, reason="?")
    except Refused as refused:
        return refused.code.value
    return ""


def record(
    recording: Recording, payment_id: str, said: Said, who: tuple[str, str], shift_id: str, ids: Ids
) -> None:
    """`who` is the reason and who let it be. Refuses as `domain.correction.correct`, and `document_unknown`."""
    connection, (reason, approver_id) = recording.cache, who
    row: Any = connection.execute(sa.select(t.payment).where(t.payment.c.payment_id == payment_id)).first()
    if row is None:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    was = _recorded(connection, row)
    made = correct(was, said, ids=(ids.new(), ids.new()), shift_id=shift_id, reason=reason)
    recording.add(_operation(connection, row, made, approver_id))


def _recorded(connection: Connection, row: Any) -> Recorded:
    said = Said(Means.CASH)
    if row.method == "card":
        means = Means.TERMINAL_CARD if row.attempt_id else Means.KEYED_CARD
        said = Said(means, row.scheme, row.last4, row.approval)
    amount = Money(row.amount, row.currency)
    return Recorded(row.payment_id, row.shift_id, amount, said, _is_undone(connection, row))


def _is_undone(connection: Connection, row: Any) -> bool:
    """It was corrected, its sale was voided, or money of it went back or is asked for."""
    fixed = sa.exists().where(t.tender_fix.c.payment_id == row.payment_id)
    voided = sa.exists().where(t.sale_void.c.sale_id == row.sale_id)
    back = sa.exists().where(t.refund.c.payment_id == row.payment_id)
    if connection.execute(sa.select(sa.or_(fixed, voided, back))).scalar_one():
        return True
    shares = (
        share.payment_id
        for each in read_refunds.refunds_of_sale(connection, row.sale_id)
        if each.holds
        for share in each.asked.shares
    )
    return row.payment_id in shares


def _operation(connection: Connection, row: Any, made: Correction, approver_id: str) -> op.TenderCorrected:
    new, booking = made.new, sa.select(t.booking.c.day).where(t.booking.c.booking_id == row.booking_id)
    card = new.said.scheme, "", new.said.last4, new.said.approval
    said = op.TenderPart(new.payment_id, _METHODS[new.said.means], new.amount, new.amount, "", *card)
    day = date.fromisoformat(connection.execute(booking).scalar_one())
    where = row.sale_id, row.booking_id, day, new.shift_id
    return op.TenderCorrected(
        made.counter.counter_id, row.payment_id, *where, row.method, said, made.reason, approver_id
    )


def keyed_card(connection: Connection, sale_id: str) -> bool:
    """Whether a card of the sale was typed from a slip, or is not known here: no terminal can take it back."""
    rows: Iterable[Any] = read_money.payments_of_sale(connection, sale_id)
    cards = [row.attempt_id for row in rows if row.method == "card"]
    return any(read_money.attempt(connection, attempt_id) is None for attempt_id in cards)
