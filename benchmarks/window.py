"""The GUI thread while people sell, take cash and scan: the longest hold, CPU an event, scan to painted answer."""

from __future__ import annotations

from typing import Any

from benchmarks.rows import Row, Scale, percentile, spread
from benchmarks.station import crowded, desk_child, prepared
from benchmarks.venue import scratch


def measure(scale: Scale) -> list[Row]:
    size = scale.of(100_000, 20_000)
    with scratch() as folder:
        with prepared(folder / "a", "POS1", "reem") as place:
            sold = desk_child("window", place)
        with prepared(folder / "b", "LK1", "faisal", lambda station: crowded(station, size)) as place:
            scanned = desk_child("scan", place, scale.of(100, 15))
    painted = [float(each) for each in scanned["painted"]]
    return [
        *_events(f"{sold['sales']} sales tapped and paid", sold),
        *_events(f"scans, {size:,} tickets", scanned),
        Row(f"scan to painted answer, {size:,} tickets", "ms", spread(painted), "p99", 100.0),
        Row("memory of the gate", "MB", {"rss": float(scanned["memory"])}, "rss", 250.0),
    ]


def _events(name: str, found: dict[str, Any]) -> list[Row]:
    held, cpu = found["held"], found["cpu"]
    figures = {"p99": percentile(held, 99), "max": max(held)}
    return [
        Row(f"{name}: longest hold of an event", "ms", figures, "max", 50.0, note=found["worst"]),
        Row(f"{name}: an event of {len(cpu):,}", "CPU ms", {"mean": sum(cpu) / len(cpu), "max": max(cpu)}),
    ]
