"""Stations and a real server process with a real line between them: the fixtures of the tests that cross it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.parts import Config, Station, Told
from ledger import tables as t
from ledger.database import open_database
from tests.hardware.simulator import CardProcess
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import Shop
from tests.helpers.waiting import wait_for

Open = Callable[..., Shop]


@pytest.fixture
def capacity() -> int:
    """Places a session; a module may have a fixture of its own."""
    return 300


@pytest.fixture
def server(tmp_path: Path, capacity: int) -> Iterator[RunningServer]:
    venue = tmp_path / "venue.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace("capacity = 300", f"capacity = {capacity}")
    venue.write_text(text, encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


@pytest.fixture
def opened(server: RunningServer, tmp_path: Path) -> Iterator[Open]:
    """Opens (or reopens) a station by name; enrols it the first time; starts its sync unless told not to, and then
    waits for the line if the server is there."""
    stations: list[Station] = []

    def make(name: str, *, start: bool = True, terminal: str = "") -> Shop:
        folder = tmp_path / name
        code = "" if folder.exists() else server.code(name)
        config = Config(
            folder, server.url, code, terminal, keyring=False, query_seconds=0.02, card_window=0.4
        )
        station = Station(config, server.clock, Told())
        stations.append(station)
        if start:
            station.start()
            wait_for(station.health.online)
        return Shop(station)

    yield make
    for station in stations:
        station.close()


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[CardProcess]:
    process = CardProcess(tmp_path)
    yield process
    process.kill()


def on_server(server: RunningServer, statement: sa.Select[tuple[object]]) -> list[object]:
    """The first column of what is found in the server's database."""
    engine = open_database(server.database)
    with engine.begin() as connection:
        found = list(connection.execute(statement).scalars())
    engine.dispose()
    return found


def settled(shop: Shop) -> bool:
    """Nothing waits, and no row is only local any more."""
    with shop.station.store.read() as connection:
        local = [
            connection.execute(sa.select(sa.func.count()).where(x.c.local == 1)).scalar_one()
            for x in t.SYNCED
        ]
    return shop.station.store.waiting() == 0 and sum(local) == 0
