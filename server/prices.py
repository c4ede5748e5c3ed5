"""What each product cost, what it gave, and whether it was sold, at which time: as the server alone keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.catalogue import Product, ProductKind
from domain.money import Money
from domain.price_told import Listed
from ledger import tables as t
from server import tables as own
from server.saved import saved

History = dict[int, list[Listed]]
_P = own.price.c
_OF = sa.select(own.price).where(_P.product.in_(sa.bindparam("products", expanding=True)))
_HISTORY = _OF.order_by(_P.product, _P.revision)
_LAST = (
    sa.select(own.price).where(_P.product == sa.bindparam("product")).order_by(_P.revision.desc()).limit(1)
)


def prepare(connection: Connection, is_new: bool) -> None:
    """A database of an earlier version gets it by its journal."""
    columns = {each["name"] for each in sa.inspect(connection).get_columns(own.price.name)}
    if is_new or columns < {each.name for each in own.price.c}:
        own.price.drop(connection)
        own.price.create(connection)
        _begin(connection)


def note(connection: Connection, product: Product, revision: int, now_ms: int) -> None:
    """From now on it costs this and gives this, or is not sold; nothing where it was so before."""
    last = connection.execute(_LAST, {"product": product.number}).first()
    values = {
        "price": product.price.minor,
        "currency": product.price.currency,
        "rate": product.vat_rate,
        "tickets": int(product.kind is ProductKind.TICKET),
        "places": product.places,
        "activity_id": product.activity_id,
        "sold": int(not product.withdrawn),
    }
    if last is None or any(last._mapping[name] != value for name, value in values.items()):
        row = {"product": product.number, "revision": revision, "since": now_ms, **values}
        connection.execute(sa.insert(own.price).values(row))


def _begin(connection: Connection) -> None:
    """By what was saved when, as the journal has it. What a product cost before
    the first of that, and one of which it has nothing, counts from the beginning."""
    for said, at in sorted(saved(connection, "product"), key=lambda one: one[0].revision):
        product = codec.loads(Product, said.new)
        if said.old and connection.execute(_LAST, {"product": product.number}).first() is None:
            note(connection, codec.loads(Product, said.old), said.revision - 1, 0)
        note(connection, product, said.revision, at)
    known = set(connection.execute(sa.select(_P.product).distinct()).scalars())
    rows = connection.execute(
        sa.select(t.record.c.body, t.record.c.revision).where(t.record.c.kind == "product")
    )
    for row in rows.all():
        product = codec.loads(Product, row.body)
        if product.number not in known:
            note(connection, product, row.revision, 0)


def history(connection: Connection, products: Iterable[int]) -> History:
    """All versions of each, the oldest first."""
    found: History = defaultdict(list)
    for row in connection.execute(_HISTORY, {"products": sorted(set(products))}):
        gives = row.tickets, row.places, row.activity_id, bool(row.sold)
        found[row.product].append(Listed(Money(row.price, row.currency), row.rate, row.since, *gives))
    return found
