"""Where a station keeps its files, and what it remembers of its looks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TypeVar

from domain import codec
from domain.errors import Refused

_PREFERENCES = "looks.json"
T = TypeVar("T")


def data_home() -> Path:
    """The user's folder for application data; `GATEHOUSE_HOME` overrides it."""
    if override := os.environ.get("GATEHOUSE_HOME"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Gatehouse"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Gatehouse"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "gatehouse"


def load_looks(folder: Path, kind: type[T], default: T) -> T:
    """What was saved; `default` when there is nothing or it cannot be read."""
    try:
        return codec.loads(kind, (folder / _PREFERENCES).read_text())
    except (OSError, Refused):
        return default


def save_looks(folder: Path, looks: object) -> None:
    (folder / _PREFERENCES).write_text(codec.dumps(looks))
