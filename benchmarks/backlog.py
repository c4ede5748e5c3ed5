"""A till comes back after hours without the server: all that waits goes out by its own sync until every operation is
answered and settled in its cache."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from app.store import Actor, Recording, Store
from app.sync import Sync
from benchmarks import calibration
from benchmarks.crowd import Crowd
from benchmarks.databases import Place, on_each
from benchmarks.meters import own_cpu
from benchmarks.rows import Row, Scale
from benchmarks.selling import visits
from benchmarks.venue import server_cpu, till, venue_server
from domain import operation as op
from ledger import journal, read_setup
from ledger import tables as t
from tests.helpers.core import DAY

ACTOR, BAR_SECONDS, USUAL = Actor("reem", "shift"), 5.0, 2_000
_AT_MOST = 120.0
_FLAGGED = sa.select(sa.func.count()).select_from(t.result).where(t.result.c.answer != "applied")
_ANSWERED = sa.select(sa.func.count()).select_from(t.result)


def measure(scale: Scale) -> list[Row]:
    return on_each(scale, _on)


def _on(place: Place, folder: Path, scale: Scale) -> list[Row]:
    count = scale.of(USUAL, 300)
    crowd = Crowd(scale.of(20_000, 2_000), DAY, sales=count)
    database = place.url if place.name == "postgresql" else ""
    changed = threading.Event()
    with venue_server(folder / "server", database=database, crowd=crowd) as server:
        one = till(folder / "POS1", server, "POS1", lambda _topics: changed.set())
        sync = Sync(one.store, one.api, lambda line: None)
        try:
            sync.fetch_first()
            kinds = _work_alone(one.store, count)
            before, mine = server_cpu(server) + place.cpu(), own_cpu()
            wall = _come_back(one.store, sync, changed)
            here = own_cpu() - mine
            cpu = server_cpu(server) + place.cpu() - before - here
        finally:
            sync.stop()
            one.close()
    return _rows(f"{place.name}: {count:,} that waited", (wall, here / 1000, cpu), kinds)


def _work_alone(store: Store, count: int) -> Counter[str]:
    """Records visits until there are `count` operations; returns how many of which kind."""
    kinds: Counter[str] = Counter()
    with store.read() as connection:
        venue = read_setup.venue(connection)
    for operations in visits(venue, DAY, store.clock, store.ids):
        if kinds.total() >= count:
            break
        store.transact(partial(_record, operations), ACTOR)
        kinds.update(type(operation).__name__ for operation in operations)
    return kinds


def _record(operations: tuple[op.Operation, ...], recording: Recording) -> None:
    for operation in operations:
        recording.add(operation)


def _come_back(store: Store, sync: Sync, changed: threading.Event) -> float:
    """Seconds from the moment the line is there until nothing waits."""
    start = time.perf_counter()
    sync.start()
    while left := _unsettled(store):
        if time.perf_counter() - start > _AT_MOST:
            raise RuntimeError(f"{left} operations are still not settled")
        changed.wait(0.5)
        changed.clear()
    wall = time.perf_counter() - start
    with store.read() as connection:
        assert connection.execute(_FLAGGED).scalar_one() == 0, "something was flagged"
    return wall


def _unsettled(store: Store) -> int:
    """How many of its operations have no answer in the cache; each answered one has one row."""
    with store.read() as connection:
        answered = int(connection.execute(_ANSWERED).scalar_one())
    with store.read_journal() as connection:
        return journal.current_stream(connection).last_n - answered


def _rows(name: str, found: tuple[float, float, float], kinds: Counter[str]) -> list[Row]:
    (wall, here, cpu), count = found, kinds.total()
    share, each = count / USUAL, cpu / count
    mix = ", ".join(f"{kind} {times}" for kind, times in kinds.most_common())
    figures = {"wall": wall, "station cpu": here}
    return [
        Row(f"{name}: settled", "s", figures, "wall", BAR_SECONDS * share, note=mix),
        Row(
            f"{name}: server, an operation",
            "CPU ms",
            {"mean": each},
            ratio=each / calibration.loop_ms(),
            beside=calibration.LOOP,
        ),
    ]
