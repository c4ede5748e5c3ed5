"""What is said of a product that is full: the session that has room for it, else that none has."""

from __future__ import annotations

from app.shown import SessionTile
from app.texts import Texts
from domain.cart import Cart
from domain.catalogue import Product
from domain.errors import Code, Refused


def full_words(texts: Texts, product: Product, later: SessionTile | None, *, elsewhere: bool = False) -> str:
    """`later` has room; `elsewhere`: none of its activity has."""
    name = product.name.get(texts.language)
    if later is not None:
        return texts("sell.full_offer", name=name, time=texts.clock(later.starts_at))
    taken = "sell.all_taken" if product.per_day else "sell.full_no_more"
    return texts("sell.none_of_it" if elsewhere else taken, name=name)


def full_for(cart: Cart, product: Product, error: Exception) -> int:
    """The session that was refused, where it has no room for one more of a product; 0 where fewer would go."""
    if not isinstance(error, Refused) or error.code is not Code.CAPACITY_FULL:
        return 0
    session, left = int(error.facts["session"]), int(error.facts["left"])
    return session if cart.places_in(session) + product.places > left else 0
