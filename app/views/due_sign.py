"""By when an answer, or a payment, is due: in words, and as a sign that stands out once there is little time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil

from PySide6.QtWidgets import QFrame

from app.texts import Texts
from app.views.desk import Desk
from app.views.widgets.parts import every, label, picture, row, set_property

LITTLE = timedelta(hours=2)
_COUNTED = 60  # minutes; what is longer is told by its end alone
COUNT_MS, _ICON = 5000, 16  # how often what is due is told anew
NEAR = "alert-triangle", "urgent"  # icon and tone of a chip


def due_words(texts: Texts, due: datetime, now: datetime, kind: str = "answer") -> str:
    """`Answer due by 18:00`, `… by Fri 27 Nov 12:00`, `… by the end of today`; with the minutes that are left of an
    hour. `kind` is `answer` or `pay`."""
    time, left = _time(texts, due, now), _minutes(due, now)
    if left <= 0:
        return texts("due.over", time=time)
    said = texts(f"due.{kind}", time=time)
    return texts.line((said, texts("due.minutes", n=left))) if left <= _COUNTED else said


def due_split(texts: Texts, due: datetime | None, now: datetime) -> tuple[str, str]:
    """The same beside what is due: where there is little time (`by 14:00`, `by the end of today`, `42 min left`, `time
    is over`), and where there is more (`by Fri 27 Nov 12:00`); the other one is empty."""
    if due is None:
        return "", ""
    left = _minutes(due, now)
    by = texts("due.minutes", n=left) if left <= _COUNTED else texts("due.by", time=_time(texts, due, now))
    said = by if left > 0 else texts("due.is_over")
    return (said, "") if is_near(texts, due, now) else ("", said)


def _minutes(due: datetime, now: datetime) -> int:
    return ceil((due - now).total_seconds() / 60)


def is_near(texts: Texts, due: datetime, now: datetime) -> bool:
    """Whether there is little time: of what ends with a day, that day."""
    last = _ends_with(texts, due)
    return due - now <= LITTLE or (last is not None and last <= texts.local(now).date())


def _time(texts: Texts, due: datetime, now: datetime) -> str:
    at, today, last = texts.local(due), texts.local(now).date(), _ends_with(texts, due)
    if last is not None:
        return texts("due.end_today") if last == today else texts("due.end", day=texts.day(last))
    return texts.clock(due) if at.date() == today else f"{texts.day(at.date())} {texts.clock(due)}"


def _ends_with(texts: Texts, due: datetime) -> date | None:
    """The day with which it ends; None for another time than midnight."""
    at = texts.local(due)
    return at.date() - timedelta(days=1) if (at.hour, at.minute) == (0, 0) else None


class DueSign(QFrame):
    """The same beside a clock, always as it is now; where there is little time in bold, beside a triangle, in a
    frame."""

    def __init__(self, desk: Desk, due: datetime, kind: str = "answer") -> None:
        super().__init__()
        self._desk, self._due, self._kind = desk, due, kind
        self._icon = picture(desk, "clock", "text2", _ICON)
        self._words = label(desk, "", "small", wrap=True)
        self._box = row(self._icon, self._words, gap=desk.px(4))
        self._box.setStretch(1, 1)
        self.setLayout(self._box)
        self._tell()
        every(self, COUNT_MS, self._tell).start()

    def _tell(self) -> None:
        desk, now = self._desk, self._desk.now()
        near = is_near(desk.texts, self._due, now)
        tone, side = ("warn", desk.px(6)) if near else ("text2", 0)
        self._box.setContentsMargins(side, 0, side, 0)
        self._words.setText(due_words(desk.texts, self._due, now, self._kind))
        set_property(self._words, "role", "smallstrong" if near else "small")
        set_property(self._words, "tone", tone)
        self._icon.setPixmap(desk.icon("alert-triangle" if near else "clock", tone, _ICON))
        set_property(self, "panel", "warn" if near else "")
