"""Whole stations without windows. They were enrolled once against a real server, which is gone now: what these tests
do, they do without a network. The card terminal is a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.parts import Config, Station, Told
from ledger.clock import HandClock
from tests.hardware.simulator import CardProcess
from tests.helpers.running import MORNING, RunningServer
from tests.helpers.shop import Shop, stock


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one data folder a station, each enrolled and filled."""
    folder = tmp_path_factory.mktemp("enrolled")
    server = RunningServer(folder / "server").start()
    clock = HandClock(MORNING)
    for name in ("POS1", "POS2", "LK1"):
        station = Station(Config(folder / name, server.url, server.code(name), keyring=False), clock, Told())
        if "sell" in station.info().places:
            stock(station, 100)
        station.close()
    server.kill()
    return folder


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[CardProcess]:
    process = CardProcess(tmp_path)
    yield process
    process.kill()


Open = Callable[..., Shop]


@pytest.fixture
def open_station(enrolled: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens a station by name on a copy of its folder; the same name again opens the same folder (a restart). Its clock
    stands still unless another is given. `backup` is where copies of its journal are."""
    opened: list[Station] = []

    def make(
        name: str = "POS1", *, terminal: str = "", clock: HandClock | None = None, backup: Path | None = None
    ) -> Shop:
        data = tmp_path / name
        if not data.exists():
            shutil.copytree(enrolled / name, data)
        config = Config(
            data, "", "", terminal, keyring=False, query_seconds=0.02, card_window=0.4, backup=backup
        )
        station = Station(config, clock or HandClock(MORNING), Told())
        opened.append(station)
        return Shop(station)

    yield make
    for station in opened:
        station.close()


@pytest.fixture
def shop(open_station: Open) -> Shop:
    """POS1 with Reem signed in and a shift open."""
    return open_station().sign_in("reem").open_shift()


@pytest.fixture
def card_shop(open_station: Open, cards: CardProcess) -> Shop:
    """As `shop`, with a card terminal."""
    return open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem").open_shift()
