"""The databases that a server is measured on, and what all processes of one cost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.meters import Meter, cpu_of_family, own_cpu
from benchmarks.rows import Row, Scale, Skipped
from benchmarks.venue import scratch
from tests.helpers import postgres

BATCH = 50
ALONE = {"sqlite": 1.2, "postgresql": 1.8}  # CPU ms of an admission that travels alone
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


def postmaster(server: postgres.Postgres) -> int:
    """The process id of a running PostgreSQL, which writes it into its folder."""
    file = Path(server.host) / "data" / "postmaster.pid"
    if not file.exists():
        raise Skipped("the process of PostgreSQL is not known here")
    return int(file.read_text().split()[0])
