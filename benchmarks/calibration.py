"""What this machine is worth just now: every other figure is to be read beside these."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from benchmarks.meters import fsyncs
from benchmarks.rows import Row, Scale, percentile, spread

_LOOP, _MEGABYTE = 200_000, 1 << 20


LOOP = "200,000 turns of a loop"


def measure(scale: Scale) -> list[Row]:
    times = scale.of(15, 5)
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        durable = fsyncs(Path(folder), scale.of(200, 30))
    data = b"\x5a" * _MEGABYTE
    return [
        Row(f"pure Python, {LOOP}", "CPU ms", {"p50": loop_ms(times)}),
        Row("sha256 of 1 MB", "CPU ms", {"p50": _median(lambda: hashlib.sha256(data).digest(), times)}),
        Row("4 kB written and fsynced", "ms", spread(durable)),
    ]


def loop_ms(times: int = 15) -> float:
    """CPU ms that pure Python takes here and now for LOOP."""
    return _median(_loop, times)


def _median(work: object, times: int) -> float:
    assert callable(work)
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return percentile(taken, 50)


def _loop() -> int:
    total = 0
    for number in range(_LOOP):
        total += number & 7
    return total
