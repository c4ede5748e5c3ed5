"""The sessions of a venue file: each day at the same hours, or so many around the moment of the import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.catalogue import MOST_ACTIVITIES, Session
from server.toml_entry import Entry

Times = tuple[datetime, datetime]  # from, to
_MINUTE_ZERO = datetime(2020, 1, 1, tzinfo=UTC)


def starts_of(entry: Entry, now: datetime) -> Iterator[Times]:
    """Of each session that an entry names; `now` is on the venue's clock."""
    if "around_now" in entry.raw:
        yield from _around(entry, now)
        return
    first, last = entry.day("from"), entry.day("to")
    if not first <= last <= first + timedelta(days=366) and entry.is_fine("from", "to"):
        entry.wrong("to", "to wants a day from the first one on, at most a year later")
    opens, closes = entry.moment("starts"), entry.moment("ends")
    for days in range((last - first).days + 1 if not entry.mistakes else 0):
        start = datetime.combine(first + timedelta(days=days), opens, now.tzinfo)
        end = datetime.combine(first + timedelta(days=days), closes, now.tzinfo)
        yield start, end if end > start else end + timedelta(days=1)


def _around(entry: Entry, now: datetime) -> Iterator[Times]:
    """`around_now` sessions of `minutes` each, the running one first."""
    count, minutes = entry.whole("around_now", 1, 48), entry.whole("minutes", 15, 1440)
    step = timedelta(minutes=minutes)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + ((now - midnight) // step) * step
    for index in range(count):
        yield start + index * step, start + (index + 1) * step


def session_of(activity: str, among: int, times: Times, capacity: int) -> Session:
    """Its number is of its first minute and its activity's number (`among`)."""
    starts, ends = times
    number = (starts - _MINUTE_ZERO) // timedelta(minutes=1) * MOST_ACTIVITIES + among
    return Session(number, activity, starts.astimezone(UTC), ends.astimezone(UTC), capacity, starts.date())
