"""The long run: `make soak HISTORIES=20000`, or with `--bugs` every seeded bug on fresh plans until it is caught.

Two processes play; what failed is printed with its seed, made small where that is quick.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import sqlalchemy as sa

from domain.operation import KINDS
from server.tables import inbox
from tests.simulation.bugs import Bug, put_in
from tests.simulation.invariants import judge
from tests.simulation.kept import HISTORY, Kept
from tests.simulation.plan import NAMES, make_plan
from tests.simulation.quiet import drain
from tests.simulation.seeded import BUGS
from tests.simulation.shrink import outcome, shrunk, told
from tests.simulation.world import World, opened, simulated

_AT_ONCE, _TELL_EACH = 20, 500
_LENGTHS = (15, 20, 30, 30, 45, 45, 60)


def play(seeds: range) -> tuple[Counter[str], list[str]]:
    """Histories of these seeds: what was done to them, and the reports of those that failed."""
    logging.disable(logging.CRITICAL)
    sums: Counter[str] = Counter()
    reports = []
    with simulated():
        for seed in seeds:
            plan = make_plan(seed)
            with opened(plan) as world:
                world.play()
                drain(world)
                violations = judge(world)
                sums.update(_counted(world))
            if violations:
                sums["violations"] += len(violations)
                small = shrunk(plan)
                reports.append(told(small, outcome(small)[0] or violations))
    return sums, reports


def _counted(world: World) -> Counter[str]:
    faults = {
        name: n for name, n in (world.faults + world.cable.faults).items() if not name.startswith("refused")
    }
    sent = world.server.database.look(lambda it: it.execute(sa.select(inbox.c.kind)).scalars().all())
    kinds = {f"kind {kind}": 1 for kind in sent}
    acknowledged = {"operations": world.operations, "faults": sum(faults.values())}
    return Counter(
        {"histories": 1, **acknowledged, **kinds, **{f"fault {name}": n for name, n in faults.items()}}
    )


def catch(number: int, most: int) -> tuple[str, str]:
    """(bug, the plan that caught it, empty when none of `most` did)."""
    logging.disable(logging.CRITICAL)
    bug = BUGS[number]

    def setup(world: World) -> None:
        world.loses_journal = bug.loses_journal

    with simulated(), put_in(bug):
        for plan in _plans(bug, most):
            if outcome(plan.plan, setup)[0]:
                return bug.name, plan.line()
    return bug.name, ""


def _plans(bug: Bug, most: int) -> Iterator[Kept]:
    """Short ones first: what they catch is quick to see again."""
    for seed in range(most):
        mix = bug.mix or NAMES[seed % len(NAMES)]
        yield Kept(bug.name, seed, mix, _LENGTHS[min(seed // 12, len(_LENGTHS) - 1)])


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description="Plays simulated venues, many of them.")
    parser.add_argument("histories", nargs="?", type=int, default=int(os.environ.get("HISTORIES") or 200))
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--bugs", nargs="?", const="", help="the seeded bugs (of that name), each until it is caught"
    )
    given = parser.parse_args()
    with ProcessPoolExecutor(2, get_context("spawn"), gc.set_threshold, (20_000, 20, 50)) as pool:
        if given.bugs is not None:
            wanted = [number for number, bug in enumerate(BUGS) if given.bugs in bug.name]
            return _catch_all(pool, wanted, given.histories)
        return _play_all(pool, given.first, given.histories)


def _catch_all(pool: ProcessPoolExecutor, wanted: list[int], most: int) -> int:
    missed = 0
    for name, line in pool.map(catch, wanted, [most] * len(wanted)):
        print(line or f"NOT CAUGHT in {most}: {name}", flush=True)
        missed += not line
    return 1 if missed else 0


def _play_all(pool: ProcessPoolExecutor, first: int, histories: int) -> int:
    began, sums = time.monotonic(), Counter[str]()
    parts = [
        range(at, min(at + _AT_ONCE, first + histories)) for at in range(first, first + histories, _AT_ONCE)
    ]
    for part, reports in pool.map(play, parts):
        sums.update(part)
        for report in reports:
            print(report, flush=True)
        if sums["histories"] % _TELL_EACH == 0:
            print(f"{sums['histories']} histories, {sums['violations']} violations", flush=True)
    for name, times in sorted(sums.items()):
        print(f"{name:40} {times:>10}")
    print(
        f"{sums['histories'] / (time.monotonic() - began):.2f} histories a second; {HISTORY} seeds from {first}"
    )
    missing = sorted(name for name in KINDS if not sums[f"kind {name}"])
    if missing:
        print("took no part: " + ", ".join(missing))
    return 1 if sums["violations"] or missing else 0
