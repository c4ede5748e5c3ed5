"""What stations fetch: everything for the first time, one changed row, a hundred; server's CPU, bytes, readiness."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.line import Line
from app.sync import Sync
from benchmarks.crowd import Crowd
from benchmarks.databases import BATCH
from benchmarks.meters import own_cpu, timed
from benchmarks.pushing import Pusher
from benchmarks.rows import Row, Scale, spread
from benchmarks.selling import admission
from benchmarks.venue import Till, scratch, server_cpu, server_memory, till, venue_server
from ledger import cache
from ledger.clock import Ids
from tests.helpers.core import DAY
from tests.helpers.running import RunningServer


@dataclass(frozen=True, slots=True)
class Wire:
    """What went over the wire: all bytes of the bodies, and those of the tickets' columns alone."""

    bytes: int
    tickets: int


def measure(scale: Scale) -> list[Row]:
    rows = []
    sizes = (scale.of(10_000, 2_000), 100_000) if scale.full else (scale.of(10_000, 2_000),)
    for size in sizes:
        with scratch() as folder:
            rows += _of_size(folder, size, scale)
    return rows


def _of_size(folder: Path, size: int, scale: Scale) -> list[Row]:
    crowd = Crowd(size, DAY)
    with venue_server(folder / "server", crowd=crowd) as server:
        one, two = till(folder / "POS1", server, "POS1"), till(folder / "POS2", server, "POS2")
        try:
            return _first(server, one, size) + _small(server, (one, two), crowd, scale)
        finally:
            one.close()
            two.close()


def _first(server: RunningServer, one: Till, size: int) -> list[Row]:
    sync = Sync(one.store, one.api, _nothing)
    before, mine = server_cpu(server), own_cpu()
    wall = timed(sync.once) / 1000
    cpu, applied = (server_cpu(server) - before) / 1000, (own_cpu() - mine) / 1000
    wire = _wire(one)
    large = size >= 100_000
    share = size / (100_000 if large else 10_000)
    name = f"first download of {size:,} tickets"
    return [
        Row(f"{name}: server", "CPU s", {"all": cpu}, "all", (5.0 if large else 0.5) * share),
        Row(
            f"{name}: station ready",
            "s",
            {"wall": wall, "cpu": applied},
            "wall",
            (15.0 if large else 2.0) * share,
        ),
        Row(f"{name}: wire", "MB", {"all": wire.bytes / 1e6}, "all", None if large else 1.0 * share),
        Row(f"{name}: a ticket's own row", "bytes", {"gzip": wire.tickets / size}, "gzip", 60.0),
    ]


def _nothing(_line: Line) -> None:
    return


def _wire(one: Till) -> Wire:
    """Fetches everything once more by hand, to weigh it."""
    total = tickets = 0
    for page, weight in _pages(one):
        total += weight
        if "ticket" in page["tables"]:
            part = json.dumps(page["tables"]["ticket"]["rows"], separators=(",", ":"))
            tickets += len(gzip.compress(part.encode(), 1))
    return Wire(total, tickets)


def _pages(one: Till) -> Iterator[tuple[dict[str, dict[str, dict[str, object]]], int]]:
    with one.store.read() as connection:
        buckets = cache.level(connection).buckets
    after, complete = "", False
    while not complete:
        response = _pull(one, buckets, after)
        page = response.json()
        yield page, response.num_bytes_downloaded
        after, complete = page["next"], page["complete"]


def _pull(one: Till, buckets: str, after: str) -> httpx.Response:
    query = {"buckets": buckets, "after": after, "stream": "", "protocol": "1"}
    return one.api._client.get("/v1/sync/pull", params=query)


def _small(server: RunningServer, tills: tuple[Till, Till], crowd: Crowd, scale: Scale) -> list[Row]:
    """What another station's changes cost this one; its cache is there already."""
    one, two = tills
    times = scale.of(100, 30)
    tickets = crowd.ticket_ids(times + 5 * 100)
    pusher = _pusher(server, two)
    with one.store.read() as connection:
        at = cache.level(connection)
    after, taken, spent = at.cursor, [], 0.0
    for ticket in tickets[:times]:
        pusher.push([pusher.sent(admission(pusher.ids, ticket))])
        before, start = server_cpu(server), time.perf_counter()
        page = _pull(one, at.buckets, after)
        taken.append((time.perf_counter() - start) * 1000)
        spent += server_cpu(server) - before
        after = page.json()["next"]
    rows = [
        Row("pull of 1 changed row", "ms", spread(taken), "p99", 50.0),
        Row("pull of 1 changed row: server", "CPU ms", {"mean": spent / times}),
    ]
    return rows + _hundred(server, one, pusher, tickets[times:])


def _hundred(server: RunningServer, one: Till, pusher: Pusher, tickets: list[str]) -> list[Row]:
    sync = Sync(one.store, one.api, _nothing)
    sync.once()
    rounds, cpu, mine, weight = len(tickets) // 100, 0.0, 0.0, 0
    for number in range(rounds):
        some = tickets[number * 100 : (number + 1) * 100]
        for start in range(0, 100, BATCH):
            pusher.push(
                [pusher.sent(admission(pusher.ids, ticket)) for ticket in some[start : start + BATCH]]
            )
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
        Row("server's memory afterwards", "MB", {"rss": memory}, "rss", 120.0),
    ]


def _pusher(server: RunningServer, two: Till) -> Pusher:
    identity = two.store.identity
    assert identity is not None
    page, _ = two.api.pull("global", "", "")
    return Pusher(two.api, identity.station_id, page.epoch, Ids(server.clock), server, "bench-download")
