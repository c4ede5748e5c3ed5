"""A scan at the gate with 100,000 tickets in the cache: the decision alone, and on the disk too."""

from __future__ import annotations

from functools import partial

from app.services.gate import Gate
from app.shown import ScanResult
from app.store import Recording
from benchmarks.meters import fsyncs, own_cpu, timed
from benchmarks.rows import Row, Scale, percentile, spread
from benchmarks.station import crowded, door
from benchmarks.venue import scratch
from domain.staff import Permission
from tests.helpers.shop import Shop


def measure(scale: Scale) -> list[Row]:
    size, times = scale.of(100_000, 20_000), scale.of(400, 80)
    with scratch() as folder, door(folder) as gate:
        few = _decisions(gate, codes := crowded(gate.station, size), times)
        bare = fsyncs(folder, times)
        before = own_cpu()
        scans = [timed(partial(_admitted, gate, code)) for code in codes[:times]]
        cpu = (own_cpu() - before) / times
        again = [timed(partial(gate.station.gate.scan, code)) for code in codes[:times]]
        board = [timed(gate.station.gate.board) for _ in range(scale.of(20, 5))]
    disk = percentile(bare, 50)
    return [
        Row(f"decided, {size:,} tickets in the cache", "ms", spread(few), "p99", 10.0),
        Row(
            "scanned: decided and durable",
            "ms",
            spread(scans),
            "p99",
            30.0,
            ratio=percentile(scans, 50) / disk,
            beside="fsync p50",
        ),
        Row("scanned: CPU, sync included", "CPU ms", {"mean": cpu}),
        Row("scanned again: refused and durable", "ms", spread(again), "p99", 30.0),
        Row(f"the gate's board, {size:,} tickets today", "ms", {"p50": percentile(board, 50)}),
    ]


def _admitted(gate: Shop, code: str) -> None:
    result = gate.station.gate.scan(code)
    assert result.code == "ok", result


class _Undone(Exception):
    """Ends a decision that is only timed."""


def _decisions(shop: Shop, codes: list[str], times: int) -> list[float]:
    """The gate's decision inside a transaction that is then given up: no disk in it."""
    gate: Gate = shop.station.gate
    actor = shop.station.session.actor(Permission.ADMIT)
    taken: list[float] = []

    def work(code: str) -> None:
        def decide(recording: Recording) -> ScanResult:
            taken.append(timed(lambda: gate._decide(recording, code)))
            raise _Undone

        try:
            shop.station.store.transact(decide, actor)
        except _Undone:
            return

    for code in codes[-times:]:
        work(code)
    return taken
