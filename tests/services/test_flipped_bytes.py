"""Bytes that a disk flipped, wherever they lie: the cache is made anew by itself; the journal opens as it was, or is
refused and can be recovered. Nothing else may come out."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.files import CACHE, JOURNAL
from app.store import Store
from domain.errors import Code, Refused
from ledger import read_setup
from ledger.clock import HandClock
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING
from tests.helpers.shop import FAMILY, GOODS, Shop, sar
from tests.services.test_recovery import OneServer, recover

SEEDS, RECOVERED = 4, 1  # of each harm: opened, and recovered where that is refused
HEADER, PAGE = 100, 4096  # bytes
BOTH = (CACHE, JOURNAL)


@dataclass(frozen=True)
class Harm:
    """`count` bytes change in the first `within` bytes (0 = anywhere) of each of `names`, or of their logs."""

    names: tuple[str, ...]
    within: int
    count: int
    suffix: str = ""

    def do(self, data: Path, seed: int) -> None:
        for name in self.names:
            path, chance = (
                data / (name + self.suffix),
                random.Random(f"{name}-{self.within}-{self.count}-{seed}"),
            )
            raw = bytearray(path.read_bytes())
            for _ in range(self.count):
                raw[chance.randrange(self.within or len(raw))] ^= chance.choice(
                    (0xFF, 0x80, chance.randrange(1, 256))
                )
            path.write_bytes(bytes(raw))


CLOSED = (
    *(
        Harm((name,), within, count)
        for name in BOTH
        for within, count in ((HEADER, 1), (PAGE, 8), (0, 4), (0, 150))
    ),
    Harm(BOTH, 0, 150),
)
CRASHED = (*(Harm((name,), 0, 20, "-wal") for name in BOTH), Harm(BOTH, 0, 100), Harm(BOTH, 0, 6, "-wal"))


@pytest.fixture
def crashed(shop: Shop, tmp_path: Path) -> Path:
    """The folder of a station that sold, parked and was half paid when the power went: its logs are full."""
    shop.sell(FAMILY)
    shop.station.selling.park(shop.cart(GOODS))
    page = shop.begin(GOODS)
    shop.station.checkout.cash(page.sale_id, sar("20"))
    return _copy(shop.station.config.data, tmp_path / "whole")


@pytest.fixture
def closed(crashed: Path, shop: Shop) -> Path:
    """The same when it was closed in order: its logs are empty."""
    shop.station.close()
    return _copy(shop.station.config.data, crashed)


def _copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("lock", "*-shm", "logs"))
    return target


def _opens(data: Path) -> bool:
    """False when it is refused as it should be."""
    try:
        store = Store(data, HandClock(MORNING), lambda topics: None)
    except Refused as refused:
        assert refused.code is Code.JOURNAL_DAMAGED
        return False
    try:
        with store.read() as connection:
            assert read_setup.venue(connection).time_zone
    finally:
        store.close()
    return True


def _each_ends_well(whole: Path, harms: tuple[Harm, ...]) -> Counter[bool]:
    """How many opened and how many were refused and then recovered."""
    came_out = Counter[bool]()
    for harm in harms:
        for seed in range(SEEDS):
            data = _copy(whole, whole.with_name("harmed"))
            harm.do(data, seed)
            opened = _opens(data)
            if not opened and seed < RECOVERED:
                told = recover(data, OneServer())
                assert min(told.read, told.missing) >= 0
                assert told.unsent >= 0 or not told.sure
                assert _opens(data), (harm, seed)
            assert opened or JOURNAL in harm.names, (harm, seed)
            came_out[opened] += 1
    return came_out


def test_whatever_byte_of_a_closed_station_is_flipped_it_opens_or_is_recovered(
    closed: Path,
) -> None:
    came_out = _each_ends_well(closed, CLOSED)
    assert min(came_out[True], came_out[False]) > SEEDS


def test_whatever_byte_is_flipped_after_a_crash_it_opens_or_is_recovered(
    crashed: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("ends before")
    expected_logs.expect("has a hole")
    came_out = _each_ends_well(crashed, CRASHED)
    assert min(came_out[True], came_out[False]) >= SEEDS


def test_a_sale_that_only_the_logs_hold_is_not_lost_in_silence_when_both_are_harmed(
    crashed: Path, expected_logs: ExpectedLogs
) -> None:
    """One byte in the middle of each: the cache, which usually tells what the journal has lost, tells nothing then."""
    expected_logs.expect("has a hole")
    for name in BOTH:
        log = crashed / f"{name}-wal"
        raw = bytearray(log.read_bytes())
        raw[len(raw) // 3] ^= 0xFF
        log.write_bytes(bytes(raw))
    assert not _opens(crashed)
