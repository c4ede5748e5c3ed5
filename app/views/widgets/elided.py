"""Words in one line, ended with … where they have too little room; whatever holds them says all of them elsewhere."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.views.desk import Desk
from app.views.widgets.parts import dress_label

_TURNS = {"L": Qt.TextFlag.TextForceLeftToRight, "R": Qt.TextFlag.TextForceRightToLeft}
_TURNS["AL"] = _TURNS["R"]


class Elided(QLabel):
    """`text`, and what is read aloud, is the whole. `least` is the room, in design pixels, that they always have; with
    `last` they take what others leave of the rest."""

    def __init__(
        self, desk: Desk, role: str, tone: str = "text", *, least: int = 24, last: bool = False
    ) -> None:
        super().__init__()
        dress_label(self, desk, role, tone)
        self._least, self._last = desk.px(least), last
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def drawn(self) -> str:
        """What is seen of them now."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() if self._last else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        whole = super().sizeHint()
        return QSize(min(whole.width(), self._least), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        drawn = self.drawn
        if drawn == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.drawText(self.contentsRect(), int(self.alignment()) | int(_turn(self.text())), drawn)


def elided(desk: Desk, text: str, role: str, tone: str = "text") -> Elided:
    made = Elided(desk, role, tone)
    made.setText(text)
    return made


def _turn(text: str) -> Qt.TextFlag:
    """As a whole label is drawn: by the first letter that has a direction."""
    sides = (_TURNS.get(unicodedata.bidirectional(each)) for each in text)
    return next((side for side in sides if side), Qt.TextFlag.TextForceLeftToRight)
