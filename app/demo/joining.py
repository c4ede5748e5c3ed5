"""How further stations join a running sample venue: `gatehouse --station LK1` finds it by a note in the user's home."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

_NOTE = "demo.json"


@dataclass(frozen=True, slots=True)
class Note:
    """What a running sample venue tells: its server, an unused code a station, where stations keep their data."""

    pid: int
    server: str
    folder: str
    terminal: str
    stations: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)


def write(home: Path, note: Note) -> None:
    """Leaves the note, readable by this user only."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / _NOTE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(note), file)


def remove(home: Path, pid: int) -> None:
    """Takes the note away if it is still ours."""
    note = read(home)
    if note is not None and note.pid == pid:
        (home / _NOTE).unlink(missing_ok=True)


def read(home: Path) -> Note | None:
    try:
        note = Note(**json.loads((home / _NOTE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return note if _lives(note.pid) else None


def _lives(pid: int) -> bool:
    """Whether that process is there; a note left by one that was killed is no note."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_enrolled(folder: Path) -> bool:
    """Whether a station lives in `folder`: a journal with an identity, or one that cannot be read, which is left
    alone."""
    from sqlalchemy.exc import DatabaseError

    from ledger import journal
    from ledger.database import open_sqlite

    if not (folder / "journal.db").exists():
        return (folder / "station.json").exists()
    engine = open_sqlite(folder / "journal.db", read_only=True)
    try:
        with engine.connect() as connection:
            return "identity" in journal.settings(connection, ["identity"])
    except DatabaseError:
        return True
    finally:
        engine.dispose()


def complete(given: argparse.Namespace, home: Path) -> argparse.Namespace:
    """Fills in what a station of the sample venue need not be told; a station with its own data or server
    is left alone."""
    note = read(home)
    if not given.station or given.server or given.data or note is None:
        return given
    if is_enrolled(home / given.station) or given.station not in note.stations:
        return given
    given.data = Path(note.folder) / given.station
    given.server, given.code, given.no_keyring = note.server, note.codes.get(given.station, ""), True
    given.sample_pins, given.terminal = json.dumps(note.pins), note.terminal
    return given
