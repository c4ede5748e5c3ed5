"""kill -9 of the server, and of the database under it, while tills push what they sold in an outage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import kills
from tests.helpers.postgres import running

pytestmark = pytest.mark.timeout(300)  # ten processes on a busy machine


def test_a_server_killed_under_push_has_everything_once(tmp_path: Path) -> None:
    scene, found = kills.of_server(tmp_path, seed=1, kills=2)
    assert found == [], scene.figures
    assert scene.figures["operations told"] > 100


def test_a_killed_postgresql_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with running() as postgres:
        database = postgres.url(postgres.fresh())
        scene, found = kills.of_server(tmp_path, seed=2, kills=2, database=database, postgres=postgres)
    assert found == [], scene.figures
    assert scene.figures["kills of the database"] == 1
