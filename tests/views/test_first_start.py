"""The window of a station's first start: seen at once, in words, until there is somebody to sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.texts import Texts
from app.views.first_start_window import SAID_AFTER, Fetching, FirstStartWindow
from app.views.widgets.theme import Look, apply_look
from domain.errors import Code, Refused
from tests.views.scene import LaterTasks


@dataclass
class Fetch:
    """A fetch that is under way."""

    fetched: int = 0
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Played:
    """A window whose station comes out as the test says."""

    window: FirstStartWindow
    texts: Texts
    tasks: LaterTasks
    time: list[float]
    fetch: Fetch
    outcomes: list[Exception | None] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)

    def says(self, key: str, **facts: int) -> bool:
        return self.texts(key, **facts) in self.window.words


def make(language: str) -> Played:
    outcomes, time, fetch = list[Exception | None](), [0.0], Fetch()
    tasks = LaterTasks(lambda error: None)
    tasks.instant = False

    def build(fetching: Callable[[Fetching], None]) -> None:
        fetching(fetch)
        if outcomes and (outcome := outcomes.pop(0)) is not None:
            raise outcome

    texts = Texts(language)
    window = FirstStartWindow(tasks, build, texts, lambda: time[0])
    played = Played(window, texts, tasks, time, fetch, outcomes)
    window.ended.connect(lambda: played.ended.append(True))
    return played


@pytest.fixture(params=["en", "ar"])
def played(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Played]:
    apply_look(qapp, Look(rtl=request.param == "ar"))
    one = make(request.param)
    one.window.show()
    one.window.begin()
    yield one
    one.window.close()
    apply_look(qapp, Look())


def test_before_anything_has_come_it_says_what_happens(played: Played) -> None:
    assert played.says("first.loading_title")
    assert played.says("first.loading")
    assert not played.ended


def test_it_counts_what_has_come(played: Played) -> None:
    played.window._begun(played.fetch)
    played.fetch.fetched = 12_000
    played.window.look()
    assert played.says("first.rows", n=12_000)


def test_silence_is_said_in_seconds_from_five_on(played: Played) -> None:
    played.time[0] = SAID_AFTER - 1
    played.window.look()
    assert not played.says("first.silent", n=4)
    played.time[0] = SAID_AFTER + 2
    played.window.look()
    assert played.says("first.silent", n=7)


def test_when_the_server_goes_away_it_says_so_and_tries_again_by_itself(
    played: Played, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.views.first_start_window.RETRY_MS", 1)
    played.outcomes += [Refused(Code.START_NEEDS_SERVER), None]
    played.tasks.step()
    assert played.says("first.waiting_title")
    assert not played.ended
    played.tasks.instant = True
    qtbot.waitUntil(lambda: played.ended == [True])
    assert played.window.error is None


def test_what_came_before_the_server_went_away_is_counted_on(played: Played) -> None:
    played.window._begun(played.fetch)
    played.fetch.fetched = 5_000
    played.window.look()
    played.outcomes.append(Refused(Code.START_NEEDS_SERVER))
    played.tasks.step()
    played.window.begin()
    played.window._begun(Fetch(fetched=2_000))
    played.window.look()
    assert played.says("first.rows", n=7_000)


def test_what_no_waiting_helps_ends_it_with_its_reason(played: Played) -> None:
    played.outcomes.append(Refused(Code.ENROLMENT_USED))
    played.tasks.step()
    assert played.ended == [True]
    assert isinstance(played.window.error, Refused)


def test_closing_it_stops_the_fetch_also_one_that_begins_later(played: Played) -> None:
    button = played.window.findChild(QPushButton)
    assert button is not None
    button.click()
    assert not played.window.isVisible()
    played.tasks.flush()
    assert played.fetch.stopped


def test_all_its_words_are_seen(played: Played) -> None:
    played.time[0] = 60.0
    played.window.look()
    labels = [each for each in played.window.findChildren(QLabel) if each.isVisible()]
    assert [each for each in labels if each.heightForWidth(each.width()) > each.height() + 1] == []
