"""How soon a station says that the server is away, and that the internet is: against a real server process."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import server_api, sync
from app.line import Line
from server.internet import Internet, place
from tests.helpers.running import RunningServer, RunningStation, open_station
from tests.helpers.waiting import wait_for

BANNER_SECONDS = 3.0


@pytest.fixture
def answers() -> Iterator[socket.socket]:
    """Somebody in the internet who takes every line."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


class Heard:
    """What a station told of its line, and when."""

    def __init__(self) -> None:
        self.away = threading.Event()
        self.at = 0.0

    def __call__(self, line: Line) -> None:
        if line.since is not None and not self.away.is_set():
            self.at = time.monotonic()
            self.away.set()


def running(tmp_path: Path, server: RunningServer, heard: Heard) -> RunningStation:
    station = open_station(tmp_path / "POS1", server, "POS1", told=heard)
    station.sync.start()
    wait_for(lambda: station.sync.line.since is None)
    heard.away.clear()
    return station


@pytest.mark.skipif(os.name != "posix", reason="a process cannot be held still")
@pytest.mark.parametrize("after", [0.0, 0.7])
def test_a_server_that_stands_still_is_away_within_three_seconds(tmp_path: Path, after: float) -> None:
    """No line is closed and no error comes: only the silence tells."""
    server, heard = RunningServer(tmp_path / "server").start(), Heard()
    station = running(tmp_path, server, heard)
    assert server._process is not None
    threading.Event().wait(after)  # anywhere between two beats
    held = time.monotonic()
    server._process.send_signal(signal.SIGSTOP)
    try:
        assert heard.away.wait(10)
        assert heard.at - held <= BANNER_SECONDS
    finally:
        server._process.send_signal(signal.SIGCONT)
    wait_for(lambda: station.sync.line.since is None, seconds=15)
    station.close()
    server.kill()


def test_a_server_that_is_gone_is_away_at_once(tmp_path: Path) -> None:
    server, heard = RunningServer(tmp_path / "server").start(), Heard()
    station = running(tmp_path, server, heard)
    gone = time.monotonic()
    server.kill()
    assert heard.away.wait(10)
    assert heard.at - gone <= BANNER_SECONDS
    station.close()


def test_a_server_that_is_back_is_used_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a station would have waited before its next try."""
    monkeypatch.setattr(sync, "_BACK_OFF", (120.0,))
    server, heard = RunningServer(tmp_path / "server").start(), Heard()
    station = running(tmp_path, server, heard)
    server.kill()
    assert heard.away.wait(10)
    server.start()
    wait_for(lambda: station.sync.line.since is None, seconds=20)
    station.close()
    server.kill()


def test_a_server_that_loses_the_internet_says_so_and_stays_there_itself(
    tmp_path: Path, answers: socket.socket
) -> None:
    where = f"127.0.0.1:{answers.getsockname()[1]}"
    server, heard = RunningServer(tmp_path / "server", options=("--internet", where)).start(), Heard()
    station = running(tmp_path, server, heard)
    assert station.sync.internet_since is None
    answers.close()
    wait_for(lambda: station.sync.internet_since is not None, seconds=15)
    assert station.sync.line.since is None
    with socket.create_server(("127.0.0.1", int(where.rpartition(":")[2]))):
        wait_for(lambda: station.sync.internet_since is None, seconds=15)
    station.close()
    server.kill()


def test_without_places_nothing_is_said_of_the_internet() -> None:
    internet = Internet()
    internet.start()
    assert internet.beat == ": beat\n\n"


def test_one_place_that_answers_is_enough(answers: socket.socket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    internet = Internet((nobody[:2], answers.getsockname()[:2]))
    internet.look()
    assert not internet.away
    answers.close()
    internet.look()
    assert internet.beat == ": beat away\n\n"


def test_a_place_is_a_host_and_a_port() -> None:
    assert place("bank.example:8443") == ("bank.example", 8443)
    assert place("bank.example") == ("bank.example", 443)
    for wrong in ("", ":443", "bank.example:x", "bank.example:0"):
        with pytest.raises(ValueError, match="no HOST:PORT"):
            place(wrong)


@pytest.mark.skipif(os.name != "posix", reason="a process cannot be held still")
def test_a_station_that_ends_does_not_wait_for_the_next_beat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_api, "SILENCE_SECONDS", 60.0)
    server = RunningServer(tmp_path / "server").start()
    station = running(tmp_path, server, Heard())
    assert server._process is not None
    wait_for(lambda: station.sync._api._listening is not None)
    server._process.send_signal(signal.SIGSTOP)
    try:
        station.close()
        listening = station.sync._threads[1]
        assert not listening.is_alive()
    finally:
        server.kill()
