"""The benchmarks run and say what they found in one shape; their figures are for people, no test looks at them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.rows import Floor, Row, line, percentile

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_run_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    done = run("calibration", "--quick", "--json", str(file))
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text(encoding="utf-8"))
    assert set(found) == {"rows", "skipped", "machine", "quick", "full"}
    assert found["quick"] and len(found["rows"]) == 3
    wanted = {"part", "what", "unit", "measured", "bar", "ratio", "verdict", "note"}
    assert all(set(row) == wanted and row["measured"] for row in found["rows"])
    assert all(row["what"] in done.stdout for row in found["rows"])


def test_a_part_that_is_not_there_is_refused() -> None:
    assert run("nothing").returncode == 2


def test_a_bar_is_met_or_missed_either_way_round() -> None:
    assert Row("wait", "ms", {"p99": 5.0}, "p99", 5.0).verdict == "ok"
    assert Row("wait", "ms", {"p99": 5.1}, "p99", 5.0).verdict == "missed"
    assert Row("read", "frames", {"read": 15}, "read", 15, at_least=True).verdict == "ok"
    assert Row("read", "frames", {"read": 14}, "read", 15, at_least=True).verdict == "missed"
    assert Row("only told", "ms", {"p50": 1.0}).verdict == ""


def test_a_bar_rises_with_its_floor_in_the_same_run() -> None:
    slow = Floor("one statement", here=0.6, there=0.3)
    assert Row("sale", "CPU ms", {"mean": 11.0}, "mean", 6.0, floor=slow).verdict == "ok"
    missed = Row("sale", "CPU ms", {"mean": 12.6}, "mean", 6.0, floor=slow)
    assert missed.verdict == "missed"
    assert all(part in line("core", missed) for part in ("12.6", "<= 12", "missed", "21.00 x one statement"))
    fast = Floor("one statement", here=0.2, there=0.3)
    assert Row("sale", "CPU ms", {"mean": 5.9}, "mean", 6.0, floor=fast).verdict == "ok"


def test_a_line_says_figure_bar_and_ratio() -> None:
    told = line("gate", Row("decided", "ms", {"p99": 3.14}, "p99", 10.0, ratio=2.0, beside="fsync"))
    assert all(part in told for part in ("decided", "p99 3.14", "<= 10", "ok", "2.00 x fsync"))


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 99), percentile([7.0], 99)) == (50.0, 99.0, 7.0)
