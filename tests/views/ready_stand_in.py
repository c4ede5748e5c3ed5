"""A readiness panel in every state that a screen can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.shown_attention import Slot
from app.shown_readiness import ReadinessLine, ReadinessPage, State
from domain.catalogue import Words

NAMES = tuple(
    Words(en, ar)
    for en, ar in (
        ("Reem Mansour", "ريم منصور"),
        ("Huda Salem", "هدى سالم"),
        ("Omar Bakr", "عمر بكر"),
        ("Salem Nasser", "سالم ناصر"),
        ("Faisal Harbi", "فيصل حربي"),
        ("Lina Saad", "لينا سعد"),
        ("Noura Ali", "نورة علي"),
    )
)
POOL = Words("Water park", "المدينة المائية")


def _ready(now: datetime) -> ReadinessPage:
    until = now + timedelta(hours=72)

    def slot(hour: int) -> Slot:
        starts = now.replace(hour=hour, minute=0, second=0)
        return Slot(POOL, starts, starts + timedelta(hours=2))

    lines = (
        ReadinessLine("printer", "printer_low", State.LOOK, (("at", now),)),
        ReadinessLine("backup", "backup_same_disk", State.LOOK, (("at", now - timedelta(minutes=4)),)),
        ReadinessLine("data", "data_all", State.FINE, (("at", now),)),
        ReadinessLine("tickets", "tickets_today", State.FINE, (("n", 612), ("at", now))),
        ReadinessLine("tomorrow", "tickets_tomorrow", State.FINE, (("n", 48),)),
        ReadinessLine(
            "people",
            "people",
            State.FINE,
            (("n", 7), ("names", NAMES), ("until", until), ("span", timedelta(hours=72))),
        ),
        ReadinessLine("supervisor", "supervisor", State.FINE, (("names", NAMES[1:2]),)),
        ReadinessLine(
            "session",
            "session_lasts",
            State.FINE,
            (("slot", slot(12)), ("n", 27), ("goal", 32), ("span", timedelta(minutes=50))),
        ),
        ReadinessLine("session", "session_held", State.FINE, (("slot", slot(14)), ("n", 12), ("goal", 12))),
        ReadinessLine("card", "card", State.FINE, (("name", "Verifone 3"), ("at", now))),
        ReadinessLine("scanner", "scanner", State.FINE, (("at", now),)),
        ReadinessLine("disk", "disk", State.FINE, (("left", "84.2 GB"),)),
        ReadinessLine("clock", "clock", State.FINE),
        ReadinessLine("items", "items_none", State.FINE),
        ReadinessLine("unsent", "unsent_none", State.FINE),
    )
    facts = (("span", timedelta(minutes=50)), ("until", until))
    return ReadinessPage(ReadinessLine("head", "head_lasts", State.LOOK, facts), lines, None)


class FakeReadiness:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.shown = _ready(now)

    def page(self) -> ReadinessPage:
        return self.shown

    def terminal_is_silent(self) -> None:
        silent = ReadinessLine("card", "card_silent", State.LOOK, (("name", "Verifone 3"), ("at", self.now)))
        lines = (silent, *(each for each in self.shown.lines if each.about != "card"))
        self.shown = replace(self.shown, lines=lines)

    def server_waits(self) -> None:
        """An older copy of it was put back, and two stations were not heard since."""
        waits = ReadinessLine("server", "server_waits", State.LOOK, (("n", 2),))
        head = replace(waits, about="head", says="head_waits")
        self.shown = replace(self.shown, head=head, lines=(waits, *self.shown.lines))

    def lacks_places(self) -> None:
        """No place is held for the session that runs."""
        slot = dict(self.shown.lines[7].facts)["slot"]
        missing = ReadinessLine("session", "session_none", State.MISSING, (("slot", slot),))
        self.shown = replace(
            self.shown,
            head=ReadinessLine("head", "head_not", State.MISSING),
            lines=(missing, *(each for each in self.shown.lines if each.says != "session_lasts")),
        )

    def server_is_away(self) -> None:
        head = replace(self.shown.head, says="head_away_lasts")
        waits = ReadinessLine("unsent", "unsent_away", State.FINE, (("n", 4),))
        lines = (*self.shown.lines[:-1], waits)
        self.shown = ReadinessPage(head, lines, self.now - timedelta(minutes=7))
