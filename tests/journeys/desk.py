"""The real window of a till with a real server behind it, and what a person there does and sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.parts import Config
from app.views.booking_letter import Letter
from app.views.frame import Frame
from app.views.ports import Preferences
from app.views.widgets.buttons import Pressable
from app.wiring import Joined, join
from tests.helpers.running import RunningServer
from tests.helpers.shop import PINS
from tests.helpers.windows import end


@contextmanager
def opened_desk(
    server: RunningServer, folder: Path, qtbot: QtBot, *, terminal: str = "", who: str = ""
) -> Iterator[Joined]:
    """POS1, online; `who` is signed in at it."""
    config = Config(
        folder / "POS1", server.url, server.code("POS1"), terminal, keyring=False, query_seconds=0.02
    )
    joined = join(config, server.clock, sound=lambda sound: None, preferences=Preferences())
    joined.station.start()
    joined.window.resize(1366, 768)
    joined.window.show()
    qtbot.waitUntil(lambda: bool(joined.station.health.online()), timeout=20_000)
    if who:
        joined.window.enter(joined.station.people.sign_in(who, PINS[who]))
    yield joined
    joined.window.close()
    joined.close()
    end(joined.window)


def frame_of(till: Joined) -> Frame:
    assert till.window.frame is not None
    return till.window.frame


def write(till: Joined, text: str) -> None:
    for letter in text:
        send(till, Qt.Key.Key_unknown, letter)


def send(till: Joined, key: Qt.Key, letter: str = "") -> None:
    focused = till.window.focusWidget()
    assert focused is not None
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
    QCoreApplication.sendEvent(focused, event)


def tap(till: Joined, words: str) -> None:
    """The button with these words on it."""
    buttons = (each for each in till.window.findChildren(Pressable) if each.isVisible())
    next(each for each in buttons if each.accessibleName().startswith(words)).click()


def seen(till: Joined, words: str) -> bool:
    shown = (each.text() for each in till.window.findChildren(QLabel) if each.isVisible())
    return any(words in text for text in shown)


def is_written(till: Joined) -> bool:
    """The message that a decision sends is there to be read."""
    letter = frame_of(till).findChild(Letter)
    return letter is not None and not letter.is_waiting
