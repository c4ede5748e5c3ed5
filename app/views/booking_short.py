"""What speaks against what is counted, said beside the sessions before anything is asked for."""

from __future__ import annotations

from collections.abc import Callable

from app.shown import SessionTile
from app.shown_bookings import BookingDesk
from app.texts import Texts
from app.views.booking_wish import Wish


def not_here(texts: Texts, wish: Wish, desk: BookingDesk) -> str:
    """`Not for this session: 2 × Day ticket – adult`; empty where all goes with it."""
    stray = wish.stray(desk)
    if not stray:
        return ""
    key = "bookings.not_for_day" if wish.session_of(desk) is None else "bookings.not_for_session"
    what = texts.line(f"{n} × {product.name.get(texts.language)}" for product, n in stray)
    return texts(key, what=what)


def too_many(texts: Texts, wish: Wish, desk: BookingDesk, left_in: Callable[[SessionTile], int]) -> str:
    """More days than one, or people than there are places; `left_in` a session that the booking could have."""
    if len(wish.days(desk)) > 1:
        return texts("bookings.two_days")
    session, wanted = wish.session_of(desk), wish.places(desk)
    if session is None or wanted <= (left := left_in(session)):
        return ""
    key = "bookings.short_perhaps" if session.stale else "bookings.short"
    return texts(key, n=left, wanted=wanted)
