"""Activities of a venue as tabs, where there are several. `Ctrl+S` takes the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.shown import SessionTile
from app.views.desk import Desk
from app.views.widgets.parts import column, drop
from app.views.widgets.tab_row import TURN, TabRow
from domain.catalogue import MOST_ACTIVITIES, Words


class ActivityRow(QWidget):
    """Signal `tapped`: the id of an activity."""

    tapped = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._names: tuple[str, ...] = ()
        self._tabs = TabRow(desk, ())
        self._box = column(self._tabs)
        self.setLayout(self._box)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_names(self, names: Mapping[str, str], chosen: str) -> None:
        """By their ids; one alone is no choice, and not shown."""
        several = len(names) > 1
        if several and tuple(names) != self._names:
            self._names = tuple(names)
            drop(self._tabs)
            self._tabs = TabRow(self._desk, self._names, lines=len(names))
            self._tabs.tapped.connect(self.tapped)
            self._box.addWidget(self._tabs)
        if several:
            self._tabs.show_words(names.values(), chosen)
            at = self._names.index(chosen) if chosen in self._names else -1
            self._tabs.show_key(self._names[(at + 1) % len(self._names)], TURN)
        self.setVisible(several)


def activities_of(sessions: Iterable[SessionTile]) -> dict[str, Words]:
    """Their names by their ids, as the venue numbers them, so that the order stays while the day goes on."""
    found: dict[str, Words] = {}
    for each in sorted(sessions, key=lambda session: (session.number % MOST_ACTIVITIES, session.activity_id)):
        found.setdefault(each.activity_id, each.activity)
    return found
