"""A real venue server in its own process and real stations in this one, for tests that cross the line."""

from __future__ import annotations

import copy
import io
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from argon2 import PasswordHasher

from app.enrolment import enrol
from app.line import Line
from app.secrets import FileSecrets, StationSecrets
from app.server_api import ServerApi
from app.store import Store
from app.sync import Sync
from ledger import verifier
from ledger.clock import FileClock
from server import admin
from server.settings import Settings
from tests.helpers.program import ROOT, Program
from tests.helpers.waiting import wait_for

SAMPLE = ROOT / "resources" / "sample" / "venue.toml"
MORNING = datetime(2026, 11, 26, 6, 50, tzinfo=UTC)
# A verifier carries what it costs to check: the sample's PINs, which stand on the screen, need not be dear.
_LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class RunningServer:
    """`gatehouse-server` on a free port, with the sample venue (or another file) imported. Can be killed
    and started again."""

    def __init__(
        self,
        folder: Path,
        *,
        venue: Path = SAMPLE,
        database: str = "",
        now: datetime = MORNING,
        options: tuple[str, ...] = (),
    ) -> None:
        self.folder, self._options = folder, options
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = FileClock(folder / "clock")
        self.clock.set(now)
        self.database = database or f"sqlite:///{folder / 'venue.db'}"
        self.settings = Settings(folder, self.database, clock_file=folder / "clock")
        with redirect_stdout(io.StringIO()), mock.patch.object(verifier, "_HASHER", _LIGHT):
            assert admin.import_file(venue, self.settings, self.clock) == 0
        self.port = 0
        self.log = folder / "server.log"
        self._process: Program | None = None

    def another(self, folder: Path) -> RunningServer:
        """A second process on the same database, with the same certificate and secrets; not started yet."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("port", "*.log", "*.db*"))
        other = copy.copy(self)
        other.folder, other.port, other._process = folder, 0, None
        other.log = folder / "server.log"
        return other

    def start(self) -> RunningServer:
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        given = ["--data", str(self.folder), "--database", self.database]
        given += ["--port", str(self.port), "--port-file", str(port_file), "--end-with-parent"]
        given += ["--clock-file", str(self.folder / "clock"), *self._options]
        self._process = Program("server", given, self.log)
        wait_for(lambda: port_file.exists() or self._process_died(), seconds=20)
        self.port = int(port_file.read_text())
        return self

    def _process_died(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def stop(self) -> None:
        """As its administrator does: it is asked to, and ends by itself, in order."""
        self.ask_to_stop()
        assert self.ended() == 0

    def ask_to_stop(self, number: int = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def ended(self, *, seconds: float = 20) -> int:
        """Waits for its end. Returns the exit code, less than nothing when a signal ended it."""
        process = self._process
        assert process is not None
        wait_for(self._process_died, seconds=seconds)
        self.kill()
        return process.poll() or 0

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, as the system does for it, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def code(self, station: str) -> str:
        """A fresh enrolment code, as the administrator's command prints it."""
        out = io.StringIO()
        with redirect_stdout(out):
            assert admin.print_code(station, self.settings, self.clock) == 0
        return out.getvalue().strip()


@dataclass
class RunningStation:
    """A station's store, secrets and sync; `sync.once()` runs a round by hand until `sync.start()`."""

    store: Store
    secrets: StationSecrets
    sync: Sync

    def close(self) -> None:
        self.sync.stop()
        self.store.close()


def open_station(
    folder: Path, server: RunningServer, name: str, *, told: Callable[[Line], None] = lambda line: None
) -> RunningStation:
    """Enrols a new station, or opens an enrolled one again."""
    store = Store(folder, server.clock, lambda topics: None)
    kept = FileSecrets(folder)
    if store.identity is None:
        enrol(store, kept, server.url, server.code(name))
    secrets = kept.load()
    assert store.identity is not None and secrets is not None
    api = ServerApi(server.url, store.identity.certificate, secrets.token)
    return RunningStation(store, secrets, Sync(store, api, told))
