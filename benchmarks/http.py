"""The server over HTTPS: CPU of the server process an operation, latency of one station and of eight."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.server_api import ServerApi
from benchmarks.core import ALONE, BATCH, Place, places
from benchmarks.crowd import Crowd, family_sale
from benchmarks.meters import own_cpu, timed
from benchmarks.rows import Row, Scale, percentile, spread
from benchmarks.venue import Till, scratch, server_cpu, server_memory, till, venue_server
from domain import codec
from domain import operation as op
from domain.catalogue import Venue, Words
from domain.envelope import Envelope
from ledger.clock import Ids
from ledger.wire import PROTOCOL, PushBatch, Sent
from tests.helpers.core import DAY
from tests.helpers.running import RunningServer

AT_ONCE = 8


@dataclass
class Pusher:
    """Pushes operations of a stream of its own, under an enrolled station's token."""

    api: ServerApi
    station_id: str
    epoch: str
    ids: Ids
    server: RunningServer
    stream: str
    _n: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def sent(self, operation: op.Operation) -> Sent:
        envelope = Envelope(
            self.ids.new(), type(operation).__name__, op.VERSION, self.station_id, 1, "reem", "shift",
            self.server.clock.now(), 0, codec.dumps(operation),
        )  # fmt: skip
        return Sent(next(self._n), envelope.digest().hex(), envelope)

    def push(self, sent: Sequence[Sent]) -> None:
        reply = self.api.push(PushBatch(PROTOCOL, self.epoch, self.stream, tuple(sent)))
        assert reply.state == "ok" and all(answer.answer == "applied" for answer in reply.answers), reply


def measure(scale: Scale) -> list[Row]:
    with scratch() as folder:
        rows = _cold(folder, scale)
    with scratch() as folder, places(folder) as found:
        for place in found:
            rows += _on(place, folder / place.name, scale)
    return rows


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
    crowd = Crowd(scale.of(20_000, 2_000), DAY)
    database = place.url if place.name == "postgresql" else ""
    with venue_server(folder, database=database, crowd=crowd) as server:
        one = till(folder / "POS1", server, "POS1")
        try:
            return _Bench(place, server, one, crowd).rows(scale)
        finally:
            one.close()


class _Bench:
    def __init__(self, place: Place, server: RunningServer, one: Till, crowd: Crowd) -> None:
        self.place, self.server, self.till, self.crowd = place, server, one, crowd
        page, _ = one.api.pull("global", "", "")
        self.epoch = page.epoch
        records = page.tables["record"]
        kind, body = (records.columns.index(name) for name in ("kind", "body"))
        self.venue = codec.loads(Venue, next(str(row[body]) for row in records.rows if row[kind] == "venue"))
        self.ids = Ids(server.clock)

    def rows(self, scale: Scale) -> list[Row]:
        alone, batches, sales, each = scale.of(300, 80), scale.of(12, 4), scale.of(80, 30), scale.of(40, 10)
        tickets = self.crowd.ticket_ids(alone + batches * BATCH + 8 * each + 50)
        name, pusher = self.place.name, self.pusher(0)
        self._each(pusher, tickets[-50:], 1)  # warm
        cpu, taken = self._each(pusher, tickets[:alone], 1)
        batch_cpu, _ = self._each(pusher, tickets[alone : alone + batches * BATCH], BATCH)
        sale_cpu = self._sales(pusher, sales)
        ping = self._ping(alone)
        crowded = self._crowded(tickets[alone + batches * BATCH :], each)
        memory = server_memory(self.server)
        return [
            Row(f"{name}: healthz", "CPU ms", {"mean": ping}),
            Row(
                f"{name}: admission alone",
                "CPU ms",
                {"mean": cpu},
                "mean",
                ALONE[name],
                ratio=cpu / ping,
                beside="healthz",
            ),
            Row(
                f"{name}: admission in a batch of {BATCH}",
                "CPU ms",
                {"mean": batch_cpu},
                "mean",
                0.5,
                ratio=batch_cpu / ping,
                beside="healthz",
            ),
            Row(
                f"{name}: sale of 3 tickets, paid",
                "CPU ms",
                {"mean": sale_cpu},
                "mean",
                6.0,
                ratio=sale_cpu / ping,
                beside="healthz",
            ),
            Row(f"{name}: admission, 1 client", "ms", spread(taken), "p50", 5.0),
            Row(
                f"{name}: admission, {AT_ONCE} clients",
                "ms",
                spread(crowded),
                "p99",
                40.0,
                note="clients share the machine",
            ),
            Row(f"{name}: memory of the server", "MB", {"rss": memory}, "rss", 120.0),
        ]

    def pusher(self, number: int) -> Pusher:
        identity = self.till.store.identity
        assert identity is not None
        api = ServerApi(self.server.url, identity.certificate, self.till.secrets.token)
        return Pusher(
            api, identity.station_id, self.epoch, self.ids, self.server, f"bench-{self.place.name}-{number}"
        )

    def _cpu(self) -> float:
        """CPU of the server and, beside it, of PostgreSQL; this process only asks."""
        return server_cpu(self.server) + self.place.cpu() - own_cpu()

    def _each(self, pusher: Pusher, tickets: list[str], at_once: int) -> tuple[float, list[float]]:
        """CPU ms an admission, and the wall ms of each call."""
        sent = [pusher.sent(admission(self.ids, ticket)) for ticket in tickets]
        before = self._cpu()
        batches = [sent[start : start + at_once] for start in range(0, len(sent), at_once)]
        taken = [timed(partial(pusher.push, batch)) for batch in batches]
        return (self._cpu() - before) / len(sent), taken

    def _sales(self, pusher: Pusher, times: int) -> float:
        sales = [
            family_sale(self.venue, (DAY, 60_000 + n // 50), f"{n:06d}", self.server.clock)
            for n in range(times)
        ]
        sent = [[pusher.sent(operation) for operation in sale] for sale in sales]
        before = self._cpu()
        for pair in sent:
            pusher.push(pair)
        return (self._cpu() - before) / times

    def _ping(self, times: int) -> float:
        client = self.till.api._client
        before = self._cpu()
        for _ in range(times):
            client.get("/healthz")
        return (self._cpu() - before) / times

    def _crowded(self, tickets: list[str], each: int) -> list[float]:
        """Eight clients, each admitting its own tickets one by one."""
        taken: list[float] = []
        guard = threading.Lock()

        def run(number: int) -> None:
            pusher = self.pusher(number + 1)
            mine = [
                pusher.sent(admission(self.ids, ticket))
                for ticket in tickets[number * each : (number + 1) * each]
            ]
            pusher.api.pull("keys", "", "")
            barrier.wait()
            times = [timed(partial(pusher.push, [one])) for one in mine]
            with guard:
                taken.extend(times)
            pusher.api.close()

        barrier = threading.Barrier(AT_ONCE)
        threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken


def admission(ids: Ids, ticket_id: str) -> op.GuestAdmitted:
    return op.GuestAdmitted(ids.new(), ticket_id, 1, 7, DAY, Words("Gate 1", "البوابة 1"), False)
