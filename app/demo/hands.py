"""Hands for a window: keys, taps and scans, as a person and a scanner would give them. Only for playing by itself."""

from __future__ import annotations

import builtins
import time
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

W = TypeVar("W", bound=QWidget)
_KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
}


class NotThere(Exception):
    """What the hands reached for is not on the screen."""


class Hands:
    """Acts on one window; brings it to the front before each act."""

    def __init__(self, window: QWidget) -> None:
        self.window = window

    def key(self, name: str, *, ctrl: bool = False) -> None:
        """`F9`, `Enter`, `Esc`, or a character."""
        self.front()
        key = _KEYS[name] if name in _KEYS else Qt.Key(ord(name.upper()))
        held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self._target(), key, held)

    def type(self, text: str) -> None:
        """As a person types: too slowly for a scanner."""
        self.front()
        QTest.keyClicks(self._target(), text, delay=45)

    def scan(self, code: str) -> None:
        """As a keyboard-wedge scanner types: at once, and Enter. Each key has the time at which it was pressed, as from
        a keyboard: however busy this computer is, they are a scanner's."""
        self.front()
        began = time.monotonic_ns() // 1_000_000
        for at, letter in enumerate((*code, "\r")):
            key = Qt.Key.Key_Return if letter == "\r" else Qt.Key(ord(letter.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
                event.setTimestamp(began + at)
                QApplication.sendEvent(self._target(), event)

    def writes_in(self, words: str) -> bool:
        """Whether what is typed goes into the field that is called so."""
        focused = self.window.focusWidget()
        return isinstance(focused, QLineEdit) and focused.accessibleName() == words

    def tap(self, *words: str) -> None:
        """Clicks the one visible, enabled button whose accessible name holds all `words`."""
        self.front()
        QTest.mouseClick(self._only(QAbstractButton, words), Qt.MouseButton.LeftButton)

    def fill(self, text: str, *words: str) -> None:
        """Writes into the visible field whose accessible name holds all `words`."""
        self._only(QLineEdit, words).setText(text)

    def sees(self, *words: str) -> bool:
        """Whether such a button is there and may be pressed."""
        try:
            self._only(QAbstractButton, words)
        except NotThere:
            return False
        return True

    def reads(self, words: str) -> bool:
        """Whether the words are on the screen."""
        shown = (each for each in self.window.findChildren(QLabel) if each.isVisible())
        return any(words in each.text() for each in shown)

    def picture(self, path: Path) -> None:
        self.window.grab().save(str(path))

    def front(self) -> None:
        self.window.activateWindow()
        QApplication.setActiveWindow(self.window)

    def _target(self) -> QWidget:
        focused: QWidget | None = self.window.focusWidget()
        return focused if focused is not None and focused.isVisible() else self.window

    def _only(self, kind: builtins.type[W], words: tuple[str, ...]) -> W:
        found = [
            widget
            for widget in self.window.findChildren(kind)
            if widget.isVisible()
            and widget.isEnabled()
            and all(word in widget.accessibleName() for word in words)
        ]
        if not found:
            raise NotThere(f"no {kind.__name__} called {words}")
        exact = [widget for widget in found if widget.accessibleName() == words[0]]
        return (exact or found)[0]
