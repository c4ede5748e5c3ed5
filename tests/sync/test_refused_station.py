"""A station that the server refuses says so and nothing else, as long as the server is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import server_api, sync
from app.line import Line
from domain.errors import Code
from server import admin
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import RunningServer, RunningStation, open_station
from tests.helpers.waiting import wait_for

FENCED = Code.STATION_FENCED.value
ROUNDS = 40  # the thread that listens tries again several times meanwhile


class Lines:
    """What a station told of its line, in order: `away`, nothing for a server that answers, or a code."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, line: Line) -> None:
        self.told.append(line.refused or ("away" if line.since else ""))

    def is_last(self, words: str) -> bool:
        return self.told[-1:] == [words]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs) -> None:
    monkeypatch.setattr(sync, "_BACK_OFF", (0.05,))
    expected_logs.expect(f"refuses this station: {FENCED}")


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def station(server: RunningServer, tmp_path: Path, lines: Lines) -> Iterator[RunningStation]:
    opened = open_station(tmp_path / "POS1", server, "POS1", told=lines)
    yield opened
    opened.close()


def fence(server: RunningServer) -> None:
    assert admin.fence("POS1", server.settings, server.clock) == 0


def wait_for_rounds(caplog: pytest.LogCaptureFixture) -> None:
    """Until the server has refused so many more of them."""
    before = caplog.text.count(FENCED)
    wait_for(lambda: caplog.text.count(FENCED) >= before + ROUNDS, seconds=30)


def test_a_refused_station_that_starts_again_says_so_steadily(
    server: RunningServer, station: RunningStation, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    fence(server)
    station.sync.start()
    wait_for_rounds(caplog)
    assert lines.told == [FENCED]


def test_a_refused_station_whose_hints_break_off_says_so_steadily(
    server: RunningServer, station: RunningStation, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    station.sync.start()
    wait_for(lambda: station.sync._api._listening is not None and lines.is_last(""))
    fence(server)
    station.sync.wake()
    wait_for(lambda: lines.is_last(FENCED))
    server_api._hang_up(station.sync._api._listening)
    wait_for_rounds(caplog)
    assert lines.told[lines.told.index(FENCED) :] == [FENCED]


def test_a_refused_station_tells_when_the_server_is_away_and_when_it_is_back(
    server: RunningServer, station: RunningStation, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it would have waited before its next try."""
    monkeypatch.setattr(sync, "_BACK_OFF", (120.0,))
    fence(server)
    station.sync.start()
    wait_for(lambda: lines.is_last(FENCED))
    server.kill()
    wait_for(lambda: lines.is_last("away"))
    server.start()
    wait_for(lambda: lines.is_last(FENCED))
    assert lines.told == [FENCED, "away", FENCED]
