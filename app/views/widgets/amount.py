"""An amount of money on the screen, never cut off: where a long one has too little room it is drawn smaller."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.views.desk import Desk
from app.views.widgets.parts import dress_label

LEAST = 13  # design pixels: the smallest type
USUAL = "99,999.99"  # has the size of its role everywhere


class Amount(QLabel):
    """As large as its role says; what is longer than `USUAL` may be drawn smaller, down to `LEAST`."""

    def __init__(
        self, desk: Desk, role: str, tone: str = "text", *, text: str = "", far: bool = True
    ) -> None:
        """With `far` at the far edge of its row, as figures under each other are; else where reading starts."""
        super().__init__(text)
        dress_label(self, desk, role, tone)
        self._least = desk.px(LEAST)
        if far:
            self.setAlignment(desk.look.end | Qt.AlignmentFlag.AlignVCenter)
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """The room of a usual amount, or of this one in the smallest type."""
        whole, smallest = self.sizeHint(), QFontMetrics(self._sized(self._least))
        least = max(self.fontMetrics().horizontalAdvance(USUAL), smallest.horizontalAdvance(self.text()) + 2)
        return QSize(min(whole.width(), least), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room, wanted = self.contentsRect(), self.fontMetrics().horizontalAdvance(self.text())
        if wanted <= room.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self._sized(max(self._least, self.font().pixelSize() * room.width() // wanted)))
        painter.drawText(room, int(self.alignment()), self.text())

    def _sized(self, pixels: int) -> QFont:
        self.ensurePolished()
        font = QFont(self.font())
        font.setPixelSize(min(pixels, font.pixelSize()))
        return font
