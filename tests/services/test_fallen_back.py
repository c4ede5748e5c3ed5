"""Journal and cache fall back together and agree: only a copy of the journal knows what came after."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.copies import copies
from app.recovery import Recovery
from app.secrets import FileSecrets
from app.shown_status import Recovered
from domain.errors import Code
from ledger.clock import HandClock
from ledger.wire import Incarnation
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING
from tests.helpers.shop import GOODS, Shop, refused
from tests.services.conftest import Open
from tests.services.test_recovery import OneServer, told_cases


class Fallen:
    """A station with copies; `fall_back` puts its folder back as it was."""

    def __init__(self, folder: Path, open_station: Open) -> None:
        self.data, self.place, self._aside = folder / "POS1", folder / "second", folder / "aside"
        self.clock = HandClock(MORNING)
        self.server = OneServer()
        self._open = open_station

    def open(self) -> Shop:
        return self._open(clock=self.clock, backup=self.place)

    def copy(self, shop: Shop) -> None:
        """One copy more, five minutes later."""
        self.clock.forward(minutes=5)
        assert shop.station.backup is not None
        assert shop.station.backup.once()

    def keep(self, folder: Path, name: str) -> None:
        """A copy of a folder, which `put_back` brings back."""
        shutil.copytree(folder, self._aside / name)

    def put_back(self, folder: Path, name: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._aside / name, folder)

    def fall_back(self) -> None:
        self.put_back(self.data, "before")

    def recover(self) -> Recovered:
        made = Recovery(self.data, self.clock, FileSecrets(self.data), copies(self.place), self.server)
        return made.run()


@pytest.fixture
def fallen(open_station: Open, tmp_path: Path) -> Fallen:
    """Sold once; put aside; then a parked cart was sold, two more sales made, and a copy."""
    it = Fallen(tmp_path, open_station)
    shop = it.open().sign_in("reem").open_shift()
    shop.sell(GOODS)
    shop.station.selling.park(shop.cart(GOODS))
    shop.station.close()
    it.keep(it.data, "before")
    shop = it.open().sign_in("reem")
    (parked,) = shop.station.selling.parked()
    shop.station.selling.resume(parked.parked_id)
    for _ in range(3):
        shop.sell(GOODS)
    it.copy(shop)
    shop.station.close()
    return it


def numbers(shop: Shop) -> list[str]:
    return [receipt.number for receipt in shop.receipts()]


def test_what_only_the_copy_knows_stops_the_station_and_comes_back(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("lacks what its copy")
    fallen.fall_back()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    told = fallen.recover()
    assert (told.missing, told.sure, told.unsent) == (0, False, -1)
    again = fallen.open()
    assert numbers(again) == ["POS1-000001", "POS1-000002", "POS1-000003", "POS1-000004"]
    (case,) = told_cases(again)
    assert "How many is not known" in case.text
    again.sign_in("reem").sell(GOODS)
    assert numbers(again)[-1] == "POS1B-000001"


def test_what_was_finished_since_does_not_come_back_and_paper_waits_for_a_person(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("lacks what its copy")
    fallen.fall_back()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    fallen.recover()
    again = fallen.open()
    assert again.station.selling.parked() == ()
    assert {state for _, state, _ in again.jobs()} == {"unconfirmed"}


def test_a_station_that_had_just_been_recovered_starts_though_an_old_copy_is_longer(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    """Its place could not be reached while the journal was recovered."""
    expected_logs.expect("lacks what its copy")
    fallen.fall_back()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    away = fallen.place.rename(fallen.place.with_name("away"))
    fallen.recover()
    away.rename(fallen.place)
    again = fallen.open().sign_in("reem")
    again.sell(GOODS)
    again.station.close()
    assert numbers(fallen.open())[-1] == "POS1B-000001"


def test_a_copy_that_the_journal_goes_on_from_tells_nothing(fallen: Fallen) -> None:
    again = fallen.open().sign_in("reem")
    again.sell(GOODS)
    again.station.close()
    assert len(numbers(fallen.open())) == 5


def test_a_copy_of_another_station_or_one_that_cannot_be_read_tells_nothing(
    fallen: Fallen, open_station: Open
) -> None:
    shutil.rmtree(fallen.place)
    other = open_station("POS2", clock=fallen.clock, backup=fallen.place).sign_in("reem")
    other.open_shift().sell(GOODS)
    fallen.copy(other)
    (fallen.place / "journal-9999999999999.db").write_bytes(b"this is no database" * 400)
    (fallen.place / "journal-9999999999998.db").write_bytes(b"")
    fallen.fall_back()
    assert numbers(fallen.open()) == ["POS1-000001"]


def test_an_older_folder_is_noticed_though_the_station_has_another_number_since(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("lacks what its copy")
    shop = fallen.open().sign_in("reem")
    shop.station.store.fork(Incarnation(2, "POS1B"))
    shop.sell(GOODS)
    fallen.copy(shop)
    shop.station.close()
    for old in copies(fallen.place)[1:]:
        old.unlink()
    fallen.fall_back()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    fallen.recover()
    assert len(numbers(fallen.open())) == 5


def test_a_clone_that_went_its_own_way_does_not_stop_the_station(fallen: Fallen) -> None:
    shutil.rmtree(fallen.place)
    fallen.keep(fallen.data, "this one")
    clone = fallen.open().sign_in("reem")
    clone.station.store.fork(Incarnation(2, "POS1B"))
    clone.sell(GOODS)
    fallen.copy(clone)
    clone.station.close()
    fallen.keep(fallen.place, "its copies")
    shutil.rmtree(fallen.place)
    fallen.put_back(fallen.data, "this one")
    this = fallen.open().sign_in("reem")
    this.sell(GOODS)
    this.station.close()
    fallen.put_back(fallen.place, "its copies")
    assert numbers(fallen.open())[-1] == "POS1-000005"


def test_a_station_that_went_on_without_its_copies_gets_them_back_too(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    """Two sales under each of the numbers: both are told to the server, and how many are lost is not known."""
    expected_logs.expect("lacks what its copy")
    fallen.fall_back()
    away = fallen.place.rename(fallen.place.with_name("away"))
    shop = fallen.open().sign_in("reem")
    shop.sell(GOODS)
    shop.station.close()
    away.rename(fallen.place)
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    told = fallen.recover()
    assert not told.sure
    again = numbers(fallen.open())
    assert (again.count("POS1-000002"), again.count("POS1-000004")) == (2, 1)


def test_a_copy_that_knows_more_is_never_rotated_away_and_comes_back_beside_newer_ones(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("lacks what its copy")
    (kept,) = copies(fallen.place)
    fallen.fall_back()
    away = fallen.place.rename(fallen.place.with_name("away"))
    shop = fallen.open().sign_in("reem")
    away.rename(fallen.place)
    for _ in range(6):
        shop.sell(GOODS)
        fallen.copy(shop)
    assert len(copies(fallen.place)) == 4
    assert copies(fallen.place)[-1] == kept
    shop.station.close()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    fallen.recover()
    again = numbers(fallen.open())
    assert (again.count("POS1-000004"), again.count("POS1-000007")) == (2, 1)


def test_a_copy_is_rotated_away_once_what_it_knew_is_in_a_newer_one(
    fallen: Fallen, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("lacks what its copy")
    (old,) = copies(fallen.place)
    fallen.fall_back()
    assert refused(fallen.open) is Code.JOURNAL_DAMAGED
    fallen.recover()
    shop = fallen.open().sign_in("reem")
    for _ in range(3):
        shop.sell(GOODS)
        fallen.copy(shop)
    assert len(copies(fallen.place)) == 3
    assert old not in copies(fallen.place)
