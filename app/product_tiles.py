"""What is sold under a session of the day, as tiles show it: with the places or pieces that are left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from app.first_session import first_session
from app.shown import ProductTile, SessionTile
from app.tiles_with_cart import is_low, is_scarce, next_session
from domain.catalogue import Product
from ledger.read_goods import taken


def chosen_of(sessions: tuple[SessionTile, ...], products: Iterable[Product], wanted: int) -> int:
    """The session that is `wanted`, by its number, else the one that is taken by itself; 0 without any."""
    if any(each.number == wanted for each in sessions):
        return wanted
    first = first_session(sessions, products)
    return first.number if first else 0


def goes_with(product: Product, sessions: tuple[SessionTile, ...], chosen: int) -> bool:
    """Whether it is sold under the chosen session; without one everything is."""
    return all(product.goes_with(tile.activity_id) for tile in sessions if tile.number == chosen)


def gone_of(connection: Connection, day: date, products: Iterable[Product]) -> Mapping[int, int]:
    """How many are taken of what there is so many a day."""
    counted = [each.number for each in products if each.per_day]
    return taken(connection, day, counted) if counted else {}


def tile_of(
    product: Product, sessions: tuple[SessionTile, ...], chosen: int, gone: Mapping[int, int]
) -> ProductTile:
    if product.per_day:
        left = max(0, product.per_day - gone.get(product.number, 0))
        return ProductTile(product, left, is_scarce(left, product.per_day), not left)
    if not product.places:
        return ProductTile(product, None, False, False)
    here = next((tile for tile in sessions if tile.number == chosen), None)
    later = next_session(product, sessions, chosen)
    if here is not None and not product.goes_with(here.activity_id):
        return replace(_of_session(product, later), next_session=later, elsewhere=True)
    return replace(_of_session(product, here), next_session=later)


def _of_session(product: Product, session: SessionTile | None) -> ProductTile:
    """What takes places, with what there is of them in a session; without one it is full."""
    if session is None:
        return ProductTile(product, 0, low=False, full=True)
    left = session.left
    held = session.here // product.places if session.here is not None else None
    return ProductTile(product, left, is_low(left, session.capacity), left < product.places, here=held)
