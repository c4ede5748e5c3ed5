"""What scrolls above answers that stay in sight, with what went wrong said between them."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLayout, QWidget

from app.views.desk import Desk
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder
from app.views.widgets.scroll import scroller


class Roomy(QWidget):
    """`trouble` has a place of its own, so that nothing moves when it speaks. Where `told` needs that place, it has it
    while nothing is said: then less of it is seen meanwhile, and what is seen stays where it was."""

    def __init__(self, desk: Desk, told: QLayout, trouble: InlinePanel, answers: QWidget) -> None:
        super().__init__()
        self._trouble, self._answers, self._gap = trouble, answers, desk.px(8)
        self._tight = False
        self._content = holder(told)
        trouble.speaks.connect(self._hold)
        self.area = scroller(self._content, whole=True)
        box = column(self.area, trouble, answers, gap=self._gap)
        box.setStretch(0, 1)
        self.setLayout(box)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._share()
        return super().event(event)

    def _share(self) -> None:
        tight = self._needed() > self.height()
        if tight != self._tight:
            self._tight = tight
            self._trouble.keep_place(not tight)
            self.area.keep_width(tight)
        if self._trouble.isHidden():
            self._content.setMinimumHeight(0)

    def _hold(self) -> None:
        """What scrolls stays as high as it is: only less of it is seen."""
        if self._tight:
            self._content.setMinimumHeight(self._content.height())

    def _needed(self) -> int:
        """The height in which all is seen and the place of the trouble stays free."""
        content = self._content
        width = self.width() - self.area.verticalScrollBar().sizeHint().width()
        told = max(content.minimumSizeHint().height(), content.heightForWidth(width))
        return told + self._trouble.minimumHeight() + self._answers.sizeHint().height() + 2 * self._gap
