"""A station for a benchmark: enrolled at a child server, signed in, with a shift; its cache may hold thousands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.parts import Config, Station, Told
from app.secrets import FileSecrets
from benchmarks.crowd import Crowd, fill
from benchmarks.venue import venue_server
from domain.ticket import TicketCode, sign
from tests.helpers.core import DAY
from tests.helpers.running import ROOT, RunningServer
from tests.helpers.shop import PINS, Shop
from tests.helpers.waiting import wait_for

# a command, not a module: a module would be imported again by the client's drawing process
_DESK = "import sys; from benchmarks.desk import main; sys.exit(main(sys.argv[1:]))"


@contextlib.contextmanager
def counter(folder: Path, told: Told | None = None) -> Iterator[Shop]:
    """A till, signed in, its shift open; sync and printing are under way as at a counter."""
    with venue_server(folder / "server") as server, opened(folder / "POS1", server, "POS1", told) as station:
        yield Shop(station).sign_in("reem").open_shift()


@contextlib.contextmanager
def door(folder: Path) -> Iterator[Shop]:
    """A gate, signed in."""
    with venue_server(folder / "server") as server, opened(folder / "LK1", server, "LK1") as station:
        yield Shop(station).sign_in("faisal")


def settle(station: Station) -> None:
    """Waits until what the station does by itself is done: printing, sending."""
    wait_for(lambda: station.store.waiting() == 0 and station.health.status().prints_waiting == 0, seconds=30)


@contextlib.contextmanager
def opened(folder: Path, server: RunningServer, name: str, told: Told | None = None) -> Iterator[Station]:
    station = Station(config(folder, server, name), server.clock, told or Told())
    try:
        station.start()
        yield station
    finally:
        station.close()


def config(folder: Path, server: RunningServer, name: str) -> Config:
    return Config(folder, server.url, server.code(name), keyring=False, sample_pins=PINS)


def crowded(station: Station, size: int) -> list[str]:
    """Puts `size` tickets of today into the cache; returns the codes of the first as they would be scanned."""
    crowd = Crowd(size, DAY, days=1)
    with station.store.sync_cache() as connection:
        fill(connection, crowd, station.store.clock, published=False)
    secrets = FileSecrets(station.config.data).load()
    assert secrets is not None
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secrets.signing_key))
    ids = crowd.ticket_ids(min(size, 2_000))
    return [sign(TicketCode(secrets.key_id, UUID(each), 1, DAY, 1, 0), key) for each in ids]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An enrolled folder whose station is closed, its server still running."""

    data: Path
    clock: Path
    staff_id: str
    codes: Path


@contextlib.contextmanager
def prepared(
    folder: Path, name: str, staff_id: str, fill_in: Callable[[Station], list[str]] = lambda station: []
) -> Iterator[Prepared]:
    with venue_server(folder / "server") as server:
        with opened(folder / name, server, name) as station:
            shop = Shop(station).sign_in(staff_id)
            if staff_id == "reem":
                shop.open_shift()
            codes = fill_in(station)
            settle(station)
        file = folder / "codes.json"
        file.write_text(json.dumps(codes))
        yield Prepared(folder / name, folder / "server" / "clock", staff_id, file)


def desk_child(what: str, place: Prepared, most: int = 0) -> dict[str, Any]:
    """What `benchmarks.desk` found in a process of its own."""
    if most:
        place.codes.write_text(json.dumps(json.loads(place.codes.read_text())[:most]))
    command = [sys.executable, "-c", _DESK, what, str(place.data), str(place.clock)]
    command += [place.staff_id, PINS[place.staff_id], *([str(place.codes)] if most else [])]
    environment = os.environ | {"BENCH_STARTED": str(time.time()), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
