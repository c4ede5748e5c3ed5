from __future__ import annotations

from pathlib import Path

from tests.faults import kills


def test_whatever_a_killed_till_told_its_staff_is_on_the_server_once(tmp_path: Path) -> None:
    scene, found = kills.of_tills(tmp_path, seed=1, kills=6)
    assert found == [], scene.figures
    assert scene.figures["operations told"] > 20
    print(dict(scene.figures), scene.tills[0].said, scene.tills[0].refused)
