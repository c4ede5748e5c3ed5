"""What speaks against what is counted, said beside the sessions before anything is asked for."""

from __future__ import annotations

from collections.abc import Callable

from app.shown import SessionTile
from app.shown_bookings import BookingDesk
from app.shown_guests import GuestRow
from app.texts import Texts
from app.views.booking_wish import Wish


def not_here(texts: Texts, wish: Wish, desk: BookingDesk) -> str:
    """`Not for this session: 2 × Day ticket – adult`; that its activity has no session that day; empty where all goes
    with the session."""
    stray = wish.stray(desk)
    what = texts.line(f"{n} × {product.name.get(texts.language)}" for product, n in stray)
    if wish.session_of(desk) is None and wish.like is not None and desk.sessions:
        facts = {"activity": wish.like.activity.get(texts.language), "day": texts.day(desk.day)}
        return texts("bookings.no_session_of_for" if stray else "bookings.no_session_of", **facts, what=what)
    key = "bookings.not_for_day" if wish.session_of(desk) is None else "bookings.not_for_session"
    return texts(key, what=what) if stray else ""


def not_as_it_is(texts: Texts, wish: Wish, desk: BookingDesk, guest: GuestRow, two_days: str) -> str:
    """Why it can't be kept for the guest; empty where it can. `two_days` is said of sessions of several days."""
    if desk.verified_only and not guest.verified:
        return texts("bookings.unverified")
    if wish.stray(desk):
        return texts("bookings.would_be_lost")
    if two_days:
        return two_days
    return "" if wish.all_lines(desk) else texts("bookings.no_places")


def too_many(texts: Texts, wish: Wish, desk: BookingDesk, left_in: Callable[[SessionTile], int]) -> str:
    """More people than there are places; `left_in` a session that the booking could have."""
    session, wanted = wish.session_of(desk), wish.places(desk)
    if session is None or wanted <= (left := left_in(session)):
        return ""
    key = "bookings.short_perhaps" if session.stale else "bookings.short"
    return texts(key, n=left, wanted=wanted)
