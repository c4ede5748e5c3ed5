"""The long run: `python -m tests.faults MINUTES`, or `make soak FAULTS=MINUTES`. Plays every fault in turn, each time
with another seed, until the time is over; tells what was done, and the seed of whatever failed."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.faults import copies, disks, kills, lines
from tests.faults.scene import Scene
from tests.helpers.postgres import running

Play = Callable[[Path, int], tuple[Scene, list[str]]]
_SKIPS = (disks.NoDiskError, pytest.skip.Exception)


def _database_killed(folder: Path, seed: int) -> tuple[Scene, list[str]]:
    with running() as postgres:
        database = postgres.url(postgres.fresh())
        return kills.of_server(folder, seed, 8, database=database, postgres=postgres)


def _bad_line_to_two(folder: Path, seed: int) -> tuple[Scene, list[str]]:
    with running() as postgres:
        return lines.between(folder, seed, 100, database=postgres.url(postgres.fresh()), servers=2)


PLAYS: dict[str, Play] = {
    "till killed": partial(kills.of_tills, kills=25),
    "server killed": partial(kills.of_server, kills=8),
    "server and PostgreSQL killed": _database_killed,
    "bad line": partial(lines.between, faults=100),
    "bad line to two servers on PostgreSQL": _bad_line_to_two,
    "till's disk full": partial(disks.of_till, times=6),
    "server's disk full": partial(disks.of_server, times=4),
    "backup put back": partial(copies.restored, times=4),
    "till copied": partial(copies.cloned, times=2),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description="Real processes, killed and cut off.")
    parser.add_argument("minutes", type=float, nargs="?", default=5.0)
    parser.add_argument("--only", default="", help="the plays with this in their name")
    parser.add_argument("--from", dest="first", type=int, default=100, help="the first seed")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    plays = {name: play for name, play in PLAYS.items() if given.only in name}
    end, sums = time.monotonic() + given.minutes * 60, Counter[str]()
    for seed in count(given.first):
        for name, play in plays.items():
            if time.monotonic() >= end and seed > given.first:
                return _told(sums)
            sums += _played(name, play, seed)
    return 1


def _played(name: str, play: Play, seed: int) -> Counter[str]:
    """The figures of one play. What failed is kept, and told with its folder."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-faults-"))
    began = time.monotonic()
    try:
        scene, found = play(folder / "scene", seed)
    except _SKIPS as skipped:
        print(f"{name}: NOT played: {skipped}", flush=True)
        return Counter({"not played": 1})
    except Exception:
        found, figures = [traceback.format_exc()], Counter({"violations": 1})
    else:
        figures = scene.figures
    state = "FAILED" if found else "ok"
    print(f"{name}, seed {seed}: {state} in {time.monotonic() - began:.0f} s", flush=True)
    if found:
        print("\n".join([f"  what is left: {folder}", *(f"  {sentence}" for sentence in found)]), flush=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return Counter({"plays": 1}) + figures


def _told(sums: Counter[str]) -> int:
    for name, times in sorted(sums.items()):
        print(f"{name:40} {times:>10}")
    print(f"{'violations':40} {sums['violations']:>10}")
    return 1 if sums["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
