"""Which session of a day is taken where nobody chose one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.shown import SessionTile
from domain.catalogue import Product


def first_session(sessions: Sequence[SessionTile], products: Iterable[Product]) -> SessionTile | None:
    """The first that has places and for which one of the `products` is sold; else that has places, else of all."""
    sold = {each.activity_id for each in products if each.places}
    free = [each for each in sessions if each.left]
    best = [each for each in free if each.activity_id in sold] or free or sessions
    return next(iter(best), None)
