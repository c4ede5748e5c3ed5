"""The server over HTTPS: CPU of all its processes an operation, and latency, with 1, 8 and 32 stations that push at
once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.crowd import Crowd, on_sale
from benchmarks.databases import BATCH, Floors, Place, floor_rows, floors, on_each
from benchmarks.meters import own_cpu, timed
from benchmarks.pushing import Pusher, at_once, pushers, venue_of
from benchmarks.rows import Row, Scale, percentile, spread
from benchmarks.selling import admission, family_sale
from benchmarks.venue import scratch, server_cpu, server_memory, station_names, till, venue_server
from ledger.wire import Sent
from tests.helpers.core import DAY
from tests.helpers.running import RunningServer

WARM = 50
Batches = list[list[Sent]]


@dataclass(frozen=True, slots=True)
class Load:
    """So many stations at once, each with so many admissions and sales; the bar of an admission's latency."""

    stations: int
    admissions: int
    sales: int
    judged: str = ""
    bar: float | None = None


def loads(scale: Scale) -> tuple[Load, ...]:
    return (
        Load(1, scale.of(300, 80), scale.of(80, 30), "p50", 5.0),
        Load(8, scale.of(60, 10), scale.of(15, 4), "p99", 40.0),
        Load(32, scale.of(20, 4), scale.of(5, 2)),
    )


def measure(scale: Scale) -> list[Row]:
    with scratch() as folder:
        rows = _cold(folder, scale)
    return rows + on_each(scale, _on)


def _cold(folder: Path, scale: Scale) -> list[Row]:
    """Starting on a venue that is there, until it answers; the first start makes its tables and is not counted."""
    walls, cpus, memory = [], [], 0.0
    with venue_server(folder) as server:
        one = till(folder / "POS1", server, "POS1")
        for _ in range(scale.of(5, 2)):
            server.kill()
            start = time.perf_counter()
            server.start()
            one.api.pull("keys", "", "")
            walls.append(time.perf_counter() - start)
            cpus.append(server_cpu(server) / 1000)
            memory = server_memory(server)
        one.close()
    figures = {"wall": percentile(walls, 50), "cpu": percentile(cpus, 50)}
    return [
        Row("cold start to the first answer", "s", figures, "wall", 1.5),
        Row("memory after the start", "MB", {"rss": memory}, "rss", 120.0),
    ]


def _on(place: Place, folder: Path, scale: Scale) -> list[Row]:
    names = station_names(max(load.stations for load in loads(scale)))
    sales = sum(load.stations * load.sales for load in loads(scale)) + WARM
    sellers = tuple(name.lower() for name in names)
    crowd = Crowd(scale.of(20_000, 3_000), DAY, sellers=sellers, sales=sales)
    database = place.url if place.name == "postgresql" else ""
    found = floors(place, folder, scale.of(300, 60))
    with (
        venue_server(folder, database=database, crowd=crowd, tills=len(names)) as server,
        pushers(folder, server, names) as stations,
    ):
        return _Bench(place, server, stations, crowd, found).rows(scale)


class _Bench:
    def __init__(
        self, place: Place, server: RunningServer, stations: list[Pusher], crowd: Crowd, found: Floors
    ) -> None:
        self.place, self.server, self.stations, self.floors = place, server, stations, found
        self.venue = venue_of(stations[0])
        self._tickets = iter(crowd.ticket_ids(crowd.tickets))
        self._sales = itertools.count()

    def rows(self, scale: Scale) -> list[Row]:
        self._warm()
        name, ping = self.place.name, self._ping(scale.of(300, 80))
        rows = [*floor_rows(self.place, self.floors), Row(f"{name}: healthz", "CPU ms", {"mean": ping})]
        batches = [self._admissions(self.stations[0], BATCH) for _ in range(scale.of(12, 4))]
        cpu, _ = self._pushed([(self.stations[0], batches)])
        batch = f"{name}: admission in a batch of {BATCH}"
        rows.append(_cpu_row(batch, cpu / BATCH, ping))
        for load in loads(scale):
            rows += self._of(load, ping)
        memory = server_memory(self.server)
        return [*rows, Row(f"{name}: memory of the server", "MB", {"rss": memory})]

    def _of(self, load: Load, ping: float) -> list[Row]:
        """Each operation of a load alone in its push, a sale's two together."""
        some = self.stations[: load.stations]
        many = f"{load.stations} station{'s' if load.stations > 1 else ''}"
        admission_name = f"{self.place.name}: admission, {many}"
        sale_name = f"{self.place.name}: sale of 3 tickets, paid, {many}"
        note = "stations share the machine" if load.stations > 1 else ""
        admitted = [(one, [self._admissions(one, 1) for _ in range(load.admissions)]) for one in some]
        cpu, taken = self._pushed(admitted)
        sold_cpu, sold = self._pushed(self._sold(some, load.sales))
        return [
            _cpu_row(admission_name, cpu, ping),
            self._latency(admission_name, taken, load, note),
            _cpu_row(sale_name, sold_cpu, ping),
            Row(sale_name, "ms", spread(sold), note=note),
        ]

    def _latency(self, name: str, taken: list[float], load: Load, note: str) -> Row:
        floor = self.floors.wall if load.judged else None
        return Row(name, "ms", spread(taken), load.judged, load.bar, note=note, floor=floor)

    def _warm(self) -> None:
        self._pushed([(self.stations[0], [self._admissions(self.stations[0], 1) for _ in range(WARM)])])
        self._pushed(self._sold(self.stations[:1], WARM))

    def _admissions(self, one: Pusher, count: int) -> list[Sent]:
        return [
            one.sent(admission(one.ids, ticket, DAY)) for ticket in itertools.islice(self._tickets, count)
        ]

    def _sold(self, some: Sequence[Pusher], times: int) -> list[tuple[Pusher, Batches]]:
        """The same session is sold everywhere at one time."""
        work: list[tuple[Pusher, Batches]] = [(one, []) for one in some]
        for _ in range(times):
            for one, batches in work:
                number = next(self._sales)
                where = (DAY, on_sale(number))
                sale = family_sale(self.venue, where, f"{number:06d}", self.server.clock)
                batches.append([one.sent(operation) for operation in sale])
        return work

    def _pushed(self, work: Sequence[tuple[Pusher, Batches]]) -> tuple[float, list[float]]:
        """CPU ms and wall ms of a push."""
        cpu, taken = at_once(work, self._cpu)
        return cpu / len(taken), taken

    def _cpu(self) -> float:
        """CPU of the server and, beside it, of PostgreSQL; this process only asks."""
        return server_cpu(self.server) + self.place.cpu() - own_cpu()

    def _ping(self, times: int) -> float:
        before = self._cpu()
        for _ in range(times):
            timed(partial(self.stations[0].api._client.get, "/healthz"))
        return (self._cpu() - before) / times


def _cpu_row(name: str, cpu: float, ping: float) -> Row:
    """What travels over HTTPS has no bar of its own: those of CPU are about the transaction (`core`)."""
    return Row(name, "CPU ms", {"mean": cpu}, ratio=cpu / ping, beside="healthz")
