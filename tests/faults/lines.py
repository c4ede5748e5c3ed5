"""Tills and servers with a bad line between them."""

from __future__ import annotations

from pathlib import Path

from tests.faults.proxy import Proxy
from tests.faults.scene import Scene, opened


def between(
    folder: Path, seed: int, faults: int, *, database: str = "", servers: int = 1
) -> tuple[Scene, list[str]]:
    """Two tills and a gate work until the line has had so many faults. `servers` processes on one `database`."""
    with opened(folder, seed, database=database) as scene:
        running = [scene.server, *(scene.another_server() for _ in range(servers - 1))]
        proxy = Proxy([server.port for server in running], scene.server.folder, seed)
        try:
            tills = [scene.till(name, url=proxy.url, pace=0.12) for name in ("POS1", "POS2", "LK1")]
            for till in tills:
                till.wait_ready()
            proxy.spoil()
            while proxy.faults.total() < faults:
                _go_on(scene, proxy)
        finally:
            proxy.stop()
        scene.figures.update({f"line: {name}": times for name, times in proxy.faults.items()})
        scene.figures["faults of the line"] += proxy.faults.total()
        return scene, scene.end()


def _go_on(scene: Scene, proxy: Proxy) -> None:
    scene.carry_tickets()
    scene.chance.choice(scene.tills[:2]).wait_done(scene.chance.randint(1, 6))
    if scene.chance.random() < 0.05:
        proxy.shut()
        scene.moment(0.7)
        proxy.open()
