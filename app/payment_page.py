"""How a payment looks: sums and rows from the cart, the cash taken and the card attempts. Pure reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown import Paid, PaymentPage, TenderRow, TenderStatus
from domain import codec
from domain.card import OPEN, AttemptState, Direction
from domain.cart import Cart, totals
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money, total
from domain.sale import quick_amounts
from ledger import read_money
from ledger import tables as t
from ledger.clock import from_ms
from ledger.read_money import Attempt


def build_page(
    sale_id: str,
    cart: Cart,
    cash: Sequence[tuple[Money, datetime]],
    cards: tuple[list[Attempt], str],
    notes: Sequence[int],
) -> PaymentPage:
    """The page of an open sale. `cards` are its attempts and the terminal's name."""
    attempts, terminal = cards
    due, zero = totals(cart).gross, Money(0, cart.currency)
    rows = [TenderRow("cash", TenderStatus.DONE, amount, at) for amount, at in cash]
    rows += [_attempt_row(found, attempts) for found in attempts if found.direction == Direction.CHARGE]
    paid = total((row.amount for row in rows if row.status is TenderStatus.DONE), cart.currency)
    unknown = total(
        (found.amount for found in attempts if found.state in OPEN and found.state is not AttemptState.ASKED),
        cart.currency,
    )
    left = max(due - paid - unknown, zero, key=lambda money: money.minor)
    tenders = tuple(sorted(rows, key=lambda row: row.at))
    return PaymentPage(sale_id, cart, due, paid, left, unknown, tenders, quick_amounts(left, notes), terminal)


def _attempt_row(found: Attempt, attempts: list[Attempt]) -> TenderRow:
    reversed_ = any(a.original_id == found.attempt_id and a.state is AttemptState.CAPTURED for a in attempts)
    status, amount, reason, why = TenderStatus.FAILED, found.amount, None, ""
    match found.state:
        case AttemptState.CAPTURED if not reversed_:
            status, amount = TenderStatus.DONE, Money(found.captured, found.amount.currency)
        case AttemptState.ASKED:
            status = TenderStatus.WAITING
        case AttemptState.UNKNOWN | AttemptState.PARKED:
            status = TenderStatus.UNKNOWN
        case AttemptState.DECLINED:
            reason, why = _words(found.reason), found.how
        case AttemptState.CANCELLED:
            why = found.reason
    part = status is TenderStatus.DONE and amount.minor < found.amount.minor
    return TenderRow(
        "card",
        status,
        amount,
        found.at,
        found.scheme,
        found.wallet,
        found.last4,
        found.approval,
        reason,
        found.attempt_id,
        found.amount if part else None,
        why,
    )


def _words(text: str) -> Words | None:
    try:
        said = codec.loads(Words, text)
    except Refused:
        return None
    return said if said.en or said.ar else None


def paid_page(connection: Connection, sale_id: str, terminal: str) -> PaymentPage:
    """The page of a closed sale; refuses `document_unknown` for an id that never was a sale."""
    sale = connection.execute(sa.select(t.sale).where(t.sale.c.sale_id == sale_id)).first()
    document = read_money.document(connection, sale.document_id) if sale else None
    if sale is None or document is None:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    payments: list[Any] = list(read_money.payments_of_sale(connection, sale_id))
    rows = tuple(
        TenderRow(
            row.method,
            TenderStatus.DONE,
            Money(row.amount, row.currency),
            from_ms(row.at),
            row.scheme,
            row.wallet,
            row.last4,
            row.approval,
        )
        for row in payments
    )
    gross, zero = document.receipt.gross, document.receipt.gross.zero
    change = Money(sum(row.tendered - row.amount for row in payments), gross.currency)
    counted = sa.select(sa.func.count()).where(t.ticket.c.booking_id == sale.booking_id)
    tickets = connection.execute(counted).scalar_one()
    paid = Paid(sale_id, document.document_id, document.number, gross, change, tickets)
    return PaymentPage(sale_id, Cart(gross.currency), gross, gross, zero, zero, rows, (), terminal, paid)
