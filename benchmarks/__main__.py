"""`python -m benchmarks [PART …] [--quick | --full] [--json FILE]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Part, Report, Row, Scale, Skipped, line

PARTS = {
    "calibration": "what this machine is worth now",
    "sale": "a sale at the till: pressed to durable",
    "gate": "a scan at the gate, 100,000 tickets in the cache",
    "camera": "reading codes from made frames",
    "start": "start to sell-ready, memory",
    "window": "the GUI thread while a sale, a payment and a scan run",
    "core": "the server without HTTP: CPU an operation",
    "http": "the server over HTTPS, with 1, 8 and 32 stations: CPU and latency",
    "backlog": "2,000 operations of a till that was offline, until they are settled",
    "elsewhere": "from a station's commit to another station's cache",
    "guests": "looking for a guest among 100,000",
    "download": "first downloads and small pulls",
}


def main(argv: list[str]) -> int:
    given = _arguments(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scale, report, started = Scale(given.quick, given.full), Report(), time.monotonic()
    for name in given.parts or PARTS:
        module = importlib.import_module(f"benchmarks.{name}")
        for row in _rows(name, module.measure, scale, report):
            report.rows.append((name, row))
            print(line(name, row), flush=True)
    for name, why in report.skipped:
        print(f"{name:<12}NOT MEASURED: {why}")
    missed = sum(row.verdict == "missed" for _, row in report.rows)
    judged = sum(row.bar is not None for _, row in report.rows)
    print(f"{judged - missed} of {judged} bars met in {time.monotonic() - started:.0f} s.")
    if given.json:
        content = report.as_json() | {"machine": _machine(), "quick": given.quick, "full": given.full}
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def _rows(name: str, measure: Part, scale: Scale, report: Report) -> Iterator[Row]:
    try:
        yield from measure(scale)
    except Skipped as reason:
        report.skipped.append((name, str(reason)))


def _machine() -> dict[str, str | int | None]:
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}


def _arguments(argv: list[str]) -> argparse.Namespace:
    listed = "\n".join(f"  {name:<12}{words}" for name, words in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"Parts:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--quick", action="store_true", help="fewer turns, tickets and stations; two minutes")
    parser.add_argument("--full", action="store_true", help="also the first download of 100,000 tickets")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
