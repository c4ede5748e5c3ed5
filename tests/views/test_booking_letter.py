"""The message that a decision sends is read before it is sent: never another one, and nobody waits for it for long."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.views import booking_letter
from app.views.booking_letter import Letter
from app.views.booking_why import WhyForm
from domain.errors import Code, Refused, Unavailable
from tests.views.booking_states import deciding
from tests.views.scene import Scene

WRITTEN = "Come on Sunday"


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lasts a moment."""
    monkeypatch.setattr(booking_letter, "PATIENCE_MS", 30)


@pytest.fixture
def rejecting(scene: Scene) -> Scene:
    scene.world.bookings.letter_words = "Dear guest, no: {reason}"
    deciding("family", "F10")(scene)
    assert "Dear guest, no: " in scene.shown_texts()
    return scene


def letter(scene: Scene) -> Letter:
    form = scene.window.findChild(WhyForm)
    assert form is not None
    return form._letter


def is_back(scene: Scene) -> bool:
    """The words stepped back, and it is said why."""
    waits = scene.words("bookings.letter_waits") in scene.shown_texts()
    assert waits is (letter(scene).words.property("tone") == "text3")
    return waits


def is_short(scene: Scene) -> bool:
    shown = scene.shown_texts()
    assert (scene.words("bookings.told_mail") in shown.split("\n")) is not (
        scene.words("bookings.told_mail_short") in shown
    )
    return WRITTEN in shown and "Dear guest" not in shown


def answer_late(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """From now on the server's words come when they are let; all else goes on at once."""
    held: list[Any] = []
    asks = letter(scene)._ask

    def run_aside(fn: Any, /, *args: Any, done: Any = None, failed: Any = None) -> None:
        job = partial(scene.tasks.run, fn, *args, done=done, failed=failed)
        if fn == asks:
            held.append(job)
        else:
            job()

    monkeypatch.setattr(scene.tasks, "run_aside", run_aside)
    return held


@pytest.fixture
def late(scene: Scene, monkeypatch: pytest.MonkeyPatch, patience: None, request: Any) -> list[Any]:
    """What the server has not answered yet, to a message that was written; patience was short when the form opened."""
    rejecting: Scene = request.getfixturevalue("rejecting")
    held = answer_late(rejecting, monkeypatch)
    rejecting.type(WRITTEN)
    return held


def test_what_is_not_what_would_be_sent_steps_back_and_is_not_sent(
    rejecting: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = answer_late(rejecting, monkeypatch)
    rejecting.type(WRITTEN)
    assert is_back(rejecting) and letter(rejecting).words.text() == "Dear guest, no: "
    rejecting.press("F12")
    rejecting.button("bookings.do_reject").click()
    assert rejecting.words("bookings.letter_wait") in rejecting.shown_texts()
    assert not rejecting.world.bookings.decided and len(held) == 1, "asked at once, and once"
    held.pop()()
    assert not is_back(rejecting) and f"Dear guest, no: {WRITTEN}" in rejecting.shown_texts()
    assert rejecting.words("bookings.letter_read") in rejecting.shown_texts()
    rejecting.press("F12")
    assert rejecting.world.bookings.decided == [("reject", "family", WRITTEN)]


def test_typing_on_waits_for_the_words_of_the_last_letter(
    rejecting: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = answer_late(rejecting, monkeypatch)
    rejecting.type("Come")
    rejecting.press("F12")
    rejecting.type(WRITTEN.removeprefix("Come"))
    assert rejecting.words("bookings.letter_wait") not in rejecting.shown_texts()
    held.pop()()
    assert is_back(rejecting), "that was of less"
    rejecting.press("F12")
    assert not rejecting.world.bookings.decided
    held.pop()()
    assert not is_back(rejecting) and not held
    assert f"Dear guest, no: {WRITTEN}" in rejecting.shown_texts()


def test_a_server_that_does_not_answer_in_time_holds_up_no_decision(
    late: list[Any], rejecting: Scene, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: is_short(rejecting))
    rejecting.type("!")
    assert not is_back(rejecting), "who was late once is not waited for again"
    rejecting.press("F12")
    assert rejecting.world.bookings.decided == [("reject", "family", f"{WRITTEN}!")]
    assert len(late) <= 1


def test_words_that_come_late_are_shown_all_the_same(late: list[Any], rejecting: Scene, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_short(rejecting) and bool(late))
    late.pop()()
    assert f"Dear guest, no: {WRITTEN}" in rejecting.shown_texts()
    assert not is_short(rejecting)
    rejecting.type("!")
    assert is_back(rejecting), "it answers again"


@pytest.mark.parametrize("error", [Unavailable("server", "no answer"), Refused(Code.REQUEST_OFFLINE)])
def test_without_an_answer_the_message_is_in_short_and_says_so(
    rejecting: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def lost(*_: object) -> str:
        raise error

    monkeypatch.setattr(letter(rejecting), "_ask", lost)
    rejecting.type(WRITTEN)
    qtbot.waitUntil(lambda: is_short(rejecting))
    rejecting.press("F12")
    assert rejecting.world.bookings.decided == [("reject", "family", WRITTEN)]


def test_words_that_cannot_be_read_are_in_short(rejecting: Scene, qtbot: QtBot) -> None:
    rejecting.world.bookings.letter_words = ""
    rejecting.type(WRITTEN)
    qtbot.waitUntil(lambda: is_short(rejecting))


@pytest.mark.parametrize("code", [Code.STAFF_UNPROVEN, Code.NOT_ALLOWED])
def test_who_is_refused_does_not_ask_again(
    rejecting: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    """Five wrong proofs, and the server does not hear that name from here for five minutes."""
    asked = []

    def refuses(*said: object) -> str:
        asked.append(said)
        raise Refused(code)

    monkeypatch.setattr(letter(rejecting), "_ask", refuses)
    rejecting.type(WRITTEN)
    qtbot.waitUntil(lambda: is_short(rejecting))
    rejecting.type("!")
    letter(rejecting)._ask_now()
    assert len(asked) == 1 and not is_back(rejecting)


@pytest.mark.parametrize("reach", ["mail", "sms"])
def test_without_the_server_it_is_in_short_at_once(scene: Scene, reach: str) -> None:
    scene.world.bookings.reach, scene.world.bookings.online = reach, False
    scene.world.bookings.letter_words = "Dear guest"
    deciding("family")(scene)
    form = WhyForm(scene.desk, scene.world.bookings.page("family"), "reject", scene.world.bookings)
    form._own.setText(WRITTEN)
    assert form._letter._caption.text() == scene.words(f"bookings.told_{reach}_short")
    assert not form._letter.is_waiting and not scene.world.bookings.letters
    assert WRITTEN in form._letter.words.text()
    form.deleteLater()
