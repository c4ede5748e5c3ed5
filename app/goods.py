"""Goods of which there are so many a day, as far as this station knows: what others sold is found when all told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from domain.cart import Cart
from ledger import read_setup
from ledger.read_goods import check_left


def check_goods(
    connection: Connection, cart: Cart, now: datetime, products: Iterable[int] | None = None
) -> None:
    """Refuses `goods_full` where a cart wants more of `products` (else of all that are in it) than are left today."""
    wanted = Counter[int]()
    for line in cart.lines:
        wanted[line.product.number] += line.quantity
    asked = wanted if products is None else {number: wanted[number] for number in products}
    check_left(connection, asked, read_setup.day_at(connection, now))
