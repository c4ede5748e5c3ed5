"""Typing a share in percent, with usual ones beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.views.desk import Desk
from app.views.widgets.number_entry import NumberEntry
from documents.format import percent
from domain.limits import percent_text


class ShareEntry(NumberEntry):
    """Signal `entered`: the share after each key, in basis points. Nothing typed is 0."""

    entered = Signal(int)

    def __init__(self, desk: Desk, title: str, usual: Sequence[int]) -> None:
        super().__init__(desk, title)
        self._usual = tuple(usual)
        self._begin("", [percent(share) for share in usual])

    @property
    def share(self) -> int:
        whole, _, fraction = self._typed.partition(".")
        return int(whole or 0) * 100 + int(fraction.ljust(2, "0"))

    @property
    def _places(self) -> int:
        return 2

    def _words(self) -> str:
        return f"{self._typed or 0}%"

    def _tell(self) -> None:
        self.entered.emit(self.share)

    def _take_quick(self, at: int) -> None:
        self._put(percent_text(self._usual[at]))
