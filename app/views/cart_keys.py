"""Arrows, plus, minus and Delete on the cart."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from domain.cart import Cart


@dataclass(frozen=True, slots=True)
class Chosen:
    line_id: str


@dataclass(frozen=True, slots=True)
class Counted:
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class TakenAway:
    discount_id: str


def key_on_cart(cart: Cart, chosen: str, key: int) -> Chosen | Counted | TakenAway | None:
    """What a key asks for while `chosen`, a line or a discount of the whole sale ("" for none), is selected; None when
    it is not a key of the cart."""
    lines = [line.line_id for line in cart.lines]
    whole = [given.discount_id for given in cart.discounts if not given.line_id]
    ids = [*lines, *whole]
    at = ids.index(chosen) if chosen in ids else -1
    match key:
        case _ if not ids:
            return None
        case Qt.Key.Key_Down:
            return Chosen(ids[(at + 1) % len(ids)])
        case Qt.Key.Key_Up:
            return Chosen(ids[at - 1] if at >= 0 else ids[-1])
        case Qt.Key.Key_Delete if chosen in whole:
            return TakenAway(chosen)
        case _ if chosen in whole:
            return None
        case Qt.Key.Key_Plus if at >= 0:
            return Counted(chosen, cart.lines[at].quantity + 1)
        case Qt.Key.Key_Minus if at >= 0:
            return Counted(chosen, cart.lines[at].quantity - 1)
        case Qt.Key.Key_Delete if at >= 0:
            return Counted(chosen, 0)
        case _:
            return None
