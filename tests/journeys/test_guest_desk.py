"""A guest at a real till with a real server behind it, through the real window: registered, verified, remembered."""

from __future__ import annotations

import stat

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.wiring import Joined
from tests.helpers.running import RunningServer
from tests.journeys.desk import frame_of, seen, send, tap, write
from tests.sync.test_guests import code_of


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
