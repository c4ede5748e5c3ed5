"""A venue server in its own process, an enrolled station beside it, and thousands of guests put into either."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from app.enrolment import enrol
from app.secrets import FileSecrets, StationSecrets
from app.server_api import ServerApi
from app.store import Store, Topics
from benchmarks.crowd import Crowd, fill
from benchmarks.meters import cpu_of, memory_of
from ledger.clock import Clock
from server.database import Database
from tests.helpers.running import SAMPLE, RunningServer

_TILL = """
[[station]]
name = "{name}"
label.en = "Till {name}"
label.ar = "{name}"
places = ["sell", "checkin"]
"""


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def station_names(count: int) -> list[str]:
    """Of so many tills of a large venue."""
    return [f"POS{number}" for number in range(1, count + 1)]


@contextlib.contextmanager
def venue_server(
    folder: Path, *, database: str = "", crowd: Crowd | None = None, tills: int = 2
) -> Iterator[RunningServer]:
    """The sample venue's server as a child process, with so many `tills`, filled before it starts."""
    server = RunningServer(folder, venue=_venue_file(folder, tills), database=database)
    if crowd is not None:
        with contextlib.closing(Database(server.database, server.clock)) as opened:
            opened.transact(lambda c: _fill(c, crowd, server.clock))
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _venue_file(folder: Path, tills: int) -> Path:
    """The sample with more tills."""
    folder.mkdir(parents=True, exist_ok=True)
    more = [_TILL.format(name=name) for name in station_names(tills)[2:]]
    path = folder / "venue.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8") + "".join(more), encoding="utf-8")
    return path


def _fill(connection: Connection, crowd: Crowd, clock: Clock) -> None:
    fill(connection, crowd, clock, published=True)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ANALYZE"))  # as autovacuum would after so many rows


def pid_of(server: RunningServer) -> int:
    process = server._process
    assert process is not None
    return process.pid


def server_cpu(server: RunningServer) -> float:
    return cpu_of(pid_of(server))


def server_memory(server: RunningServer) -> float:
    return memory_of(pid_of(server))


@dataclass(frozen=True, slots=True)
class Till:
    """An enrolled data folder and what it speaks to the server with."""

    store: Store
    secrets: StationSecrets
    api: ServerApi

    def close(self) -> None:
        self.api.close()
        self.store.close()


def till(
    folder: Path, server: RunningServer, name: str, changed: Callable[[Topics], None] = lambda topics: None
) -> Till:
    """`changed` hears what the store tells, as a station's windows would."""
    store = Store(folder, server.clock, changed)
    kept = FileSecrets(folder)
    enrol(store, kept, server.url, server.code(name))
    secrets = kept.load()
    assert secrets is not None and store.identity is not None
    return Till(store, secrets, ServerApi(server.url, store.identity.certificate, secrets.token))
