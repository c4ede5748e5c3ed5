"""What lies open on a page until it is answered or left; and Tab, which goes round in it meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.views.widgets.reading import next_stop


class Form(QWidget):
    """Signal `left`: it was closed without an answer."""

    left = Signal()


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
