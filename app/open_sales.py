"""Sales being paid, as the journal keeps them: the cart, the cash taken, and with the card attempts the tenders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown import OpenPayment
from domain import cart as carts
from domain import codec
from domain.card import OPEN, AttemptState, Direction
from domain.cart import Cart
from domain.money import Money, total
from domain.sale import CardTender, CashTender, Tender
from ledger import journal, read_money, read_setup
from ledger.read_money import Attempt


@dataclass(frozen=True, slots=True)
class CashPart:
    """Cash already taken in a sale that is not closed yet."""

    amount: Money
    tendered: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenSale:
    """A sale being paid, as the journal keeps it. Card money is read from the attempts."""

    sale_id: str
    cart: Cart
    shift_id: str
    staff_id: str
    cash: tuple[CashPart, ...] = ()

    @property
    def due(self) -> Money:
        return carts.totals(self.cart).gross


def load(connection: Connection, sale_id: str) -> OpenSale | None:
    """None when the sale is closed, was given up, or never was."""
    body = connection.execute(
        sa.select(journal.open_sale.c.body).where(journal.open_sale.c.sale_id == sale_id)
    ).scalar()
    return codec.loads(OpenSale, body) if body else None


def save(connection: Connection, opened: OpenSale, now_ms: int) -> None:
    values = {"body": codec.dumps(opened)}
    mine = journal.open_sale.c.sale_id == opened.sale_id
    if connection.execute(sa.update(journal.open_sale).where(mine).values(**values)).rowcount == 0:
        connection.execute(sa.insert(journal.open_sale).values(sale_id=opened.sale_id, at=now_ms, **values))


def forget(connection: Connection, sale_id: str) -> None:
    """The sale is closed or given up."""
    connection.execute(sa.delete(journal.open_sale).where(journal.open_sale.c.sale_id == sale_id))


def tenders_of(cache: Connection, opened: OpenSale) -> list[Tender]:
    """Card money first, cash last: change comes from cash only."""
    cards: list[Tender] = [
        CardTender(
            Money(found.captured, found.amount.currency),
            found.attempt_id,
            found.scheme,
            found.wallet,
            found.last4,
            found.approval,
        )
        for found in charged(read_money.attempts_of_sale(cache, opened.sale_id))
    ]
    return cards + [CashTender(part.amount, part.tendered) for part in opened.cash]


def charged(attempts: list[Attempt]) -> list[Attempt]:
    """Captured charges that were not taken back."""
    back = {
        a.original_id
        for a in attempts
        if a.direction == Direction.REVERSAL and a.state is AttemptState.CAPTURED
    }
    captured = [a for a in attempts if a.direction == Direction.CHARGE and a.state is AttemptState.CAPTURED]
    return [attempt for attempt in captured if attempt.attempt_id not in back]


def unfinished(
    cache: Connection, opened: OpenSale, since: datetime, is_asking: Callable[[str], bool]
) -> OpenPayment:
    """The sale as lists show it; `is_asking` tells of an attempt whether the terminal is waited for at this moment."""
    found = [each for each in read_money.attempts_of_sale(cache, opened.sale_id) if each.state in OPEN]
    cart = opened.cart
    paid = total((tender.amount for tender in tenders_of(cache, opened)), cart.currency)
    unknown = total((each.amount for each in found), cart.currency)
    lost = any(each.state is not AttemptState.ASKED or not is_asking(each.attempt_id) for each in found)
    seller = read_setup.staff_name(cache, opened.staff_id)
    what = cart.items, cart.lines[0].product.name, seller
    return OpenPayment(opened.sale_id, opened.due, paid, unknown, since, *what, bool(paid) or lost)
