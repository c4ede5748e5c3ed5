"""Short sounds by the system's own player: paplay, pw-play, aplay, afplay, Windows itself. Silent where none
is.

One thread plays; a sound that comes while another plays waits, and only the newest waits. Callers never do.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from documents.words import RESOURCES

Player = Callable[[Path], None]

_PLAYERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"paplay": (), "pw-play": (), "aplay": ("-q",), "afplay": ()}
)
_LONGEST_SECONDS = 3.0


class Sound(StrEnum):
    """File names in the sounds folder; they differ in rhythm, not only in pitch."""

    READ = "read"
    YES = "yes"
    LOOK = "look"
    NO = "no"
    KITCHEN = "kitchen"


class Sounds:
    """Plays from `folder`. A missing file, a missing player or a broken one is silence, never trouble."""

    def __init__(self, folder: Path = RESOURCES / "sounds", player: Player | None = None) -> None:
        self._folder, self._player = folder, player or system_player()
        self._changed = threading.Condition()
        self._next: str | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def play(self, sound: str) -> None:
        """A Sound or its name. Returns at once, from any thread."""
        with self._changed:
            if self._closed:
                return
            self._next = sound
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Waits for the sound that is playing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (sound := self._take()) is not None:
            path = self._folder / f"{sound}.wav"
            if path.is_file():
                with contextlib.suppress(OSError, RuntimeError, subprocess.SubprocessError):
                    self._player(path)

    def _take(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next is not None)
            sound, self._next = self._next, None
            return None if self._closed else sound


def system_player() -> Player:
    """The first player that this system has; one that does nothing where there is none."""
    if sys.platform == "win32":
        return _play_on_windows
    for name, arguments in _PLAYERS.items():
        found = shutil.which(name)
        if found is not None:
            return _command(found, *arguments)
    return lambda _: None


def _command(*command: str) -> Player:
    def play(path: Path) -> None:
        subprocess.run(
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_SECONDS,
            check=False,
        )

    return play


def _play_on_windows(path: Path) -> None:
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
