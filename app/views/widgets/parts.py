"""Small makers that keep screens short: labels, rows and columns, panels, icons, rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.views.desk import Desk

Item = QWidget | QLayout | int | None
Box = TypeVar("Box", bound=QBoxLayout)
_HYPHEN = re.compile(r"(?<=[0-9A-Z])-(?=[0-9A-Z])")  # inside a code


class Wrapped(QLabel):
    """Words on several lines. A code such as `7K2M-PQ` is drawn in one piece; `text`, and what is read aloud, is
    plain."""

    _plain = ""

    def setText(self, text: str) -> None:
        drawn = _HYPHEN.sub("-\u2060", text)
        if self.accessibleName() in ("", self._plain):
            self.setAccessibleName(text if drawn != text else "")
        self._plain = text
        super().setText(drawn)

    def text(self) -> str:
        return self._plain


def label(
    desk: Desk, text: str = "", role: str = "body", tone: str = "text", *, wrap: bool = False
) -> QLabel:
    """A plain-text label that starts where reading starts. Clicks go through it to what it lies on."""
    made = Wrapped() if wrap else QLabel()
    made.setText(text)
    made.setWordWrap(wrap)
    dress_label(made, desk, role, tone)
    return made


def dress_label(made: QLabel, desk: Desk, role: str, tone: str) -> None:
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setProperty("tone", tone)
    made.setIndent(0)
    made.setAlignment(desk.look.start | Qt.AlignmentFlag.AlignVCenter)
    made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def number(desk: Desk, text: str = "", role: str = "strong", tone: str = "text") -> QLabel:
    """A label of digits at the far edge of its row."""
    made = label(desk, text, role, tone)
    made.setAlignment(desk.look.end | Qt.AlignmentFlag.AlignVCenter)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return made


def picture(desk: Desk, name: str, token: str = "accenttext", size: int = 24) -> QLabel:
    made = label(desk)
    made.setPixmap(desk.icon(name, token, size))
    made.setFixedSize(desk.px(size), desk.px(size))
    return made


def row(*items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Items beside each other; an int is a stretch, None is skipped."""
    return _fill(QHBoxLayout(), items, gap, margins)


def column(*items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Items under each other; an int is a stretch, None is skipped."""
    return _fill(QVBoxLayout(), items, gap, margins)


def _fill(box: Box, items: tuple[Item, ...], gap: int, margins: tuple[int, int, int, int]) -> Box:
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for item in items:
        if isinstance(item, QWidget):
            box.addWidget(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        elif isinstance(item, int):
            box.addStretch(item)
    return box


def lines(*labels: QLabel | None) -> QVBoxLayout:
    """Two or three lines of words that stay close together in the middle of their row."""
    return column(1, *labels, 1, gap=0)


def panel(kind: str, layout: QLayout | None = None) -> QFrame:
    """A box whose background and border come from its kind in the style sheet."""
    made = QFrame()
    made.setProperty("panel", kind)
    if layout is not None:
        made.setLayout(layout)
    return made


def holder(layout: QLayout) -> QWidget:
    made = QWidget()
    made.setLayout(layout)
    return made


def rule(*, upright: bool = False) -> QFrame:
    made = panel("rule")
    if upright:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Sets a style property and has the style sheet read it again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def clear(layout: QLayout) -> None:
    """Takes everything out of a layout and deletes it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            drop(widget)
        elif (inner := item.layout()) is not None:
            clear(inner)


def drop(widget: QWidget) -> None:
    """Out of sight at once, deleted after the present event."""
    widget.hide()
    widget.deleteLater()


def every(parent: QObject, milliseconds: int, call: Callable[[], None]) -> QTimer:
    """A stopped timer of `parent` that calls again and again once started."""
    timer = QTimer(parent)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer


def fixed(widget: QWidget, *, width: int = 0, height: int = 0) -> QWidget:
    if width:
        widget.setFixedWidth(width)
    if height:
        widget.setFixedHeight(height)
    return widget
