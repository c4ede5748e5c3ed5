"""Copies of the journal in a second place: made while others write, checked, few, and good enough to recover from."""

from __future__ import annotations

import os
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from app.backup import Backup
from app.config import backup_folder
from app.copies import copies, end_of
from app.parts import Config
from app.readiness_lines import backup_line
from domain.errors import Code
from ledger import journal
from ledger.clock import HandClock
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING
from tests.helpers.shop import GOODS, Shop, refused
from tests.services.conftest import Open
from tests.services.test_recovery import PAGE, OneServer, recover, spoil


def backup_of(shop: Shop, folder: Path) -> Backup:
    store = shop.station.store
    return Backup(shop.station.config.data, folder, store.clock, store.check_journal)


def test_a_copy_is_made_when_something_changed_and_not_otherwise(shop: Shop, tmp_path: Path) -> None:
    backup = backup_of(shop, tmp_path / "second")
    assert backup.status().at is None
    assert backup.once()
    assert not backup.once()
    shop.station.selling.park(shop.cart(GOODS))
    assert backup.once()
    assert backup.status().at == MORNING
    assert backup.status().same_disk


def test_after_a_clock_that_was_ahead_the_newest_copy_is_the_one_that_was_made_last(
    shop: Shop, tmp_path: Path
) -> None:
    clock, backup = shop.station.store.clock, backup_of(shop, tmp_path / "second")
    assert isinstance(clock, HandClock)
    clock.moment += timedelta(hours=26)
    assert backup.once()
    clock.moment -= timedelta(hours=25, minutes=50)
    status = backup.status()
    assert (status.at, status.undated) == (None, True)
    assert backup_line(status).says == "backup_undated"
    assert backup.once()  # though nothing was recorded since
    assert (backup.status().at, backup.status().undated) == (clock.moment, False)
    clock.forward(minutes=5)
    shop.sell(GOODS)
    assert backup.once() and not backup.once()
    assert backup.status().at == clock.moment
    assert made_last(copies(tmp_path / "second")[0]) == len(shop.journalled_all())


def made_last(copy: Path) -> int:
    end = end_of(copy)
    return end.row if end else -1


def test_only_the_last_few_are_kept(shop: Shop, tmp_path: Path) -> None:
    clock, backup = shop.station.store.clock, backup_of(shop, tmp_path / "second")
    assert isinstance(clock, HandClock)
    for _ in range(5):
        shop.sell(GOODS)
        clock.forward(minutes=5)
        assert backup.once()
    assert len(copies(tmp_path / "second")) == 3
    assert sorted(path.name for path in (tmp_path / "second").iterdir()) == sorted(
        path.name for path in copies(tmp_path / "second")
    )


def test_a_copy_holds_all_that_was_recorded(shop: Shop, tmp_path: Path) -> None:
    shop.sell(GOODS)
    assert backup_of(shop, tmp_path / "second").once()
    engine = journal.open_journal(copies(tmp_path / "second")[0])
    with engine.begin() as connection:
        assert journal.chain_is_whole(connection)
        kept = [item.envelope.kind for item in journal.kept_since(connection, 0)]
    engine.dispose()
    assert kept == shop.journalled_all()


def test_a_place_that_cannot_be_reached_is_told_and_the_old_copy_stays(
    shop: Shop, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("no backup")
    backup = backup_of(shop, tmp_path / "second")
    assert backup.once()
    shop.sell(GOODS)
    shutil.move(tmp_path / "second", tmp_path / "away")
    (tmp_path / "second").write_text("in the way")
    assert not backup.once()
    assert backup.status().trouble == "failed"
    (tmp_path / "second").unlink()
    shutil.move(tmp_path / "away", tmp_path / "second")
    assert len(copies(tmp_path / "second")) == 1
    assert backup.once()
    assert backup.status().trouble == ""


def test_a_damaged_journal_is_found_by_its_copy_and_the_good_copy_stays(
    shop: Shop, tmp_path: Path, open_station: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("no backup")
    expected_logs.expect("the journal is damaged")
    shop.sell(GOODS)
    backup = backup_of(shop, tmp_path / "second")
    assert backup.once()
    data = shop.station.config.data
    shop.station.store._journal.dispose()
    for page in range(2, (data / "journal.db").stat().st_size // PAGE):
        spoil(data / "journal.db", page * PAGE, PAGE)
    os.utime(data / "journal.db", (1, 1))
    assert not backup.once()
    assert len(copies(tmp_path / "second")) == 1
    assert shop.station.health.status().journal_damaged
    shop.station.close()
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data, OneServer(), *copies(tmp_path / "second"))
    assert told.missing == 0


def test_a_copy_of_another_station_is_not_taken(shop: Shop, open_station: Open, tmp_path: Path) -> None:
    other = open_station("POS2")
    other.sign_in("reem")
    assert backup_of(other, tmp_path / "second").once()
    shop.sell(GOODS)
    shop.station.close()
    path = shop.station.config.data / "journal.db"
    path.unlink()
    told = recover(shop.station.config.data, OneServer(), *copies(tmp_path / "second"))
    assert told.read == 0


def test_nobody_waits_for_a_copy(shop: Shop, tmp_path: Path) -> None:
    """The writer is never held: what a commit takes while copies are made is what it takes without."""
    for _ in range(20):
        shop.sell(GOODS)
    backup, stop = backup_of(shop, tmp_path / "second"), threading.Event()

    def copy() -> None:
        while not stop.is_set():
            backup.once()

    def commit() -> float:
        began = time.perf_counter()
        with shop.station.store.local() as connection:
            journal.save_setting(connection, "test", str(began))
        return time.perf_counter() - began

    alone = sorted(commit() for _ in range(60))
    thread = threading.Thread(target=copy)
    thread.start()
    beside = sorted(commit() for _ in range(60))
    stop.set()
    thread.join()
    assert beside[30] - alone[30] < 0.010


def test_the_place_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "home" / "gatehouse" / "POS1"
    data.mkdir(parents=True)
    monkeypatch.setenv("GATEHOUSE_HOME", str(data.parent))
    assert backup_folder(data, None) == tmp_path / "home" / "gatehouse-backups" / "POS1"
    assert backup_folder(data, tmp_path / "stick") == tmp_path / "stick" / "POS1"
    assert backup_folder(data, None) == tmp_path / "stick" / "POS1"


def test_a_station_makes_its_copies_by_itself(open_station: Open, tmp_path: Path, enrolled: Path) -> None:
    from app.parts import Station, Told
    from tests.helpers.waiting import wait_for

    shutil.copytree(enrolled / "POS1", tmp_path / "own")
    station = Station(
        Config(tmp_path / "own", keyring=False, backup=tmp_path / "second"), HandClock(MORNING), Told()
    )
    assert station.backup is not None
    station.backup.start()
    wait_for(lambda: copies(tmp_path / "second"))
    status = station.health.status().backup
    station.close()
    assert status is not None
    assert status.folder == str(tmp_path / "second")
