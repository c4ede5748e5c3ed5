"""The readiness panel over a real line: not ready, ready once places came, and what works when the server is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.parts import Config, Station, Told
from app.shown_readiness import ReadinessPage, State
from domain.lease import FAMILY
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, Shop
from tests.helpers.waiting import wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server").start()
    yield running
    running.kill()


@pytest.fixture
def till(server: RunningServer, tmp_path: Path) -> Iterator[Shop]:
    """POS1, started, with nobody signed in."""
    config = Config(tmp_path / "POS1", server.url, server.code("POS1"), keyring=False)
    station = Station(config, server.clock, Told())
    station.start()
    yield Shop(station)
    station.close()


def page_of(till: Shop) -> ReadinessPage:
    return till.station.readiness.page()


def missing(till: Shop) -> list[str]:
    return [line.says for line in page_of(till).lines if line.state is State.MISSING]


def test_a_till_becomes_ready_and_says_what_works_once_the_server_is_killed(
    server: RunningServer, till: Shop
) -> None:
    wait_for(lambda: page_of(till).head.says == "head_not")
    wait_for(lambda: missing(till) == ["shift_none"])

    till.sign_in("reem").open_shift()
    wait_for(lambda: page_of(till).head.says == "head_places")
    wait_for(lambda: dict(page_of(till).head.facts).get("n", 0) == FAMILY)
    said = {line.says for line in page_of(till).lines}
    assert {"data_all", "tickets_today", "tickets_tomorrow", "people", "supervisor", "session_held"} <= said
    wait_for(lambda: "printer" in {line.says for line in page_of(till).lines})

    till.sell((ADULT,) * 4)
    wait_for(lambda: page_of(till).head.says == "head_lasts")

    server.kill()
    wait_for(lambda: page_of(till).offline_since is not None)
    assert page_of(till).head.says == "head_away_lasts"
    assert not missing(till)
    while till.ready():
        till.sell((ADULT,))
    page = page_of(till)
    assert page.head.says == "head_away_not"
    assert page.lines[0].says == "session_none"
    assert "unsent_away" in {line.says for line in page.lines}

    server.start()
    wait_for(lambda: page_of(till).offline_since is None, seconds=20)
    wait_for(lambda: not missing(till), seconds=20)
