"""A day of the calendar of bookings: how many it has, and how full it is. Of several activities the fullest are seen,
each by its mark; all are read aloud by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.shown_bookings import CalendarDay, Filled
from app.texts import Texts
from app.views.desk import Desk
from app.views.widgets.marks import Bar
from app.views.widgets.month_grid import DayCell
from app.views.widgets.parts import Item, column, label, row
from domain.catalogue import Activity

FULL, LOW = 100, 90  # percent
AT_ONCE = 2  # activities that have room in a day
_FIRST_MARK, _MARKS = ord("①"), 20  # as many as there are signs
_FILLS = {"bad": "badfill", "warn": "warnfill"}


@dataclass(frozen=True, slots=True)
class Seen:
    """Those that the month has, and which of them alone is seen: "" for the fullest of all."""

    activities: tuple[Activity, ...]
    alone: str = ""

    def of_day(self, day: CalendarDay) -> tuple[Filled, ...]:
        """Those of the day that are seen, in the order of the month: no more than have room."""
        wanted = [each for each in day.filled if self.alone in ("", each.activity_id)]
        fullest = sorted(wanted, key=lambda each: -each.percent)[:AT_ONCE]
        return tuple(each for each in wanted if each in fullest)

    @property
    def marked(self) -> bool:
        return len(self.activities) > 1 and not self.alone

    def mark(self, filled: Filled) -> str:
        ids = [each.activity_id for each in self.activities]
        return mark_of(ids.index(filled.activity_id))


def mark_of(at: int) -> str:
    """The sign of an activity, by its place among those of the month: the same in both languages, and no colour."""
    return chr(_FIRST_MARK + at) if at < _MARKS else str(at + 1)


def day_cell(desk: Desk, day: CalendarDay, seen: Seen, *, today: bool) -> DayCell:
    side, tone = desk.px(5), "text" if day.known else "disabled"
    count = label(desk, str(day.bookings), "caption", "accenttext") if day.bookings else None
    layout = column(
        row(label(desk, str(day.day.day), "bodystrong", tone), 1, count, gap=0),
        1,
        *(_filled(desk, day, seen) if day.known else ()),
        gap=0,
        margins=(side, side, side, side),
    )
    return DayCell(layout, _name(desk.texts, day, seen, today=today))


def _filled(desk: Desk, day: CalendarDay, seen: Seen) -> Iterator[Item]:
    shown = seen.of_day(day)
    if not shown:
        yield label(desk, desk.texts("bookings.closed"), "caption", "text3")
    for each in shown:
        tone = "bad" if each.percent >= FULL else "warn" if each.percent >= LOW else "text2"
        words = desk.texts("bookings.filled", n=each.percent)
        figure = label(desk, words, "caption", tone)
        mark = label(desk, seen.mark(each), "caption", "text2") if seen.marked else None
        yield row(mark, 1, figure, gap=0) if mark else figure
        bar = Bar(desk, words, _FILLS.get(tone, "accent"), height=4 if seen.marked else 6)
        bar.set_share(each.percent / 100)
        yield bar


def _name(texts: Texts, day: CalendarDay, seen: Seen, *, today: bool) -> str:
    """All that the cell says, and of each activity, as it is read aloud."""
    said = [texts.day(day.day), texts("bookings.now") if today else ""]
    if not day.known:
        return ", ".join(part for part in (*said, texts("bookings.day_unknown")) if part)
    said.append(texts("bookings.day_counts", n=day.bookings))
    said += _full_words(texts, day, seen) or [texts("bookings.closed")]
    return ", ".join(part for part in said if part)


def _full_words(texts: Texts, day: CalendarDay, seen: Seen) -> list[str]:
    names = {each.activity_id: each.name.get(texts.language) for each in seen.activities}
    found = []
    for each in day.filled:
        facts = {"taken": each.taken, "all": each.capacity}
        if len(names) < 2:
            found.append(texts("bookings.day_full", **facts))
        elif seen.alone in ("", each.activity_id):
            found.append(texts("bookings.day_full_of", activity=names[each.activity_id], **facts))
    return found
