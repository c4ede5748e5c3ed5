"""Goods of which a venue has so many a day: how many of them are taken, counted from bookings and charges.

What is kept for a booking counts on the booking's day; so does what was paid for it, once it was. What was sold at a
till counts on the day of its sale. What was voided, paid back or called off is free again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import HOLDS, Booked
from domain.cart import check_number
from domain.catalogue import Product
from ledger import tables as t
from ledger.read_money import CHARGED, PIECES_BACK
from ledger.read_setup import product_or_none

_DAY: sa.BindParameter[str] = sa.bindparam("day")
_CHARGED = sa.select(t.charge.c.product, t.charge.c.quantity - PIECES_BACK).where(
    t.charge.c.product.in_(sa.bindparam("products", expanding=True)), CHARGED
)
_SOLD = sa.union_all(
    _CHARGED.join(t.booking, t.booking.c.booking_id == t.charge.c.booking_id).where(
        t.booking.c.day == _DAY,
        ~sa.exists().where(t.reservation.c.booking_id == t.booking.c.booking_id),
    ),
    _CHARGED.join(t.reservation, t.reservation.c.booking_id == t.charge.c.booking_id).where(
        t.reservation.c.day == _DAY
    ),
)
_KEPT = sa.select(t.reservation.c.body).where(
    t.reservation.c.day == _DAY,
    t.reservation.c.life.in_([life.value for life in HOLDS]),
    t.reservation.c.booking_id != sa.bindparam("besides"),
    ~sa.exists().where(t.charge.c.booking_id == t.reservation.c.booking_id, CHARGED),
)


def taken(connection: Connection, day: date, products: Collection[int], besides: str = "") -> Counter[int]:
    """How many of each product are sold, or kept for bookings, on a day; without what is kept for the booking
    `besides`."""
    found = Counter(dict.fromkeys(products, 0))
    on = {"day": day.isoformat()}
    for product, pieces in connection.execute(_SOLD, on | {"products": list(products)}):
        found[product] += int(pieces)
    for body in connection.execute(_KEPT, on | {"besides": besides}).scalars():
        for line in codec.loads(Booked, body).lines:
            if line.product in found:
                found[line.product] += line.quantity
    return found


def check_left(connection: Connection, wanted: Mapping[int, int], day: date, besides: str = "") -> None:
    """Refuses `goods_full`, with what and how many are left, where more pieces of a product are `wanted` than there
    are on a day; `besides` as in `taken`."""
    known = numbered(connection, wanted)
    others = taken(connection, day, known, besides) if known else {}
    for number, product in known.items():
        check_number(product, wanted[number], others[number])


def numbered(connection: Connection, products: Iterable[int]) -> dict[int, Product]:
    """Those of the products of which there are so many a day."""
    known = ((number, product_or_none(connection, number)) for number in dict.fromkeys(products))
    return {number: product for number, product in known if product is not None and product.per_day}
