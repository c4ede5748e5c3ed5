"""A station that is enrolled in an empty folder beside copies of an earlier one, of this venue or of another."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.copies import copies
from app.parts import Config, Station, Told
from app.starting import recovery
from domain.errors import Code
from tests.helpers.running import RunningServer
from tests.helpers.shop import Shop, refused

WATER = 33
Join = Callable[..., Shop]


@pytest.fixture
def join(tmp_path: Path) -> Iterator[Join]:
    """POS1 of a server, in one folder with one place for copies; enrolled when the folder is empty."""
    with ExitStack() as stack:

        def make(server: RunningServer) -> Shop:
            code = "" if (tmp_path / "POS1").exists() else server.code("POS1")
            config = Config(
                tmp_path / "POS1", server.url, code, keyring=False, backup=tmp_path / "copies" / "POS1"
            )
            station = Station(config, server.clock, Told())
            stack.callback(station.close)
            return Shop(station)

        yield make


@pytest.fixture
def sold(server: RunningServer, join: Join, tmp_path: Path) -> None:
    """POS1 sold, a copy was made, and its folder is gone."""
    shop = join(server).sign_in("reem").open_shift()
    shop.sell([WATER])
    assert shop.station.backup is not None
    assert shop.station.backup.once()
    shop.station.close()
    shutil.rmtree(tmp_path / "POS1")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[RunningServer]:
    """Another venue, whose stations are called the same."""
    server = RunningServer(tmp_path / "other").start()
    yield server
    server.kill()


def starts_twice(server: RunningServer, join: Join) -> Shop:
    join(server).station.close()
    return join(server)


@pytest.mark.usefixtures("sold")
def test_a_till_enrolled_anew_starts_beside_the_copies_of_its_earlier_life(
    server: RunningServer, join: Join
) -> None:
    shop = starts_twice(server, join).sign_in("reem").open_shift()
    shop.sell([WATER])
    assert shop.receipts()[-1].number.startswith("POS1B-")


@pytest.mark.usefixtures("sold")
def test_a_till_of_another_venue_starts_beside_old_copies(other: RunningServer, join: Join) -> None:
    shop = starts_twice(other, join).sign_in("reem").open_shift()
    shop.sell([WATER])
    shop.station.close()
    assert [receipt.number for receipt in join(other).receipts()] == ["POS1-000001"]


@pytest.mark.usefixtures("sold")
def test_a_recovery_takes_nothing_from_the_copies_of_another_venue(
    other: RunningServer, join: Join, tmp_path: Path
) -> None:
    shop = join(other).sign_in("reem")
    had = len(shop.journalled_all())
    shop.station.close()
    path = tmp_path / "POS1" / "journal.db"
    path.write_bytes(bytes(300) + path.read_bytes()[300:])
    assert refused(lambda: join(other)) is Code.JOURNAL_DAMAGED
    assert copies(tmp_path / "copies" / "POS1")
    config = Config(tmp_path / "POS1", other.url, keyring=False, backup=tmp_path / "copies" / "POS1")
    assert recovery(config, other.clock).run().read == had
    assert join(other).receipts() == []
