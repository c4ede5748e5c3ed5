"""Which of the listed bookings are seen: by state, day, and session (what, at which time of the day)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.shown_bookings import BookedSession, BookingRow
from app.texts import Texts
from domain.booking import Life
from domain.catalogue import Words

FACETS = "life", "day", "session"
Clocked = tuple[str, Words]  # what begins at which time of a day; neither for what has no session


@dataclass(frozen=True, slots=True)
class Narrow:
    """`chosen` are the values of a facet of which a booking must have one; of a facet without any, all are seen."""

    chosen: Mapping[str, frozenset[Hashable]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.chosen.values()))

    def turned(self, facet: str, value: Hashable) -> Narrow:
        """With that value, or without it where it was chosen."""
        return replace(self, chosen={**self.chosen, facet: self.chosen.get(facet, frozenset()) ^ {value}})

    def without_day(self) -> Narrow:
        return replace(self, chosen={**self.chosen, "day": frozenset()})

    def seen(self, rows: Iterable[BookingRow], texts: Texts) -> tuple[BookingRow, ...]:
        return tuple(row for row in rows if self._fits(row, texts, FACETS))

    def options(self, rows: Iterable[BookingRow], texts: Texts, facet: str) -> list[tuple[Any, int]]:
        """The values of a facet, each with how many of the rows it would leave; those that are chosen stay."""
        found = tuple(rows)
        others = [each for each in FACETS if each != facet]
        counts: Counter[Hashable] = Counter()
        for row in found:
            for value in values(row, facet, texts):
                counts[value] += self._fits(row, texts, others)
        for value in self.chosen.get(facet, frozenset()):
            counts[value] += 0
        return sorted(counts.items(), key=lambda option: _rank(option[0]))

    def _fits(self, row: BookingRow, texts: Texts, facets: Iterable[str]) -> bool:
        wanted = ((self.chosen.get(facet), facet) for facet in facets)
        return all(not some or some & values(row, facet, texts) for some, facet in wanted)


def values(row: BookingRow, facet: str, texts: Texts) -> frozenset[Hashable]:
    """What a booking is in a facet."""
    if facet == "life":
        return frozenset((row.life,))
    if facet == "day":
        return frozenset((row.day, *(texts.local(each.starts_at).date() for each in row.sessions)))
    return frozenset(_clocked(each, texts) for each in row.sessions) or frozenset((("", Words("", "")),))


def option_words(value: Any, texts: Texts) -> str:
    """`Confirmed`, `Thu 26 Nov`, `14:00 · Water park`."""
    if isinstance(value, Life):
        return texts(f"bookings.life_{value}")
    if isinstance(value, date):
        return texts.day(value)
    clock, activity = value
    return texts.line((clock, activity.get(texts.language))) if clock else texts("bookings.any_time")


def _clocked(session: BookedSession, texts: Texts) -> Clocked:
    return texts.clock(session.starts_at), session.activity


def _rank(value: Any) -> Any:
    """Lives as they are listed, days and times as they come."""
    if isinstance(value, Life):
        return list(Life).index(value)
    return value if isinstance(value, date) else (value[0], value[1].en)
