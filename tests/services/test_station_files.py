"""The data folder under bad conditions: damaged, missing, full, shared. Nothing that was done is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import stream
from app.demo.joining import is_enrolled
from app.line import Line
from app.parts import Config, Station, Told
from app.texts import Texts
from app.views.banners import banners_of
from domain.errors import Code
from ledger import journal
from ledger import tables as t
from ledger.cache import Level
from ledger.clock import HandClock
from ledger.wire import Incarnation
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING, ROOT
from tests.helpers.shop import FAMILY, Shop, refused
from tests.services.conftest import Open
from tests.services.test_attention import z_of


def test_a_deleted_cache_is_made_anew_from_the_journal(shop: Shop, open_station: Open) -> None:
    shop.sell(FAMILY)
    shop.station.close()
    for path in shop.station.config.data.glob("cache.db*"):
        path.unlink()
    again = open_station()
    assert (again.count(t.document), again.count(t.ticket), again.count(t.payment)) == (1, 5, 1)
    assert again.sign_in("reem").station.session.open_shift() is not None


def test_a_cache_made_anew_without_a_server_says_what_it_cannot_know(shop: Shop, open_station: Open) -> None:
    assert shop.station.health.status().data_from is not None
    before = shop.station.shifts.page()
    assert before is not None and not before.about
    shop.station.close()
    for path in shop.station.config.data.glob("cache.db*"):
        path.unlink()
    again = open_station().sign_in("reem")
    status = again.station.health.status()
    assert (status.offline_since is not None, status.data_from) == (True, None)
    texts = Texts("en")
    assert texts("banner.cache_lost") in [
        banner.words for banner in banners_of(status, texts, again.station.store.clock.now())
    ]
    page = again.station.shifts.page()
    assert page is not None and page.about and page.waiting > 0
    count = again.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
    assert count.left.about and texts("left.about_unsent", n=count.left.unsent).startswith("~")
    again.station.shifts.close("", None)
    assert z_of(again).about
    again.station.sync.line = Line(None)  # the line is back, and not everything is here yet
    assert all(tile.stale for tile in again.station.selling.page(0, "").sessions)
    assert again.station.gate.board().stale


def test_a_damaged_cache_is_made_anew(shop: Shop, open_station: Open) -> None:
    shop.sell(FAMILY)
    shop.station.close()
    path = shop.station.config.data / "cache.db"
    raw = bytearray(path.read_bytes())
    raw[100:4000] = os.urandom(3900)
    path.write_bytes(bytes(raw))
    again = open_station()
    assert again.count(t.document) == 1


def test_people_that_only_the_cache_has_can_sign_in_too(shop: Shop, open_station: Open) -> None:
    """The program was stopped at its first start, when the people had just come."""
    shop.station.close()
    engine = journal.open_journal(shop.station.config.data / "journal.db")
    with engine.begin() as connection:
        connection.execute(sa.delete(journal.verifier))
    engine.dispose()
    again = open_station()
    assert "reem" in {tile.staff_id for tile in again.station.people.tiles()}
    again.sign_in("reem")


def test_a_folder_knows_what_it_has_been_also_when_nothing_was_recorded(open_station: Open) -> None:
    """After a restore the server asks what it answers for; a gate that never did anything is heard too."""
    store = open_station("LK1").station.store
    store.fork(Incarnation(2, "LK1B", 1))
    store.fork(Incarnation(9041, "LK1XYZ", 2))
    assert store.identity is not None and store.identity.been == "1-2,9041-9041,2>9041"
    assert store.identity.prefix == "LK1XYZ"
    with store.read_journal() as connection:
        _, standing = stream.standing(Level(), connection, store.identity)
        assert (standing.been, standing.incarnation) == (store.identity.been, 9041)
        assert journal.last_row(connection) == 0


def test_a_cache_that_lost_its_tail_is_brought_level(shop: Shop, open_station: Open) -> None:
    data = shop.station.config.data
    before = data.with_name("before")
    shop.station.close()
    shutil.copytree(data, before)
    again = open_station().sign_in("reem")
    again.sell(FAMILY)
    again.station.close()
    for name in ("cache.db", "cache.db-wal", "cache.db-shm"):
        (data / name).unlink(missing_ok=True)
        if (before / name).exists():
            shutil.copy(before / name, data / name)
    third = open_station()
    assert (third.count(t.document), third.count(t.ticket)) == (1, 5)


def test_a_damaged_journal_stops_the_station_and_is_kept(shop: Shop, open_station: Open) -> None:
    shop.sell(FAMILY)
    shop.station.close()
    path = shop.station.config.data / "journal.db"
    path.write_bytes(b"this is no database" * 400)
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    assert path.read_bytes().startswith(b"this is no database")


def test_a_journal_of_a_later_version_is_left_alone(shop: Shop, open_station: Open) -> None:
    with shop.station.store.local() as connection:
        connection.exec_driver_sql("PRAGMA user_version=99")
    shop.station.close()
    assert refused(open_station) is Code.JOURNAL_NEWER


def test_two_programs_on_one_data_folder(shop: Shop) -> None:
    config = Config(shop.station.config.data, keyring=False)
    assert refused(lambda: Station(config, HandClock(MORNING), Told())) is Code.DATA_IN_USE


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert refused(lambda: Station(Config(blocked), HandClock(MORNING), Told())) is Code.DATA_NOT_WRITABLE


def test_an_unenrolled_station_says_so(tmp_path: Path) -> None:
    assert (
        refused(lambda: Station(Config(tmp_path / "new"), HandClock(MORNING), Told()))
        is Code.STATION_NOT_ENROLLED
    )
    assert not is_enrolled(tmp_path / "new")


def test_secrets_that_cannot_be_read_mean_a_new_enrolment(
    shop: Shop, open_station: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("secrets cannot be read")
    shop.station.close()
    (shop.station.config.data / "secrets.json").write_bytes(b"\xff{")
    assert refused(open_station) is Code.STATION_UNKNOWN


def test_what_is_a_station_and_what_cannot_be_read_is_left_alone(shop: Shop) -> None:
    data = shop.station.config.data
    assert is_enrolled(data)
    shop.station.close()
    (data / "journal.db").write_bytes(b"this is no database" * 400)
    assert is_enrolled(data)


def test_the_chain_shows_any_later_change(shop: Shop) -> None:
    shop.sell(FAMILY)
    with shop.station.store.read_journal() as connection:
        assert journal.chain_is_whole(connection)
    with shop.station.store.local() as connection:
        connection.exec_driver_sql("UPDATE entry SET public = replace(public, '42550', '42450')")
    with shop.station.store.read_journal() as connection:
        assert not journal.chain_is_whole(connection)


_FULL = """
import resource, sys
from pathlib import Path
from app.parts import Config, Station, Told
from domain.errors import Refused
from ledger.clock import HandClock
from tests.helpers.running import MORNING
from tests.helpers.shop import Shop, GOODS
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
shop = Shop(Station(Config(Path(sys.argv[1]), keyring=False), HandClock(MORNING), Told())).sign_in("reem").open_shift()
shop.sell(GOODS)
biggest = max(path.stat().st_size for path in Path(sys.argv[1]).iterdir() if path.is_file())
resource.setrlimit(resource.RLIMIT_FSIZE, (biggest + 60_000, resource.RLIM_INFINITY))
done = 1
try:
    for _ in range(500):
        shop.sell(GOODS)
        done += 1
except Refused as refused:
    print(refused.code.value, done)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
shop.sell(GOODS)
print("again", len(shop.receipts()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to be had")
def test_a_full_disk_refuses_the_sale_and_loses_nothing(shop: Shop, open_station: Open) -> None:
    data = shop.station.config.data
    shop.station.close()
    shutil.rmtree(data)
    open_station().station.close()
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(data)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    first, second = done.stdout.splitlines()[-2:]
    code, sold = first.split()
    assert code == "disk_full", done.stderr[-500:]
    assert second == f"again {int(sold) + 1}"
