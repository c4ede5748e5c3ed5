"""The databases that a server is measured on, and what all processes of one cost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.meters import Meter, cpu_of_family, own_cpu, timed
from benchmarks.rows import Floor, Row, Scale, Skipped, percentile
from benchmarks.venue import scratch
from ledger.database import open_database
from tests.helpers import postgres

BATCH = 50
ALONE = {"sqlite": 1.2, "postgresql": 1.8}  # CPU ms of an admission that travels alone
_ONE = "one statement in a transaction"
_THERE = {"sqlite": 0.16, "postgresql": 0.38}  # CPU ms of that where the bars were set
_WALL_THERE = {"postgresql": 0.43}  # ms, p50
_FLOOR = sa.Table(
    "floor", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), sa.Column("words", sa.Text)
)
_PUT = sa.insert(_FLOOR)
MISSING = Row("PostgreSQL is not here, its rows are missing", "", {"rows": 0})


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of database to measure on; `cpu` counts every process that works for it, in ms."""

    name: str
    url: str
    cpu: Meter


@contextlib.contextmanager
def places(folder: Path) -> Iterator[list[Place]]:
    """Embedded SQLite, and PostgreSQL where it can be run."""
    embedded = Place("sqlite", f"sqlite:///{folder / 'venue.db'}", own_cpu)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.running())
        except pytest.skip.Exception:
            yield [embedded]
            return
        pid = postmaster(server)
        yield [
            embedded,
            Place("postgresql", server.url(server.fresh()), lambda: own_cpu() + cpu_of_family(pid)),
        ]


def on_each(scale: Scale, measured: Callable[[Place, Path, Scale], list[Row]]) -> list[Row]:
    """What is `measured` on each kind of database, each in a folder of its own."""
    with scratch() as folder, places(folder) as found:
        rows = []
        for place in found:
            (folder / place.name).mkdir()
            rows += measured(place, folder / place.name, scale)
    return rows if len(found) > 1 else [*rows, MISSING]


@dataclass(frozen=True, slots=True)
class Floors:
    """Of CPU and, where one was measured when the bars were set, of the time that passes."""

    cpu: Floor
    wall: Floor | None


def floors(place: Place, folder: Path, times: int) -> Floors:
    """What one statement in a transaction of its own takes on this database, without anything of ours."""
    url = f"sqlite:///{folder / 'floor.db'}" if place.name == "sqlite" else place.url
    engine = open_database(url)
    with engine.begin() as connection:
        _FLOOR.create(connection)

    def put(number: int) -> None:
        with engine.begin() as connection:
            connection.execute(_PUT, {"n": number, "words": "x" * 200})

    warm = max(1, times // 10)
    for number in range(warm):
        put(number)
    before = place.cpu()
    walls = [timed(partial(put, number)) for number in range(warm, warm + times)]
    cpu = (place.cpu() - before) / times
    engine.dispose()
    wall = _WALL_THERE.get(place.name)
    there = None if wall is None else Floor(_ONE, percentile(walls, 50), wall)
    return Floors(Floor(_ONE, cpu, _THERE[place.name]), there)


def floor_rows(place: Place, found: Floors) -> list[Row]:
    rows = [Row(f"{place.name}: {_ONE}", "CPU ms", {"mean": found.cpu.here})]
    if found.wall is not None:
        rows.append(Row(f"{place.name}: {_ONE}", "ms", {"p50": found.wall.here}))
    return rows


def postmaster(server: postgres.Postgres) -> int:
    """The process id of a running PostgreSQL, which writes it into its folder."""
    file = Path(server.host) / "data" / "postmaster.pid"
    if not file.exists():
        raise Skipped("the process of PostgreSQL is not known here")
    return int(file.read_text().split()[0])
