"""Real processes with a bad line between them: whatever is dropped, doubled, delayed or answered by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import lines
from tests.helpers.postgres import running

pytestmark = pytest.mark.timeout(300)  # ten processes on a busy machine


def test_a_bad_line_loses_and_doubles_nothing(tmp_path: Path) -> None:
    scene, found = lines.between(tmp_path, seed=1, faults=15)
    assert found == [], scene.figures


def test_a_bad_line_before_two_servers_on_one_postgresql(tmp_path: Path) -> None:
    with running() as postgres:
        database = postgres.url(postgres.fresh())
        scene, found = lines.between(tmp_path, seed=2, faults=15, database=database, servers=2)
    assert found == [], scene.figures
