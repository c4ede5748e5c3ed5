"""What lies open on a page until it is answered or left; its keys, which alone act meanwhile; and Tab, which goes round
in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from app.views.widgets.reading import next_stop


class FormHost(QWidget):
    """What forms lie open on."""

    def form_turned(self) -> None:
        """A form inside was opened or put away."""


class Form(QWidget):
    """Signal `left`: it was closed without an answer.

    With `takes_keys` the keys of what it lies open on do nothing meanwhile."""

    left = Signal()
    takes_keys = True

    @property
    def is_begun(self) -> bool:
        """Something was typed that would be lost."""
        return any(each.text() for each in self.findChildren(QLineEdit) if each.isVisible())

    def resume(self, focused: QWidget | None) -> None:
        """Somebody comes back: typing goes on in the first empty field, unless what is `focused` lies inside."""
        if focused is not None and self.isAncestorOf(focused):
            return
        fields = [each for each in self.findChildren(QLineEdit) if each.isVisible() and each.isEnabled()]
        first = next((each for each in fields if not each.text()), None)
        if first is not None:
            first.setFocus()
        else:
            step_in(self, None, forward=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_host()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell_host()

    def _tell_host(self) -> None:
        at = self.parentWidget()
        while at is not None and not isinstance(at, FormHost):
            at = at.parentWidget()
        if at is not None:
            at.form_turned()


def step_in(form: QWidget, focused: QWidget | None, *, forward: bool) -> None:
    """The focus goes to the next stop inside `form`, after its last to its first; from outside to its first."""
    target = next_stop(form, focused, forward=forward)
    if target is None:
        return
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    reveal(target)


def reveal(widget: QWidget) -> None:
    """Scrolls what holds it until it is seen."""
    at = widget.parentWidget()
    while at is not None:
        if isinstance(at, QScrollArea) and (content := at.widget()) is not None:
            middle = widget.mapTo(content, widget.rect().center())
            at.ensureVisible(
                middle.x(), middle.y(), 0, widget.height()
            )  # for a field Qt looks at its cursor only
        at = at.parentWidget()
