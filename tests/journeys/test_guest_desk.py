"""A guest at a real till with a real server behind it, through the real window: registered, verified, remembered."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.parts import Config
from app.views.frame import Frame
from app.views.ports import Preferences
from app.views.widgets.buttons import Pressable
from app.wiring import Joined, join
from tests.helpers.running import RunningServer
from tests.helpers.shop import PINS
from tests.sync.test_guests import code_of


@pytest.fixture
def till(server: RunningServer, tmp_path: Path, qtbot: QtBot) -> Iterator[Joined]:
    config = Config(tmp_path / "POS1", server.url, server.code("POS1"), keyring=False)
    joined = join(config, server.clock, sound=lambda sound: None, preferences=Preferences())
    joined.station.start()
    joined.window.resize(1366, 768)
    joined.window.show()
    qtbot.waitUntil(lambda: bool(joined.station.health.online()), timeout=20_000)
    joined.window.enter(joined.station.people.sign_in("reem", PINS["reem"]))
    yield joined
    joined.window.close()
    joined.close()


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


def ask_for_code(till: Joined, qtbot: QtBot) -> None:
    """In the form of a new guest: their name, and then a code by SMS."""
    frame = frame_of(till)
    qtbot.waitUntil(lambda: seen(till, "Register guest"), timeout=20_000)
    write(till, "Sara Al-Qahtani")
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Verify Sara Al-Qahtani"), timeout=20_000)
    frame.press("F9")
    qtbot.waitUntil(lambda: seen(till, "The code holds until"), timeout=20_000)


@pytest.mark.usefixtures("qapp")
def test_a_guest_is_registered_verified_and_given_a_copy(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    frame = frame_of(till)
    frame.press("F7")
    write(till, "0551234567")
    qtbot.waitUntil(lambda: seen(till, "Nobody is known by"), timeout=20_000)
    frame.press("F12")
    ask_for_code(till, qtbot)
    code = code_of(server)
    write(till, "000000" if code != "000000" else "111111")
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "4 tries are left"), timeout=20_000)
    write(till, code)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Verified: Phone"), timeout=20_000)
    tap(till, "Save a copy of their data")
    qtbot.waitUntil(lambda: seen(till, "A copy for the guest lies in"), timeout=20_000)
    [copy] = (till.station.store.folder / "exports").iterdir()
    assert "Sara Al-Qahtani" in copy.read_text(encoding="utf-8")
    assert stat.S_IMODE(copy.stat().st_mode) & 0o077 == 0


@pytest.mark.usefixtures("qapp")
def test_a_guest_is_registered_while_the_server_is_away_and_verified_when_it_is_back(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    frame = frame_of(till)
    server.kill()
    qtbot.waitUntil(lambda: not till.station.health.online(), timeout=20_000)
    frame.press("F7")
    qtbot.waitUntil(lambda: seen(till, "New guest"), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Register guest"), timeout=20_000)
    write(till, "0551234567")
    send(till, Qt.Key.Key_Return)
    write(till, "Sara Al-Qahtani")
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Sara Al-Qahtani is kept as not verified"), timeout=20_000)
    server.start()
    qtbot.waitUntil(lambda: seen(till, "Send by SMS"), timeout=30_000)
    frame.press("F9")
    qtbot.waitUntil(lambda: seen(till, "The code holds until"), timeout=20_000)
    write(till, code_of(server))
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seen(till, "Verified: Phone"), timeout=20_000)
