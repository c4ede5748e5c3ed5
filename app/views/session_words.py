"""How a session is said: when it is, and of what where a day has several activities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.shown_bookings import BookedSession
from app.texts import UNBROKEN_DASH, Texts
from domain.catalogue import Words, to_tell


def session_words(texts: Texts, activity: Words | None, times: tuple[datetime, datetime]) -> str:
    """`Surf · 10:00 – 12:00`; the time alone where nobody needs to be told of what it is."""
    return texts.line(session_parts(texts, activity, times))


def session_parts(texts: Texts, activity: Words | None, times: tuple[datetime, datetime]) -> tuple[str, ...]:
    """The same, to be put beside others."""
    name = activity.get(texts.language) if activity else ""
    return name, texts.span(*times, UNBROKEN_DASH)


def told_by_number(sessions: Iterable[BookedSession], shown: Iterable[int]) -> dict[int, Words]:
    """Activities that are to be told by the numbers of sessions, for the tickets that are `shown`, each with the number
    of its own."""
    numbers = set(shown)
    mine = [each for each in sessions if each.number in numbers]
    names = {each.activity_id: each.activity for each in mine}
    named = to_tell(names, names)
    return {each.number: named[each.activity_id] for each in mine if named}
