"""Lists that scroll up and down only; the bar has a place of its own beside what scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractSlider, QFrame, QScrollArea, QWidget

_STEPS = {
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}


class Scroll(QScrollArea):
    """With `whole` its place is never narrower than what it holds and the bar beside it. Signal `resized`: it has
    another height, and what had to be seen may be hidden now."""

    resized = Signal()

    def __init__(self, content: QWidget, *, whole: bool = False) -> None:
        super().__init__()
        self._whole, self._keeping = whole, False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        content = self.widget()
        if not self._whole or content is None:
            return least
        return QSize(
            content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), least.height()
        )

    def keep_width(self, kept: bool) -> None:
        """Whether the bar's place stays free while there is no bar: what it holds is as wide with it as without."""
        bar = self.verticalScrollBar()
        if kept:
            bar.rangeChanged.connect(self._keep_width)
            self._keep_width(0, bar.maximum())
        else:
            bar.rangeChanged.disconnect(self._keep_width)
            self.setViewportMargins(0, 0, 0, 0)

    def _keep_width(self, _least: int, most: int) -> None:
        """What the margin itself brings about is not answered: text that just fits would bring the bar and take it
        away for ever."""
        if self._keeping:
            return
        free = 0 if most else self.verticalScrollBar().sizeHint().width()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._keeping = True
        self.setViewportMargins(free if rtl else 0, 0, 0 if rtl else free, 0)
        self._keeping = False

    def showEvent(self, event: QShowEvent) -> None:
        """A size that what it holds was given out of sight, while it was told of another, is lost on its layout (Qt
        6.12): it lies as in the old one until now."""
        super().showEvent(event)
        content = self.widget()
        layout = content.layout() if content is not None else None
        if content is not None and layout is not None and layout.geometry() != content.contentsRect():
            layout.invalidate()
            layout.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Scrolls by a key that the page was given; False for one that does not scroll."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            return False
        self.verticalScrollBar().triggerAction(step)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows belong to what lies around: a list steps through its rows, Sell through the cart."""
        event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._whole and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scroller(content: QWidget, *, whole: bool = False) -> Scroll:
    return Scroll(content, whole=whole)
