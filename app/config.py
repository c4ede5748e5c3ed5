"""Where a station keeps its files, and what it remembers of its looks."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from domain import codec
from domain.errors import Refused

_PREFERENCES, _BACKUP = "looks.json", "backup.json"
T = TypeVar("T")
log = logging.getLogger(__name__)


def data_home() -> Path:
    """The user's folder for application data; `GATEHOUSE_HOME` overrides it."""
    if override := os.environ.get("GATEHOUSE_HOME"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Gatehouse"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Gatehouse"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "gatehouse"


@dataclass(frozen=True, slots=True)
class _BackupPlace:
    folder: str


def backup_folder(data: Path, wanted: Path | None) -> Path:
    """Where the journal of `data` is backed up: `wanted`, which is remembered; what was wanted last; else a folder of
    its own beside the one for application data."""
    kept = data / _BACKUP
    if wanted is not None:
        place = wanted.resolve() / data.name
        kept.write_text(codec.dumps(_BackupPlace(str(place))), encoding="utf-8")
        return place
    try:
        return Path(codec.loads(_BackupPlace, kept.read_text(encoding="utf-8")).folder)
    except (OSError, UnicodeDecodeError, Refused):
        home = data_home()
        return home.with_name(f"{home.name}-backups") / data.name


def load_looks(folder: Path, kind: type[T], default: T) -> T:
    return load(folder / _PREFERENCES, kind, default)


def save_looks(folder: Path, looks: object) -> None:
    save(folder / _PREFERENCES, looks)


def load(file: Path, kind: type[T], default: T) -> T:
    """What was saved; `default` when there is nothing or it cannot be read."""
    try:
        return codec.loads(kind, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Refused):
        return default


def save(file: Path, what: object) -> None:
    """Keeps it for the next start. A disk that is full stops nobody: it is as before then."""
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(codec.dumps(what), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        log.warning("%s was not kept: %s", file.name, error)
