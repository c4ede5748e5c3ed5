"""A disk that fills up: told in time, no new sales at the end, and what was begun is still finished."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.disk import BALLAST_FILE, Disk, Limits
from app.shown_status import Room
from domain.errors import Code
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import ROOT
from tests.helpers.shop import ADULT, HUDA, Shop, refused

MB = 1024 * 1024
SMALL = Limits(warn=2_000_000_000, refuse=200_000_000, ballast=2 * MB)


class Measured:
    """A disk with as much room as the test says."""

    def __init__(self, folder: Path) -> None:
        self.left, self.told = 9_000_000_000, 0
        self.disk = Disk(folder, self._hear, probe=lambda _: self.left, limits=SMALL)

    def _hear(self) -> None:
        self.told += 1

    def has(self, left: int) -> Room:
        self.left = left
        self.disk.look()
        return self.disk.room


def test_what_is_left_is_judged_at_its_limits(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the disk")
    measured = Measured(tmp_path)
    assert measured.has(2_000_000_000) is Room.ENOUGH
    assert measured.told == 0
    assert measured.has(1_999_999_999) is Room.LITTLE
    assert measured.has(200_000_000) is Room.LITTLE
    assert measured.has(199_999_999) is Room.NO_SALES
    assert measured.told == 2
    assert measured.has(9_000_000_000) is Room.ENOUGH


def test_the_ballast_is_held_while_there_is_room_and_given_up_once(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the disk")
    measured = Measured(tmp_path)
    measured.has(2_000_000_001)
    assert not (tmp_path / BALLAST_FILE).exists()
    measured.has(9_000_000_000)
    assert (tmp_path / BALLAST_FILE).stat().st_size == 2 * MB
    assert measured.disk.give_up_ballast()
    assert not (tmp_path / BALLAST_FILE).exists()
    assert measured.disk.room is Room.NO_SALES
    assert not measured.disk.give_up_ballast()
    assert measured.disk.room is Room.FULL  # it takes nothing more, and there is nothing to give up
    assert measured.has(0) is Room.FULL
    assert measured.has(1_000_000) is Room.NO_SALES


def test_without_room_nothing_new_is_sold_and_all_else_goes_on(
    shop: Shop, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the disk")
    station = shop.station
    first = shop.sell([ADULT]).paid_in_full
    begun, cart = shop.begin([ADULT]), shop.cart([ADULT])
    assert first is not None
    station.store.disk._probe = lambda _: 100_000_000
    station.store.disk.look()
    assert station.health.status().room is Room.NO_SALES
    assert refused(lambda: shop.cart([ADULT])) is Code.DISK_NEARLY_FULL
    assert refused(station.checkout.begin, cart) is Code.DISK_NEARLY_FULL
    paid = station.checkout.cash(begun.sale_id, begun.left).paid_in_full
    assert paid is not None
    station.records.void(paid.sale_id, "changed the plan", HUDA, lambda step: None)
    station.shifts.count({20000: 1, 10000: 3, 5000: 1, 2000: 2, 1000: 1, 500: 1})
    station.shifts.close("the float", HUDA)
    station.people.sign_out()
    shop.sign_in("faisal")
    assert station.gate.scan(shop.codes()[0]).code == "ok"
    station.store.disk._probe = lambda _: 0
    station.store.disk.look()
    assert station.health.status().room is Room.FULL
    assert refused(station.store.check_room) is Code.DISK_FULL


_FULL = """
import os, sys
from pathlib import Path
from app.disk import Disk, Limits
from app.store import Actor
from app.parts import Config, Station, Told
from domain.errors import Refused
from ledger.clock import HandClock
from tests.helpers.running import MORNING
from tests.helpers.shop import ADULT, HUDA, Shop, refused
from app.shown_status import Room

MB = 1024 * 1024
folder = Path(sys.argv[1])
shop = Shop(Station(Config(folder / "POS1", keyring=False), HandClock(MORNING), Told())).sign_in("reem").open_shift()
store = shop.station.store
store.disk = Disk(folder / "POS1", lambda: None, limits=Limits(warn=4 * MB, refuse=2 * MB, ballast=6 * MB))
store.disk.look()
assert (folder / "POS1" / "ballast").exists()
page, code = shop.begin([ADULT]), None
filler = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(filler, os.urandom(4096))
except OSError:
    os.close(filler)
done = 0
for _ in range(400):  # never looked at meanwhile: the disk fills faster than the watch looks
    try:
        store.transact(lambda r: r.print("report", "x", "y" * 20000), Actor("reem"))
        done += 1
    except Refused as refused_:
        code = refused_.code.value
        break
    if store.disk.room is Room.NO_SALES:
        break
assert store.disk.room is Room.NO_SALES, done
print("ballast", (folder / "POS1" / "ballast").exists())
print(refused(lambda: shop.cart([ADULT])).value)
print("paid", shop.station.checkout.cash(page.sale_id, page.left).paid_in_full is not None)
shop.station.shifts.count({20000: 1, 10000: 3, 5000: 1, 2000: 2, 1000: 1, 500: 1})
print("closed", shop.station.shifts.close("the float", HUDA).number)
shop.station.close()
again = Shop(Station(Config(folder / "POS1", keyring=False), HandClock(MORNING), Told()))
print("again", len(again.receipts()))
"""


_STARTS = """
import os, sys
from pathlib import Path
from app.parts import Config, Station, Told
from ledger.clock import HandClock
from tests.helpers.running import MORNING
from tests.helpers.shop import Shop, refused

folder = Path(sys.argv[1])
filler = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(filler, os.urandom(512))
except OSError:
    os.close(filler)

def start():
    return Station(Config(folder / "POS1", keyring=False), HandClock(MORNING), Told())

(folder / "POS1" / "cache.db").unlink()
print(refused(start).value, refused(start).value)
(folder / "filler").unlink()
print("people", len(Shop(start()).station.people.tiles()))
"""


def on_a_small_disk(enrolled: Path, tmp_path: Path, text: str) -> list[str]:
    """What the script says that is run there, with a station's folder beside it."""
    script = tmp_path / "full.py"
    script.write_text(text)
    mount, source = tmp_path / "small", enrolled / "POS1"
    mount.mkdir()
    within = f"mount -t tmpfs -o size=64m tmpfs '{mount}' && cp -r '{source}' '{mount}/POS1' && "
    shell = f"{within} exec '{sys.executable}' '{script}' '{mount}'"
    probe = ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs tmpfs '{mount}'"]
    if shutil.which("unshare") is None or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no small disk to be had")
def test_on_a_disk_that_is_really_full_the_ballast_lets_the_shift_be_closed(
    enrolled: Path, tmp_path: Path
) -> None:
    said = on_a_small_disk(enrolled, tmp_path, _FULL)
    assert said == ["ballast False", "disk_nearly_full", "paid True", "closed Z-0001", "again 1"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no small disk to be had")
def test_a_start_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    enrolled: Path, tmp_path: Path
) -> None:
    assert on_a_small_disk(enrolled, tmp_path, _STARTS) == ["disk_full disk_full", "people 5"]
