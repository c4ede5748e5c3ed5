"""The databases that a server is measured on, and what all processes of one cost."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.meters import Meter, cpu_with_family, own_cpu, timed
from benchmarks.rows import Floor, Row, Scale, Skipped, percentile
from benchmarks.venue import scratch
from ledger.database import open_database
from tests.helpers import postgres

BATCH = 50
ALONE = {"sqlite": 1.2, "postgresql": 1.8}  # CPU ms of an admission that travels alone
_ONE = "one statement in a transaction"
_THERE = {"sqlite": 0.16, "postgresql": 0.38}  # CPU ms of that where the bars were set
_WARM = 30
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
            Place("postgresql", server.url(server.fresh()), cpu_with_family(pid)),
        ]


def analyse(engine: sa.Engine) -> None:
    """As autovacuum would have after so many rows."""
    with engine.begin() as connection:
        connection.execute(sa.text("ANALYZE"))


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


class Plain:
    """One statement in a transaction of its own, without anything of ours. Measured in turns with what it is the floor
    of: the machine is not as fast in one second as in the next."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self._engine = open_database(
            f"sqlite:///{folder / 'floor.db'}" if place.name == "sqlite" else place.url
        )
        self._numbers = itertools.count()
        self._walls: list[float] = []
        self._cpu = 0.0
        with self._engine.begin() as connection:
            _FLOOR.create(connection, checkfirst=True)
        for _ in range(_WARM):
            self._put()

    def take(self, times: int) -> None:
        before = self.place.cpu()
        self._walls += [timed(self._put) for _ in range(times)]
        self._cpu += self.place.cpu() - before

    def found(self) -> Floors:
        """What was taken since the last time that somebody asked."""
        wall = _WALL_THERE.get(self.place.name)
        there = None if wall is None else Floor(_ONE, percentile(self._walls, 50), wall)
        cpu = Floor(_ONE, self._cpu / len(self._walls), _THERE[self.place.name])
        self._walls, self._cpu = [], 0.0
        return Floors(cpu, there)

    def close(self) -> None:
        self._engine.dispose()

    def _put(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(_PUT, {"n": next(self._numbers), "words": "x" * 200})


def floors(place: Place, folder: Path, times: int) -> Floors:
    plain = Plain(place, folder)
    plain.take(times)
    plain.close()
    return plain.found()


def floor_row(place: Place, floor: Floor) -> Row:
    return Row(f"{place.name}: {_ONE}", "CPU ms", {"mean": floor.here})


def floor_rows(place: Place, found: Floors) -> list[Row]:
    rows = [floor_row(place, found.cpu)]
    if found.wall is not None:
        rows.append(Row(f"{place.name}: {_ONE}", "ms", {"p50": found.wall.here}))
    return rows


def postmaster(server: postgres.Postgres) -> int:
    """The process id of a running PostgreSQL, which writes it into its folder."""
    file = Path(server.host) / "data" / "postmaster.pid"
    if not file.exists():
        raise Skipped("the process of PostgreSQL is not known here")
    return int(file.read_text().split()[0])
