"""A first start against a real server: its window waits with it, and nobody is asked before people are there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.parts import Config, Station, Told
from app.starting import is_new
from app.tasks import Tasks
from app.texts import Texts
from app.views.first_start_window import Fetching, FirstStartWindow
from tests.helpers.running import RunningServer


class Started:
    """The window of a first start, with what it has built."""

    def __init__(self, server: RunningServer, folder: Path) -> None:
        self.stations: list[Station] = []
        self._config = Config(folder, server.url, server.code("POS1"), keyring=False)
        self._clock = server.clock
        self.tasks = Tasks(lambda error: None)
        self.window = FirstStartWindow(self.tasks, self._build, Texts("en"), time.monotonic)
        self.window.show()

    def _build(self, fetching: Callable[[Fetching], None]) -> None:
        self.stations.append(Station(self._config, self._clock, Told(fetching=fetching)))

    def close(self) -> None:
        self.window.close()
        self.tasks.close()
        for station in self.stations:
            station.close()


@pytest.fixture
def started(qapp: QApplication, server: RunningServer, tmp_path: Path) -> Iterator[Started]:
    one = Started(server, tmp_path / "POS1")
    yield one
    one.close()


def test_a_new_station_waits_for_its_people_in_a_window(
    started: Started, tmp_path: Path, qtbot: QtBot
) -> None:
    assert is_new(tmp_path / "POS1")
    with qtbot.waitSignal(started.window.ended, timeout=20_000):
        started.window.begin()
    [station] = started.stations
    assert station.people.tiles()
    assert station.sync.fetched > 0
    assert not is_new(tmp_path / "POS1")


def test_a_server_that_is_away_at_first_is_waited_for(
    started: Started, server: RunningServer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.views.first_start_window.RETRY_MS", 50)
    server.kill()
    started.window.begin()
    qtbot.waitUntil(lambda: Texts("en")("first.waiting_title") in started.window.words, timeout=20_000)
    with qtbot.waitSignal(started.window.ended, timeout=20_000):
        server.start()
    assert started.stations[0].people.tiles()
