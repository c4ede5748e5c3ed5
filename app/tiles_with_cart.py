"""For which session what is full is sold next, and what a sale itself leaves of the places and pieces on tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.shown import ProductTile, SessionTile
from domain.cart import Cart
from domain.catalogue import Product
from domain.lease import wanted_by

NOBODY: Mapping[int, int] = {}
_LOW, _LOW_PERCENT = 10, 10


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


def sessions_with_cart(sessions: Sequence[SessionTile], cart: Cart | None) -> tuple[SessionTile, ...]:
    """The same without the places that the sale takes: it holds them here."""
    taken = wanted_by(cart) if cart else NOBODY
    return tuple(_without(each, taken.get(each.number, 0)) for each in sessions)


def _without(session: SessionTile, places: int) -> SessionTile:
    if not places:
        return session
    here = None if session.here is None else max(0, session.here - places)
    return replace(session, left=max(0, session.left - places), here=here)


def is_low(left: int, of: int) -> bool:
    """Of places."""
    return left <= _LOW or is_scarce(left, of)


def is_scarce(left: int, of: int) -> bool:
    """Of what a venue has so many a day, a few from the start."""
    return left * 100 <= of * _LOW_PERCENT


def with_cart(
    tile: ProductTile, sessions: Sequence[SessionTile], chosen: int, cart: Cart | None
) -> ProductTile:
    """The same without what the sale takes, full where that leaves no room for one more, and sold for a session in
    which it leaves some."""
    if cart is None or cart.booking_id or tile.left is None:
        return tile
    if tile.product.per_day:
        return _of_day(tile, tile.left, cart)
    taken = wanted_by(cart)
    later = next_session(tile.product, sessions, chosen, taken)
    if tile.elsewhere:
        return tile if later == tile.next_session else replace(tile, full=later is None, next_session=later)
    left = max(0, tile.left - (taken.get(chosen, 0) if tile.product.places else 0))
    if tile.full or left < tile.product.places:
        return replace(tile, left=left, low=False, full=True, next_session=later)
    here = next((each for each in sessions_with_cart(sessions, cart) if each.number == chosen), None)
    return tile if left == tile.left or here is None else _of_session(tile, left, here)


def _of_session(tile: ProductTile, left: int, session: SessionTile) -> ProductTile:
    held = tile.here if session.here is None else session.here // tile.product.places
    return replace(tile, left=left, low=tile.low or is_low(left, session.capacity), here=held)


def _of_day(tile: ProductTile, left: int, cart: Cart) -> ProductTile:
    mine = sum(line.quantity for line in cart.lines if line.product.number == tile.product.number)
    if left <= mine:
        return replace(tile, left=0, low=False, full=True)
    return replace(tile, left=left - mine, low=is_scarce(left - mine, tile.product.per_day))
