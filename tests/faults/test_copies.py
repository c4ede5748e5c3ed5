"""Backups that were put back, and copies of a station's disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import copies
from tests.helpers.logs import ExpectedLogs

pytestmark = pytest.mark.timeout(300)  # ten processes on a busy machine


def test_a_restored_server_gets_everything_again_and_grants_nothing_before(tmp_path: Path) -> None:
    scene, found = copies.restored(tmp_path, seed=1, times=2)
    assert found == [], scene.figures
    assert scene.figures["older copies found out"] == 1


def test_a_copied_till_goes_on_under_another_prefix(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("another copy", logger="app.exchange")
    scene, found = copies.cloned(tmp_path, seed=1, times=1)
    assert found == [], scene.figures
    assert len({name.rpartition("-")[0] for name in scene.numbers}) == 2
