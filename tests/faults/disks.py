"""A disk that is full, under a till and under the server, and has room again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.scene import Scene, opened
from tests.helpers.waiting import wait_for

_MEGABYTE = 1 << 20
SIZE = 32


class NoDiskError(Exception):
    """Nothing can be mounted here; the reason is its text."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own of 32 MB, in memory."""
    folder.mkdir(parents=True)
    if not sys.platform.startswith("linux"):
        raise NoDiskError("a small disk in memory is mounted on Linux only")
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise NoDiskError(f"this user may not mount a small disk: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """A file that leaves so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(_MEGABYTE // 16))
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - leave))
    return ballast


def of_till(folder: Path, seed: int, times: int) -> tuple[Scene, list[str]]:
    """A till's disk fills up while it sells, `times`; it is killed while it is full, or not."""
    with small_disk(folder / "disk") as disk, opened(folder, seed) as scene:
        till = scene.till("POS1", folder=disk / "POS1", pace=0.01).wait_ready()
        for number in range(times):
            refused = till.refused["disk_full"]
            ballast = fill(disk, leave=scene.chance.randint(0, 200) * 1024)
            wait_for(lambda refused=refused: till.refused["disk_full"] > refused + 2, seconds=60)
            scene.figures["full disks"] += 1
            if number % 2:
                scene.kill(till)
            ballast.unlink()
            if number % 2:
                till.start(str(seed)).wait_ready()
            done = till.said.total()
            wait_for(lambda done=done: till.said.total() > done + 5, seconds=60)
        return scene, scene.end()


def of_server(folder: Path, seed: int, times: int) -> tuple[Scene, list[str]]:
    """The server's disk fills up while tills push, `times`; they go on selling."""
    with small_disk(folder / "disk") as disk, opened(folder, seed, data=disk / "server") as scene:
        tills = [scene.till(name, pace=0.12).wait_ready() for name in ("POS1", "POS2")]
        for number in range(times):
            ballast = fill(disk, leave=scene.chance.randint(0, 100) * 1024)
            for till in tills:
                till.wait_done(15)
            scene.figures["full disks"] += 1
            if number % 2:
                scene.kill_server()
            ballast.unlink()
            if number % 2:
                scene.server.start()
            for till in tills:
                till.wait_done(5)
        assert "full" in scene.server.log.read_text()
        return scene, scene.end()
