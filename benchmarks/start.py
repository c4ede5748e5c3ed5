"""From starting the process to a Sell page with its tiles, on a station that was enrolled before; memory then."""

from __future__ import annotations

from benchmarks.rows import Row, Scale, percentile
from benchmarks.station import desk_child, prepared
from benchmarks.venue import scratch


def measure(scale: Scale) -> list[Row]:
    with scratch() as folder, prepared(folder, "POS1", "reem") as place:
        found = [desk_child("start", place) for _ in range(scale.of(5, 1))]
    figures = {
        name: percentile([float(each[name]) for each in found], 50)
        for name in ("sign-in", "sell-ready", "memory")
    }
    return [
        Row("start to the sign-in page", "s", {"p50": figures["sign-in"]}),
        Row("start to sell-ready, PIN typed at once", "s", {"p50": figures["sell-ready"]}, "p50", 3.0),
        Row("memory, camera off", "MB", {"rss": figures["memory"]}, "rss", 250.0),
    ]
