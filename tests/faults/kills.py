"""kill -9 of a till while it sells, and of the server while tills push."""

from __future__ import annotations

from pathlib import Path

from tests.faults.scene import Scene, opened
from tests.helpers.postgres import Postgres


def of_tills(folder: Path, seed: int, kills: int) -> tuple[Scene, list[str]]:
    """A till is killed at random moments, and started again, `kills` times."""
    with opened(folder, seed) as scene:
        till = scene.till("POS1").wait_ready()
        for _ in range(kills):
            till.wait_done(scene.chance.randint(1, 12))
            scene.kill(till)
            till.start(str(seed)).wait_ready()
        till.wait_done(1)
        return scene, scene.end()


def of_server(
    folder: Path, seed: int, kills: int, *, database: str = "", postgres: Postgres | None = None
) -> tuple[Scene, list[str]]:
    """Two tills have sold while the server was away, and go on; it is killed `kills` times while they push. With
    `postgres` it is the database's own server that is killed instead, every other time."""
    with opened(folder, seed, database=database) as scene:
        tills = [scene.till(name, pace=0.12).wait_ready() for name in ("POS1", "POS2")]
        scene.server.kill()
        for till in tills:
            till.wait_done(20)
        for number in range(kills):
            scene.server.start()
            scene.moment(0.8)
            if postgres is not None and number % 2:
                _kill_database(scene, postgres)
            scene.kill_server()
        scene.server.start()
        for till in tills:
            till.wait_done(3)
        return scene, scene.end()


def _kill_database(scene: Scene, postgres: Postgres) -> None:
    """And starts it again under the venue server, which must find its way back by itself."""
    postgres.kill()
    scene.figures["kills of the database"] += 1
    postgres.start()
    scene.moment(0.8)
