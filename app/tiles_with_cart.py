"""For which session what is full is sold next, and what a sale itself leaves of the places and pieces on tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.shown import ProductTile, SessionTile
from domain.cart import Cart
from domain.catalogue import Product
from domain.lease import wanted_by

NOBODY: Mapping[int, int] = {}


def next_session(
    product: Product, sessions: Sequence[SessionTile], chosen: int, taken: Mapping[int, int] = NOBODY
) -> SessionTile | None:
    """The next after the chosen one that has room, when `taken` of it are taken besides. Where that is of another
    activity, the first of the product's own that is not over when it begins, else the first of all."""
    here = next((each for each in sessions if each.number == chosen), None)
    if here is None:
        return None
    mine = [
        each
        for each in sessions
        if product.goes_with(each.activity_id) and each.left - taken.get(each.number, 0) >= product.places
    ]
    if product.goes_with(here.activity_id):
        return next((each for each in mine if each.starts_at > here.starts_at), None)
    # One that lasts until the chosen one begins is over before the guest comes.
    return next((each for each in mine if each.ends_at > here.starts_at), None) or next(iter(mine), None)


def with_cart(
    tile: ProductTile, sessions: Sequence[SessionTile], chosen: int, cart: Cart | None
) -> ProductTile:
    """The same, but full where the sale leaves no room for one more, and sold for a session in which it leaves some."""
    if cart is None or cart.booking_id or tile.left is None:
        return tile
    if tile.product.per_day:
        return _of_day(tile, tile.left, cart)
    taken = wanted_by(cart)
    later = next_session(tile.product, sessions, chosen, taken)
    if tile.elsewhere:
        return tile if later == tile.next_session else replace(tile, full=later is None, next_session=later)
    if not tile.full and tile.left - taken.get(chosen, 0) >= tile.product.places:
        return tile
    return replace(tile, low=False, full=True, next_session=later)


def _of_day(tile: ProductTile, left: int, cart: Cart) -> ProductTile:
    mine = sum(line.quantity for line in cart.lines if line.product.number == tile.product.number)
    return tile if left > mine else replace(tile, low=False, full=True)
