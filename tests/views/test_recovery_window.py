"""The window that walks a person through the recovery of a damaged journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.shown_status import LostDocument, Recovered
from app.tasks import InstantTasks
from app.texts import Texts
from app.views.recovery_window import RecoveryWindow
from app.views.widgets.theme import Look, apply_look
from domain.errors import Code, Refused, Unavailable

WHOLE = Recovered(42, 0, 0, (), "1795675800000")
HOLED = Recovered(40, 2, 1, (LostDocument("POS1-000041"),), "1795675800000")


@dataclass
class Played:
    """A window whose recovery comes out as the test says."""

    window: RecoveryWindow
    outcomes: list[Recovered | Exception] = field(default_factory=list)
    finished: list[bool] = field(default_factory=list)

    def press(self) -> None:
        button = self.window.findChild(QPushButton)
        assert button is not None
        button.click()

    def says(self, key: str) -> bool:
        return all(texts(key) in self.window.words for texts in (Texts("en"), Texts("ar")))


def make() -> Played:
    outcomes: list[Recovered | Exception] = []

    def recover() -> Recovered:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    played = Played(RecoveryWindow(InstantTasks(lambda error: None), recover), outcomes)
    played.window.finished.connect(lambda: played.finished.append(True))
    return played


@pytest.fixture
def played(qapp: QApplication) -> Iterator[Played]:
    apply_look(qapp, Look())
    one = make()
    one.window.show()
    yield one
    one.window.close()


def test_it_says_what_happened_and_waits_for_the_person(played: Played) -> None:
    assert played.says("recovery.found")
    assert not played.finished


def test_one_press_recovers_and_a_second_one_goes_on(played: Played) -> None:
    played.outcomes.append(WHOLE)
    played.press()
    assert "42 records were read" in played.window.words
    assert not played.finished
    played.press()
    assert played.finished == [True]


def test_without_the_server_it_waits_and_tries_again_by_itself(
    played: Played, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.views.recovery_window.RETRY_MS", 1)
    played.outcomes += [Unavailable("server"), WHOLE]
    played.press()
    assert played.says("recovery.waiting_title")
    qtbot.waitUntil(lambda: played.window.step == "done")


def test_what_could_not_be_read_is_counted_and_named(played: Played) -> None:
    played.outcomes.append(HOLED)
    played.press()
    assert "2 could not be read; 1 of them never reached the server" in played.window.words
    assert "POS1-000041" in played.window.words


def test_what_is_not_known_is_not_counted(played: Played) -> None:
    played.outcomes.append(replace(HOLED, unsent=-1))
    played.press()
    assert played.says("recovery.done_unsent_title")
    assert "2 could not be read. How many the server never got is not known" in played.window.words
    assert "-1" not in played.window.words


def test_records_lost_without_a_trace_are_said_to_be_lost(played: Played) -> None:
    played.outcomes.append(Recovered(0, 0, -1, (), "1795675800000", sure=False))
    played.press()
    assert played.says("recovery.done_lost_title")
    assert "none is missing" not in played.window.words


def test_a_refusal_is_told_in_words_and_can_be_tried_again(played: Played) -> None:
    played.outcomes += [Refused(Code.STATION_FENCED), WHOLE]
    played.press()
    assert Texts("ar").refusal(Code.STATION_FENCED) in played.window.words
    played.press()
    assert played.window.step == "done"
