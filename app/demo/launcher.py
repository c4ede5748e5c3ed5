"""`gatehouse demo`: a server, a card terminal and a front desk, each a process of its own, on the sample venue."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app import config
from app.demo import joining
from app.demo.display import usable_display
from app.texts import Texts
from domain.errors import Code
from ledger.cache import schema_id

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "sample" / "venue.toml"
START_SECONDS, END_SECONDS = 20, 20
NOT_RUNNING = 3


def main(argv: list[str]) -> int:
    """Runs the sample venue until its window is closed; without a display plays a visit and ends."""
    given = _arguments(argv)
    if given.station:
        return _join(given.station)
    headless = given.headless or (
        None if usable_display() else Path(tempfile.mkdtemp(prefix="gatehouse-demo-"))
    )
    if headless is not None:
        from app.demo.play import play_headless

        return play_headless(headless, given.language, given.steps)
    with _folder() as folder, running_venue(folder) as venue:
        return _desk(venue)


def _join(station: str) -> int:
    """Another station beside a running sample venue, or one of its own that is there already."""
    home = config.data_home()
    note = joining.read(home)
    if not joining.is_enrolled(home / station) and (note is None or station not in note.stations):
        names = ", ".join(entry["name"] for entry in tomllib.loads(SAMPLE.read_text("utf-8"))["station"])
        words = (Texts(language).refusal(Code.SAMPLE_NOT_RUNNING) for language in ("en", "ar"))
        print(*words, names, sep="\n", file=sys.stderr)
        return NOT_RUNNING
    return _client(["--station", station], dict(os.environ))


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gatehouse demo", description="The sample venue on this machine.")
    parser.add_argument(
        "--headless",
        type=Path,
        metavar="DIR",
        help="play a family's visit without a display, leave papers and pictures in DIR",
    )
    parser.add_argument(
        "--language", choices=("en", "ar"), default="en", help="the staff's language while playing"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="play no more than the first N steps")
    parser.add_argument(
        "--station", default="", help="join the running sample venue as another station, such as LK1"
    )
    return parser.parse_args(argv)


class Part:
    """A process of the venue. `stop` is a power cut; `start` again listens where it did before."""

    def __init__(self, command: list[str], port_file: Path, log: Path) -> None:
        self._command, self._port_file, self._log = command, port_file, log
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        self._port_file.unlink(missing_ok=True)
        command = [*self._command, "--port", str(self.port), "--port-file", str(self._port_file)]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=output
            )
        self.port = _port(self._port_file, self._process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def end(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


class Venue:
    """A running sample venue: where it keeps things and how to reach its parts."""

    def __init__(self, folder: Path, server: Part, terminal_port: int, source: Path) -> None:
        self.folder = folder
        self.server_part, server_port = server, server.port
        self.server = f"https://127.0.0.1:{server_port}"
        self.terminal = f"127.0.0.1:{terminal_port}"
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
        self.stations = [station["name"] for station in raw["station"]]
        self.pins = {person["id"]: person["pin"] for person in raw["staff"]}

    def codes(self, stations: list[str]) -> dict[str, str]:
        """Fresh one-time codes, as the administrator's command prints them."""
        if not stations:
            return {}
        command = [sys.executable, "-m", "server", "--data", str(self.folder / "server")]
        command += ["admin", "enrol", *stations]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return dict(zip(stations, done.stdout.split()[-len(stations) :], strict=True))


@contextmanager
def running_venue(
    folder: Path, *, source: Path = SAMPLE, clock_file: Path | None = None, quick_cards: bool = False
) -> Iterator[Venue]:
    """Imports the venue, starts server and card terminal on free ports, and ends both whatever happens."""
    server, ports = folder / "server", folder / "ports"
    shutil.rmtree(ports, ignore_errors=True)
    ports.mkdir(parents=True)
    clock = ["--clock-file", str(clock_file)] if clock_file else []
    data = [sys.executable, "-m", "server", "--data", str(server), *clock]
    subprocess.run([*data, "admin", "import", str(source)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    quick = (
        ["--card-seconds", "0.1", "--bank-seconds", "0.1", "--in-progress-seconds", "1"]
        if quick_cards
        else []
    )
    cards = [sys.executable, "-m", "app.hardware.card_simulator"]
    cards += ["--journal", str(folder / "terminal.journal"), *quick, "--end-with-parent"]
    commands = {"server": [*data, "--end-with-parent"], "terminal": cards}
    parts = {name: Part(command, ports / name, folder / f"{name}.log") for name, command in commands.items()}
    try:
        for part in parts.values():
            part.start()
        yield Venue(folder, parts["server"], parts["terminal"].port, source)
    finally:
        for part in parts.values():
            part.end()


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    end, pause = time.monotonic() + START_SECONDS, threading.Event()
    while not file.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"The {file.name} did not start; see {file.parents[1] / file.name}.log")
        pause.wait(0.02)
    return int(file.read_text())


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends by itself, in order, when its pipe closes. To terminate it would be a hurry, and on Windows a kill."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    """The sample venue's folder, kept between runs; a temporary one when another run has it."""
    folder = config.data_home() / f"sample-{schema_id()}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(str(folder / "lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with tempfile.TemporaryDirectory(prefix="gatehouse-sample-", ignore_cleanup_errors=True) as other:
            yield Path(other)
        return
    try:
        yield folder
    finally:
        lock.release()


def _desk(venue: Venue) -> int:
    home = config.data_home()
    first = venue.stations[0]
    codes = venue.codes([name for name in venue.stations if not joining.is_enrolled(venue.folder / name)])
    code = codes.pop(first, "")
    note = joining.Note(
        os.getpid(), venue.server, str(venue.folder), venue.terminal, venue.stations, codes, venue.pins
    )
    joining.write(home, note)
    data = venue.folder / first
    arguments = ["--station", first, "--data", str(data), "--server", venue.server, "--no-keyring"]
    arguments += ["--terminal", venue.terminal, "--sample-pins", json.dumps(venue.pins)]
    if code:
        arguments += ["--code", code]
    print(f"The sample venue is open at {venue.server}.", flush=True)
    print(
        f"Another station, in a second terminal: python3 tools/dev.py run --station {venue.stations[-1]}",
        flush=True,
    )
    try:
        return _client(arguments, dict(os.environ))
    finally:
        joining.remove(home, os.getpid())


def _client(arguments: list[str], environment: dict[str, str]) -> int:
    client = subprocess.Popen([sys.executable, "-m", "app", *arguments], cwd=ROOT, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return client.wait()
    finally:
        client.terminate()
        client.wait()
