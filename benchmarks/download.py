"""What stations fetch: everything for the first time, one changed row, a hundred; server's CPU, bytes, readiness."""

from __future__ import annotations

import contextlib
import gzip
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import sqlalchemy as sa

from app.line import Line
from app.sync import Sync
from benchmarks import calibration
from benchmarks.crowd import Crowd
from benchmarks.databases import BATCH
from benchmarks.meters import own_cpu
from benchmarks.pushing import Pusher, pusher
from benchmarks.rows import Row, Scale, spread
from benchmarks.selling import admission
from benchmarks.venue import Till, scratch, server_cpu, server_memory, till, venue_server
from ledger import cache
from ledger import tables as t
from tests.helpers.core import DAY
from tests.helpers.running import RunningServer

SMALL, LARGE = 10_000, 100_000
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"


@dataclass(slots=True)
class Scales:
    """Weighs what comes to a station: bytes of the bodies as they travel, and of the tickets' rows alone, zipped."""

    all: int = 0
    tickets: int = 0
    pages: int = 0

    def __call__(self, response: httpx.Response) -> None:
        if response.url.path != "/v1/sync/pull":
            return
        body = response.read()
        self.all, self.pages = self.all + response.num_bytes_downloaded, self.pages + 1
        if response.url.params.get("whole") and b'"ticket":' in body:
            rows = orjson.dumps(orjson.loads(body)["tables"]["ticket"]["rows"])
            self.tickets += len(gzip.compress(rows, 1))


def measure(scale: Scale) -> list[Row]:
    rows = []
    small = scale.of(SMALL, 2_000)
    sizes = (small, LARGE) if scale.full else (small,)
    for size in sizes:
        with scratch() as folder:
            rows += _of_size(folder, size, scale)
    return rows


def _of_size(folder: Path, size: int, scale: Scale) -> list[Row]:
    crowd = Crowd(size, DAY)
    with (
        venue_server(folder / "server", crowd=crowd, tills=3) as server,
        contextlib.closing(till(folder / "POS1", server, "POS1")) as one,
        contextlib.closing(till(folder / "POS3", server, "POS3")) as other,
    ):
        rows = _first(server, one, size) + _weighed(server, folder / "POS2", size)
        return rows + _small(server, (one, pusher(server, other)), crowd, scale)


def _first(server: RunningServer, one: Till, size: int) -> list[Row]:
    """By the station's own sync, into a cache beside, until that has taken its place with all its indexes."""
    sync, clock = Sync(one.store, one.api, _nothing), time.perf_counter()
    before, mine = server_cpu(server), own_cpu()
    sync.fetch_first()
    wall, cpu = time.perf_counter() - clock, (server_cpu(server) - before) / 1000
    applied = (own_cpu() - mine) / 1000
    _check_whole(one, size)
    large = size >= LARGE
    share = size / (LARGE if large else SMALL)
    name, loop = f"first download of {size:,} tickets", calibration.loop_ms() / 1000
    ready = {"wall": wall, "cpu": applied}
    return [
        _judged(f"{name}: server", "CPU s", {"all": cpu}, (5.0 if large else 0.5) * share, cpu / loop),
        _judged(f"{name}: station ready", "s", ready, (15.0 if large else 2.0) * share, wall / loop),
    ]


def _judged(name: str, unit: str, figures: dict[str, float], bar: float, ratio: float) -> Row:
    return Row(name, unit, figures, next(iter(figures)), bar, ratio=ratio, beside=calibration.LOOP)


def _check_whole(one: Till, size: int) -> None:
    with one.store.read() as connection:
        there = connection.execute(sa.select(sa.func.count()).select_from(t.ticket)).scalar_one()
        indexes = {row[0] for row in connection.execute(sa.text(_INDEXES))}
    wanted = {index.name for table in t.SYNCED for index in table.indexes}
    assert there == size and wanted <= indexes, (there, wanted - indexes)


def _weighed(server: RunningServer, folder: Path, size: int) -> list[Row]:
    """Another station's first download, not timed."""
    with contextlib.closing(till(folder, server, "POS2")) as two:
        two.api._client.event_hooks = {"response": [scales := Scales()]}
        Sync(two.store, two.api, _nothing).fetch_first()
    name, note = f"first download of {size:,} tickets", f"{scales.pages} pages"
    bar = None if size >= LARGE else 1.0 * size / SMALL
    return [
        Row(f"{name}: wire", "MB", {"all": scales.all / 1e6}, "all", bar, note=note),
        Row(f"{name}: all rows, a ticket", "bytes", {"gzip": scales.all / size}),
        Row(f"{name}: a ticket's own row", "bytes", {"gzip": scales.tickets / size}, "gzip", 60.0),
    ]


def _nothing(_line: Line) -> None:
    return


def _pull(one: Till, buckets: str, after: str) -> httpx.Response:
    query = {"buckets": buckets, "after": after, "stream": "", "protocol": "1"}
    return one.api._client.get("/v1/sync/pull", params=query)


def _small(server: RunningServer, both: tuple[Till, Pusher], crowd: Crowd, scale: Scale) -> list[Row]:
    """What another station's changes cost this one; its cache is there already."""
    one, other = both
    times = scale.of(100, 30)
    tickets = crowd.ticket_ids(times + 5 * 100)
    with one.store.read() as connection:
        at = cache.level(connection)
    after, taken, spent, weight = at.cursor, [], 0.0, 0
    for ticket in tickets[:times]:
        other.push([other.sent(admission(other.ids, ticket, DAY))])
        before, start = server_cpu(server), time.perf_counter()
        page = _pull(one, at.buckets, after)
        taken.append((time.perf_counter() - start) * 1000)
        spent, weight = spent + server_cpu(server) - before, weight + page.num_bytes_downloaded
        after = page.json()["next"]
    cpu = spent / times
    rows = [
        Row("pull of 1 changed row", "ms", spread(taken), "p99", 50.0),
        Row(
            "pull of 1 changed row: server",
            "CPU ms",
            {"mean": cpu},
            ratio=cpu / calibration.loop_ms(),
            beside=calibration.LOOP,
        ),
        Row("pull of 1 changed row: wire", "bytes", {"mean": weight / times}),
    ]
    return rows + _hundred(server, one, other, tickets[times:])


def _hundred(server: RunningServer, one: Till, other: Pusher, tickets: list[str]) -> list[Row]:
    sync = Sync(one.store, one.api, _nothing)
    sync.once()
    rounds, cpu, mine, weight = len(tickets) // 100, 0.0, 0.0, 0
    for number in range(rounds):
        some = tickets[number * 100 : (number + 1) * 100]
        for start in range(0, 100, BATCH):
            batch = some[start : start + BATCH]
            other.push([other.sent(admission(other.ids, ticket, DAY)) for ticket in batch])
        with one.store.read() as connection:
            at = cache.level(connection)
        weight += _pull(one, at.buckets, at.cursor).num_bytes_downloaded
        before, here = server_cpu(server), own_cpu()
        sync.once()
        cpu, mine = cpu + server_cpu(server) - before, mine + own_cpu() - here
    memory = server_memory(server)
    return [
        Row(
            "100 changes reach a station: server",
            "CPU ms",
            {"mean": cpu / rounds, "station": mine / rounds},
            "mean",
            20.0,
        ),
        Row("100 changes reach a station: wire", "kB", {"mean": weight / rounds / 1000}, "mean", 15.0),
        Row("server's memory afterwards", "MB", {"rss": memory}),
    ]
