"""What is wrong with the station itself, in lines under the top bar: seen on every page until it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.shown_status import Room, StationStatus
from app.texts import Texts
from app.views.desk import Desk
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column
from domain.timing import is_far_off, told

MOST = 2  # lines at once: the page below must keep its room


@dataclass(frozen=True, slots=True)
class Banner:
    """`kind` is that of an `InlinePanel`; `recovers` puts the button there that begins a recovery."""

    kind: str
    words: str
    recovers: bool = False


def banners_of(status: StationStatus, texts: Texts, now: datetime) -> list[Banner]:
    """What must be said, the worst first."""
    found = list[Banner]()
    if status.journal_damaged:
        found.append(Banner("bad", texts("banner.journal_damaged"), recovers=True))
    if status.room is Room.FULL:
        found.append(Banner("bad", texts("banner.disk_full")))
    if status.room is Room.NO_SALES:
        found.append(Banner("bad", texts("banner.disk_no_sales")))
    if status.offline_since is not None and status.data_from is None:
        found.append(Banner("warn", texts("banner.cache_lost")))
    found += _clock(status, texts)
    if status.room is Room.LITTLE:
        left = texts.code(f"{status.disk_left // 10**8 / 10} GB")
        found.append(Banner("warn", texts("banner.disk_little", left=left)))
    if words := sign_in_ends(status, texts, now):
        found.append(Banner("warn", words))
    if status.new_prefix:
        found.append(Banner("info", texts("banner.new_prefix", prefix=texts.code(status.new_prefix))))
    return found


def sign_in_ends(status: StationStatus, texts: Texts, now: datetime) -> str:
    """How long people can still sign in without the server; empty while that is long."""
    until = status.sign_in_until
    if until is None:
        return ""
    if until <= now:
        return texts("banner.sign_in_over")
    left = span_of(int((until - now).total_seconds()), texts)
    return texts("banner.sign_in_until", when=texts.lately(until, now), left=left)


def _clock(status: StationStatus, texts: Texts) -> list[Banner]:
    if status.clock_ahead:
        off = clock_off(status.clock_ahead, texts)
        if is_far_off(status.clock_ahead * 1000):
            return [Banner("bad", texts("banner.clock_far", time=off))]
        key = "banner.clock_ahead" if status.clock_ahead > 0 else "banner.clock_behind"
        return [Banner("warn", texts(key, time=off))]
    return [Banner("warn", texts("banner.clock_uncertain"))] if status.clock_uncertain else []


def clock_off(seconds: int, texts: Texts) -> str:
    """By how much a clock is ahead (or behind, below zero)."""
    return span_of(told(abs(seconds)), texts)


def span_of(seconds: int, texts: Texts) -> str:
    """Time in words: `12 min`, `3 h`, `3 h 5 min`, `1 d`, `1 d 2 h`."""
    hours, minutes = divmod(seconds // 60, 60)
    days, hours = divmod(hours, 24)
    if days:
        most, rest = texts("banner.days", n=days), texts("banner.hours", n=hours) if hours else ""
    elif hours:
        most, rest = texts("banner.hours", n=hours), texts("banner.minutes", n=minutes) if minutes else ""
    else:
        most, rest = texts("banner.minutes", n=minutes), ""
    return texts("banner.span", most=most, rest=rest) if rest else most


class Banners(QWidget):
    """Signal `recover`: the person wants the damaged journal recovered."""

    recover = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown = list[Banner]()
        self._panels = [InlinePanel(desk) for _ in range(MOST)]
        self.setLayout(column(*self._panels, gap=0))
        self.hide()

    def show_status(self, status: StationStatus) -> None:
        found = banners_of(status, self._desk.texts, self._desk.now())[:MOST]
        if found == self._shown:
            return
        self._shown = found
        self.setVisible(bool(found))
        for number, panel in enumerate(self._panels):
            if number < len(found):
                panel.say(found[number].words, found[number].kind, self._action(found[number]))
            else:
                panel.quiet()

    def _action(self, banner: Banner) -> tuple[str, Callable[[], None]] | None:
        return (self._desk.texts("banner.recover"), self.recover.emit) if banner.recovers else None
