"""A page of bookings that tells colleagues elsewhere which one is open here, while it waits for a decision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.shown_bookings import BookingPage
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.found_page import FoundPage
from domain.booking import Life


class SeenPage(FoundPage):
    """`look` is told the id of the booking that is seen, empty for none."""

    def __init__(self, desk: Desk, found: FoundList, side: QWidget, look: Callable[[str], None]) -> None:
        self._tell = look
        super().__init__(desk, found, side)

    def choose(self, key: str) -> None:
        super().choose(key)
        self._look()

    def leave(self) -> None:
        super().leave()
        self._look()

    def show_told(self, told: BookingPage) -> None:
        super().show_told(told)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell("")

    def _look(self) -> None:
        told = self.told
        waits = told is not None and told.row.booking_id == self.chosen
        is_open = waits and told.row.life is Life.UNDER_REVIEW and self.isVisible()
        self._tell(self.chosen if is_open else "")
