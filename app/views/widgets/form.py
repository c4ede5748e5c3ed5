"""What lies open on a page until it is answered or left; and Tab, which goes round in it meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget


class Form(QWidget):
    """Signal `left`: it was closed without an answer."""

    left = Signal()


def step_in(form: QWidget, focused: QWidget | None, *, forward: bool) -> None:
    """The focus goes to the next stop inside `form`, after its last to its first; from outside to its first."""
    stops = _stops(form)
    if not stops:
        return
    at = stops.index(focused) if focused in stops else -1 if forward else 0
    target = stops[(at + (1 if forward else -1)) % len(stops)]
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


def _stops(form: QWidget) -> list[QWidget]:
    """Where Tab stops inside, in its order."""
    found, at = list[QWidget](), form.nextInFocusChain()
    while at is not None and at is not form:
        if form.isAncestorOf(at) and at.isVisible() and at.isEnabled() and at.focusProxy() is None:
            found.append(at)
        at = at.nextInFocusChain()
    return [each for each in found if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
