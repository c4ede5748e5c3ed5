"""A scanner that types: one filter on the whole application tells its bursts from people by the keys' own
clock.

Printable keys are held back; Enter or Tab after six or more of them with no gap over 35 ms is a scan, and no
widget sees any of it, whatever has the focus. Anything else is given to the widget 40 ms later, in order, or at once
before a key or a touch that acts on it. Set `QT_IM_MODULE=none` before QApplication: an input method would swallow
keys of an Arabic layout.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.hardware.repeats import Repeats

ACCEPTS_SCANS = "acceptsScans"
_SUFFIX_KEYS = frozenset((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab))
_COMMAND = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_SHIFTS = frozenset((Qt.Key.Key_Shift, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock))
_TOUCHES = frozenset((QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TouchBegin))
_LONGEST = 512

# PC set-1 scan codes of the US main block: what a scanner means, whatever layout the system has.
_US_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
US_KEYS = {
    first + offset: pair
    for first, plain, shifted in _US_ROWS
    for offset, pair in enumerate(zip(plain, shifted, strict=True))
}


@dataclass(frozen=True, slots=True)
class WedgeSettings:
    """Milliseconds and characters; the defaults hold for scanners that type every 1 to 20 ms."""

    gap: int = 35
    least: int = 6
    replay: int = 40
    doubled: int = 20
    lag: int = 25


@dataclass(frozen=True, slots=True)
class _Held:
    """A key press kept back: for whom, what the layout made of it, and what a US layout makes of it."""

    target: QWidget
    event: QKeyEvent
    text: str
    us_text: str


class WedgeScanner(QObject):
    """A CodeSource that filters `app`'s keys; used in the GUI thread only.

    A widget with the property `acceptsScans` set gets all keys as typed (a note field). `milliseconds` is
    only for keys without a time of their own.

    Signals: `scanned(code)`, once per code in two seconds.
    """

    scanned = Signal(str)

    def __init__(
        self,
        app: QCoreApplication,
        settings: WedgeSettings | None = None,
        *,
        milliseconds: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        repeats: Repeats | None = None,
    ) -> None:
        super().__init__(app)
        self._app, self._settings = app, settings or WedgeSettings()
        self._milliseconds, self._repeats = milliseconds, repeats or Repeats()
        self._on_code: Callable[[str], None] | None = None
        self._held: list[_Held] = []
        self._last = 0
        self._released: set[int] = set()
        self._replaying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._waited)
        self._due = 0

    def start(self, on_code: Callable[[str], None]) -> None:
        self._on_code = on_code
        self._app.installEventFilter(self)

    def stop(self) -> None:
        """What is held is given to its widget."""
        self._app.removeEventFilter(self)
        self._replay()
        self._on_code = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._held and not self._replaying and _acts(event):
            self._replay()  # it acts on what was typed before it
        if self._replaying or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(event)
        if event.type() != QEvent.Type.KeyPress or watched.property(ACCEPTS_SCANS):
            return False
        return self._press(watched, event)

    def _press(self, target: QWidget, event: QKeyEvent) -> bool:
        """True keeps the key from the widget."""
        now = event.timestamp() or self._milliseconds()
        gap = now - self._last
        if event.modifiers() & _COMMAND or (event.isAutoRepeat() and not self._doubled(gap)):
            self._replay()
            return False
        if event.key() in _SUFFIX_KEYS or event.text() in ("\n", "\r"):
            return self._end(event, gap)
        us_text = _us_text(event)
        if not (event.text().isprintable() and event.text()) and not us_text:
            return False
        if self._held and gap > self._settings.gap:
            self._replay()
        self._last = now
        self._hold(_Held(target, _copy(event), event.text(), us_text))
        return True

    def _doubled(self, gap: int) -> bool:
        """Two equal characters typed within a millisecond come flagged as auto-repeat; a held key is far
        slower."""
        return bool(self._held) and gap < self._settings.doubled

    def _hold(self, held: _Held) -> None:
        self._held.append(held)
        self._released.add(held.event.key())
        if len(self._held) > _LONGEST:
            self._replay()
            return
        self._wait(self._settings.replay)

    def _end(self, event: QKeyEvent, gap: int) -> bool:
        if len(self._held) < self._settings.least or gap > self._settings.gap:
            self._replay()
            return False
        code = _code(self._held)
        self._held.clear()
        self._timer.stop()
        self._released.add(event.key())
        self._emit(code)
        return True

    def _emit(self, code: str) -> None:
        if self._repeats.fresh(code):
            self.scanned.emit(code)
            if self._on_code is not None:
                self._on_code(code)

    def _release(self, event: QKeyEvent) -> bool:
        """The release of a key that no widget saw pressed, or that was replayed with its release."""
        if event.key() not in self._released or event.isAutoRepeat():
            return False
        self._released.discard(event.key())
        return True

    def _wait(self, milliseconds: int) -> None:
        self._due = time.monotonic_ns() // 1_000_000 + milliseconds
        self._timer.start(milliseconds)

    def _waited(self) -> None:
        """After a stall of the GUI thread the rest of a scan may be queued behind this timer: let it come
        first."""
        if time.monotonic_ns() // 1_000_000 - self._due > self._settings.lag:
            self._wait(self._settings.replay)
        else:
            self._replay()

    def _replay(self) -> None:
        """Gives the held keys to the widgets that they were for, in order, each with its release."""
        self._timer.stop()
        held, self._held = self._held, []
        self._replaying = True
        try:
            for key in held:
                for event in (key.event, _release_of(key.event)):
                    if shiboken6.isValid(key.target):
                        QCoreApplication.sendEvent(key.target, event)
        finally:
            self._replaying = False


def _acts(event: QEvent) -> bool:
    """A touch, or a key that types nothing, which a shortcut may have before any widget."""
    if not isinstance(event, QKeyEvent):
        return event.type() in _TOUCHES
    if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        return False
    types = (event.text().isprintable() and event.text()) or _us_text(event)
    held = event.modifiers() & _COMMAND
    return bool(held) or not (types or event.key() in _SHIFTS or event.key() in _SUFFIX_KEYS)


def _code(held: list[_Held]) -> str:
    """What the scanner sent: as typed when that is plain ASCII, else by the keys' places on a US keyboard."""
    typed = "".join(key.text for key in held)
    return typed if typed.isascii() else "".join(key.us_text or key.text for key in held)


def _us_text(event: QKeyEvent) -> str:
    """Empty where the platform gives no scan code (tests) or the key is outside the main block."""
    offset = 8 if QGuiApplication.platformName() in ("xcb", "wayland") else 0
    plain, shifted = US_KEYS.get(event.nativeScanCode() - offset, ("", ""))
    return shifted if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else plain


def _copy(event: QKeyEvent) -> QKeyEvent:
    return _event(QEvent.Type.KeyPress, event)


def _release_of(event: QKeyEvent) -> QKeyEvent:
    return _event(QEvent.Type.KeyRelease, event)


def _event(kind: QEvent.Type, event: QKeyEvent) -> QKeyEvent:
    return QKeyEvent(
        kind,
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
    )
