"""A full disk refuses in words and loses nothing; with room again all goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import disks
from tests.faults.scene import Scene

pytestmark = pytest.mark.timeout(300)  # ten processes on a busy machine


def _played(play: Callable[..., tuple[Scene, list[str]]], folder: Path, times: int) -> Scene:
    try:
        scene, found = play(folder, seed=1, times=times)
    except disks.NoDiskError as error:
        pytest.skip(f"NOT tested with a full disk: {error}")
    assert found == [], scene.figures
    return scene


def test_a_till_on_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    scene = _played(disks.of_till, tmp_path, 2)
    assert scene.tills[0].refused["disk_full"] >= 4


def test_a_server_on_a_full_disk_holds_no_till_up(tmp_path: Path) -> None:
    _played(disks.of_server, tmp_path, 1)
