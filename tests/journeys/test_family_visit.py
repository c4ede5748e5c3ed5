"""The family visit through the real windows, with a real server and a real card terminal beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.helpers.running import ROOT

SECONDS = 200
SHOWN = ("sign-in-faisal", "sign-in-reem", "no-shift", "float", "unknown-code", "code", "cart", "held")
SHOWN += ("card-on-terminal", "cash-change", "paid")


def play(
    *more: str, environment: dict[str, str] | None = None, module: str = "app"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "faulthandler", "-m", module, "demo", *more]
    surroundings = {**os.environ, **(environment or {})}
    return subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def check(folder: Path, done: subprocess.CompletedProcess[str]) -> str:
    """What is there once the family has paid; the summary."""
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    summary = (folder / "summary.txt").read_text(encoding="utf-8")
    assert "425.50 = 370.00 + VAT 55.50" in summary
    assert {path.stem[3:] for path in folder.glob("*.png")} >= set(SHOWN)
    codes = [code for path in sorted((folder / "papers").glob("*.png")) for code in codes_of(path)]
    assert len([code for code in codes if len(code) == 151]) == 5
    assert list((folder / "papers").glob("*.pdf"))
    if os.name == "posix":
        assert not [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
    return summary


def codes_of(path: Path) -> list[str]:
    return [result.text for result in zxingcpp.read_barcodes(Image.open(path).convert("L"))]


@pytest.mark.timeout(SECONDS)
def test_the_visit_goes_as_it_must(tmp_path: Path) -> None:
    done = play("--headless", str(tmp_path / "out"), module="tests.journeys.watched")
    summary = check(tmp_path / "out", done)
    assert "searched for cycles elsewhere: 0" in done.stdout  # a window in a cycle would have died there
    assert "refund: POS1-000003, 72.45 to the card; the ticket has ended" in summary
    assert "Z-0001, expected 724.40, counted 724.40, difference 0.00" in summary
    assert "nothing waits: not for the server, not for the printer, not for a person" in summary
    assert len(list((tmp_path / "out").glob("*.png"))) > len(SHOWN)


def test_a_station_started_before_the_venue_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = play("--station", "LK1", environment={"GATEHOUSE_HOME": str(tmp_path / "home")})
    assert done.returncode == 3
    assert "make run" in done.stderr
    assert "POS1, POS2, LK1" in done.stderr
    assert not (tmp_path / "home" / "LK1").exists()


def test_a_data_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    command = [sys.executable, "-m", "app", "--station", "POS1", "--data", str(tmp_path / "file" / "data")]
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "folder" in done.stderr
