"""Old and second copies: the server's database put back to an earlier one, a till's folder on two computers."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from ledger import feed
from ledger.database import open_database
from server import admin
from server import tables as own
from server.recovery import awaited
from tests.faults.processes import Till
from tests.faults.scene import Scene, opened
from tests.helpers.waiting import wait_for


def restored(folder: Path, seed: int, times: int) -> tuple[Scene, list[str]]:
    """The server's file is put back to an older copy while tills go on, `times`: in turn as the handbook says and
    without a word. After an announced one nothing scarce is granted until every station was heard."""
    with opened(folder, seed) as scene:
        scene.restored = True
        tills = [scene.till(name, pace=0.12).wait_ready() for name in ("POS1", "POS2")]
        for number in range(times):
            backup = _back_up(scene, number)
            for till in tills:
                till.wait_done(scene.chance.randint(5, 15))
            _put_back(scene, backup)
            if number % 2:
                scene.server.start()
                _await_epoch(scene)
            else:
                _announced(scene, tills)
        wait_for(lambda: not _awaited(scene), seconds=30)
        return scene, scene.end()


def _back_up(scene: Scene, number: int) -> Path:
    """A copy of the database as it is now."""
    scene.kill_server()
    backup = scene.folder / f"backup{number}"
    backup.mkdir()
    for path in scene.server.folder.glob("venue.db*"):
        shutil.copy(path, backup / path.name)
    scene.server.start()
    return backup


def _put_back(scene: Scene, backup: Path) -> None:
    """The server is down when this returns."""
    scene.kill_server()
    for path in scene.server.folder.glob("venue.db*"):
        path.unlink()
    for path in backup.iterdir():
        shutil.copy(path, scene.server.folder / path.name)
    scene.figures["restores"] += 1
    scene.epoch = _epoch(scene)


def _announced(scene: Scene, tills: list[Till]) -> None:
    """One till is off when the server comes back; the other asks for places again and again until both were heard."""
    asking, away = scene.chance.sample(tills, 2)
    scene.kill(away)
    with redirect_stdout(io.StringIO()):
        assert admin.restored(scene.server.settings, scene.server.clock) == 0
    before = _leases(scene)
    scene.server.start()
    wait_for(lambda: _awaited(scene) == (away.name,), seconds=30)
    for _ in range(3):
        asking.ask_places()
    if _leases(scene) != before or asking.answers[-1] != "recovering":
        scene.violations.append(f"granted before {away.name} was heard: {asking.answers[-3:]}")
    away.start(str(scene.seed)).wait_ready()
    wait_for(lambda: not _awaited(scene), seconds=30)
    if asking.ask_places() != "granted":
        scene.violations.append(f"not granted though all were heard: {asking.answers[-1]}")


def _look(scene: Scene, question):  # type: ignore[no-untyped-def] # any question
    engine = open_database(scene.server.database)
    try:
        with engine.begin() as connection:
            return question(connection)
    finally:
        engine.dispose()


def _awaited(scene: Scene) -> tuple[str, ...]:
    return _look(scene, awaited)


def _epoch(scene: Scene) -> str:
    return _look(scene, lambda c: feed.read_head(c).epoch)


def _leases(scene: Scene) -> int:
    """Granted by this server since its backup: what stations tell again of older ones is not asked for."""
    granted = sa.and_(own.request.c.kind == "LeaseAsked", own.request.c.state == "granted")
    return _look(scene, lambda c: c.execute(sa.select(sa.func.count()).where(granted)).scalar_one())


def _await_epoch(scene: Scene) -> None:
    """The server finds out by itself that its database is an older copy."""
    wait_for(lambda: _epoch(scene) != scene.epoch, seconds=30)
    scene.figures["older copies found out"] += 1


def cloned(folder: Path, seed: int, times: int) -> tuple[Scene, list[str]]:
    """A till's folder is copied, `times`, and both work against the server."""
    with opened(folder, seed) as scene:
        first = scene.till("POS1", pace=0.03).wait_ready()
        for number in range(times):
            first.wait_done(scene.chance.randint(5, 15))
            twin = _copy(scene, first, number)
            for till in (first, twin):
                till.start(str(seed)).wait_ready()
            for till in scene.tills:
                till.wait_done(scene.chance.randint(8, 20))
        return scene, scene.end()


def _copy(scene: Scene, first: Till, number: int) -> Till:
    """Never with a sale half paid, which both would finish. Neither copy runs when this returns."""
    first.word("settle")
    wait_for(lambda: first.answers[-1:] == ["settled"], seconds=30)
    first.kill()
    home = scene.folder / f"copy{number}"
    shutil.copytree(first.folder, home)
    twin = replace(
        first, folder=home, log=scene.folder / f"{home.name}.log", told=set(first.told), codes=[], answers=[]
    )
    twin.said, twin.refused = type(twin.said)(), type(twin.refused)()
    first.copied = twin.copied = True
    scene.tills.append(twin)
    scene.figures["copies of a till"] += 1
    return twin
