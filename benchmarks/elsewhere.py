"""A guest is admitted at one station: how long until another station's cache knows, by hints and pulls of both's own
sync."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import sqlalchemy as sa

from app.store import Actor, Topics
from app.sync import Sync
from benchmarks import calibration
from benchmarks.crowd import Crowd
from benchmarks.databases import Place, on_each
from benchmarks.meters import own_cpu
from benchmarks.rows import Row, Scale, percentile
from benchmarks.selling import admission
from benchmarks.venue import server_cpu, station_names, till, venue_server
from ledger import tables as t
from tests.helpers.core import DAY
from tests.helpers.running import RunningServer

ACTOR = Actor("faisal", "")
MANY, BAR_SECONDS, _AT_MOST = 32, 1.0, 30.0
SHARED = "all stations in one process"
_HAS = sa.select(t.admission.c.ticket_id).where(t.admission.c.ticket_id == sa.bindparam("wanted"))


def measure(scale: Scale) -> list[Row]:
    return on_each(scale, _on)


def _on(place: Place, folder: Path, scale: Scale) -> list[Row]:
    names = station_names(scale.of(MANY, 4))
    crowd = Crowd(400, DAY, days=1)
    database = place.url if place.name == "postgresql" else ""
    stations: list[_Station] = []
    rows = []
    with (
        venue_server(folder / "server", database=database, crowd=crowd, tills=len(names)) as server,
        contextlib.ExitStack() as stack,
    ):
        tickets = iter(crowd.ticket_ids(crowd.tickets))
        for count, times in ((2, scale.of(60, 10)), (len(names), scale.of(25, 5))):
            for name in names[len(stations) : count]:
                stations.append(_Station(folder / name, server, name))
                stack.callback(stations[-1].close)
            before = server_cpu(server) + place.cpu() - own_cpu()
            seen = [_admitted(stations, next(tickets)) for _ in range(times)]
            cpu = (server_cpu(server) + place.cpu() - own_cpu() - before) / times
            rows += _rows(f"{place.name}: {count} stations", seen, cpu)
    return rows


class _Station:
    """A station whose sync is under way. It notes when its cache last took in an admission."""

    def __init__(self, folder: Path, server: RunningServer, name: str) -> None:
        self._seen, self._seen_at = threading.Event(), 0.0
        self._sync: Sync | None = None
        self._till = till(folder, server, name, self._changed)
        self._sync = Sync(self._till.store, self._till.api, lambda line: None)
        self._sync.fetch_first()
        self._sync.start()

    def _changed(self, topics: Topics) -> None:
        """As app.parts does."""
        if self._sync is not None and not topics <= t.BY_NAME.keys():
            self._sync.wake()
        if t.admission.name in topics:
            self._seen_at = time.perf_counter()
            self._seen.set()

    def admit(self, ticket_id: str) -> float:
        """Returns when it was durable here."""
        store = self._till.store
        admitted = admission(store.ids, ticket_id, DAY)
        store.transact(lambda recording: recording.add(admitted), ACTOR)
        return time.perf_counter()

    def forget(self) -> None:
        self._seen.clear()

    def saw(self, ticket_id: str) -> float:
        """When the cache had it, for which it waits."""
        if not self._seen.wait(_AT_MOST):
            raise RuntimeError("the change did not come")
        with self._till.store.read() as connection:
            assert connection.execute(_HAS, {"wanted": ticket_id}).first(), "another change came"
        return self._seen_at

    def close(self) -> None:
        assert self._sync is not None
        self._sync.stop()
        self._till.close()


def _admitted(stations: list[_Station], ticket_id: str) -> list[float]:
    """Seconds from the first station's commit until each other one's cache had it."""
    first, *others = stations
    for other in others:
        other.forget()
    start = first.admit(ticket_id)
    return [other.saw(ticket_id) - start for other in others]


def _rows(name: str, seen: list[list[float]], cpu: float) -> list[Row]:
    """The second station is the one that is looked at; the last of many is told too."""
    one, last = [each[0] for each in seen], [max(each) for each in seen]
    rows = [Row(f"{name}: seen at another", "s", _figures(one), "p95", BAR_SECONDS)]
    if len(seen[0]) > 1:
        rows.append(Row(f"{name}: seen at all others", "s", _figures(last), "p95", BAR_SECONDS, note=SHARED))
    ratio = cpu / calibration.loop_ms()
    spent = Row(f"{name}: server, a change", "CPU ms", {"mean": cpu}, ratio=ratio, beside=calibration.LOOP)
    return [*rows, spent]


def _figures(seconds: list[float]) -> dict[str, float]:
    return {"p50": percentile(seconds, 50), "p95": percentile(seconds, 95)}
