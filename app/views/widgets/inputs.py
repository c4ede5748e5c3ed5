"""Fields to type in. A PIN field never takes a scan: the scanner filter sends codes elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit

from app.views.desk import Desk

MOST_PIN, CARET_ROOM = 8, "\u2005"


class PinField(QLineEdit):
    """Forgets what was typed as soon as it is out of sight, in whatever way its form was left."""

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.clear()


def beside_caret(desk: Desk, hint: str) -> str:
    """What an empty field says. Qt draws the caret over its right end, where Arabic begins."""
    return f"{CARET_ROOM}{hint}" if desk.look.rtl else hint


def field(
    desk: Desk,
    name: str,
    *,
    placeholder: str = "",
    on_enter: Callable[[], None] | None = None,
    height: int = 48,
    kind: type[QLineEdit] = QLineEdit,
) -> QLineEdit:
    """A line to type in; its name doubles as the placeholder."""
    made = kind()
    say(desk, made, name, placeholder)
    made.setMinimumHeight(desk.px(height))
    made.setAlignment(desk.look.start)
    made.setMaxLength(200)
    if on_enter is not None:
        made.returnPressed.connect(on_enter)
    return made


def say(desk: Desk, line: QLineEdit, name: str, placeholder: str = "") -> None:
    """What is typed there."""
    line.setAccessibleName(name)
    line.setPlaceholderText(beside_caret(desk, placeholder or name))


def pin_field(desk: Desk, name: str, on_enter: Callable[[], None] | None = None) -> QLineEdit:
    made = field(desk, name, on_enter=on_enter, kind=PinField)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setMaxLength(MOST_PIN)
    return made
