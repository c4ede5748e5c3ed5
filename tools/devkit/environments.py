"""Virtual environments in the user's cache folder, one for each Python and lock file, whole or not there at all."""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from devkit.base import ROOT, WINDOWS, Stop, last_line, output_of, say
from devkit.packages import install, pip_variables
from devkit.pythons import base_python, interpreter

UNUSED_AFTER_DAYS = 60


class Kind:
    """An environment: which lock it is made from, and what it costs in MB (measured on Linux)."""

    def __init__(self, name: str, lock: str, download_mb: int, disk_mb: int) -> None:
        self.name, self.lock, self.download_mb, self.disk_mb = name, ROOT / lock, download_mb, disk_mb


PROGRAM = Kind("program", "requirements.lock", 210, 700)
DEVELOPMENT = Kind("development", "requirements-dev.lock", 270, 900)


def find(kind: Kind):
    """The Python of a whole environment of this kind, or None."""
    folder = folder_of(kind)
    python = interpreter(folder)
    if not python.exists() or output_of([python, "-c", "pass"])[0] != 0:
        return None
    if os.access(str(folder), os.W_OK):
        os.utime(str(folder))
    return str(python)


def prepare(kind: Kind) -> str:
    """The Python of an environment of this kind, made if there is none."""
    found = find(kind)
    if found:
        return found
    home = folder_of_all()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with only_one(home / "making.lock"):
            if not find(kind):
                make(kind)
    except OSError as error:
        why = "Cannot write {}: {}.".format(home, error.strerror or error)
        raise Stop(why + " GATEHOUSE_ENVS names another folder.") from error
    made = find(kind)
    if not made:
        raise Stop("The new environment does not start; remove {} and try again.".format(folder_of(kind)))
    return made


def make(kind: Kind) -> None:
    """Builds under another name and renames last: what is there under its own name is whole."""
    target = folder_of(kind)
    for left in [*target.parent.glob("*.part"), target]:
        shutil.rmtree(str(left), ignore_errors=True)
    free_mb = shutil.disk_usage(str(target.parent)).free // 1000000
    if free_mb < kind.disk_mb:
        wanted = "{} has {} MB free, about {} MB are needed;".format(target.parent, free_mb, kind.disk_mb)
        raise Stop(wanted + " GATEHOUSE_ENVS names another folder.")
    say(
        "Gatehouse fetches its Python packages, once: about {} MB less what pip has kept,".format(
            kind.download_mb
        )
    )
    say("{} MB on disk, in {}".format(kind.disk_mb, target))
    part = target.with_name(target.name + ".part")
    try:
        install(make_venv(part), kind.lock)
        point_scripts(part, target)
        os.rename(str(part), str(target))
    except BaseException:
        shutil.rmtree(str(part), ignore_errors=True)
        raise
    remove_unused(target)


def make_venv(folder: Path) -> str:
    base = base_python().path
    code, printed = output_of([base, "-m", "venv", str(folder)], pip_variables())
    if code != 0:
        raise Stop("No virtual environment could be made with {}: {}".format(base, last_line(printed)))
    return str(interpreter(folder))


def point_scripts(part: Path, target: Path) -> None:
    """Writes the final folder into the environment's scripts, which name the one they were made in."""
    for script in interpreter(part).parent.iterdir():
        if script.is_file() and not script.is_symlink() and script.stat().st_size < 100000:
            content = script.read_bytes()
            script.write_bytes(content.replace(str(part).encode(), str(target).encode()))


def remove_unused(made: Path) -> None:
    limit = time.time() - UNUSED_AFTER_DAYS * 86400
    for folder in made.parent.iterdir():
        ours = folder.name.startswith((PROGRAM.name + "-", DEVELOPMENT.name + "-"))
        if folder != made and ours and folder.is_dir() and folder.stat().st_mtime < limit:
            shutil.rmtree(str(folder), ignore_errors=True)


@contextmanager
def only_one(path: Path):
    """Holds a lock file; the system lets go of it when this process ends, however it ends."""
    with open(str(path), "a+") as handle:
        if not try_lock(handle):
            say("Another run is preparing the Python packages; waiting for it.")
            while not try_lock(handle):
                time.sleep(0.5)
        yield


def try_lock(handle) -> bool:
    try:
        if WINDOWS:
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


# --- where ------------------------------------------------------------------------------------------------------


def folder_of(kind: Kind) -> Path:
    if not kind.lock.exists():
        raise Stop("{} is missing from this checkout.".format(kind.lock.name))
    python = base_python()
    made_from = kind.lock.read_bytes() + "{} {} {}".format(python.path, python.full, python.machine).encode()
    key = hashlib.sha256(made_from).hexdigest()[:12]
    return folder_of_all() / "{}-{}-{}".format(kind.name, python.full, key)


def folder_of_all() -> Path:
    """GATEHOUSE_ENVS, else in the user's cache, else in a folder of the user's own among temporary files."""
    named = os.environ.get("GATEHOUSE_ENVS")
    if named:
        return Path(os.path.abspath(os.path.expanduser(named)))
    if WINDOWS:
        cache = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        cache = os.path.expanduser("~/Library/Caches")
    else:
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if WINDOWS or can_be_written(Path(cache)):
        return Path(cache) / "gatehouse" / "envs"
    return private_temporary_folder() / "envs"


def tools_cache() -> Path:
    """Where tools keep what they may lose, so that the checkout stays as git left it and may be read-only."""
    return folder_of_all() / "cache" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def can_be_written(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, takes new files from this user."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(str(folder), os.W_OK | os.X_OK)


def private_temporary_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / "gatehouse-{}".format(os.getuid())
    folder.mkdir(mode=0o700, exist_ok=True)
    status = os.lstat(str(folder))
    if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise Stop("{} is not this user's own folder; GATEHOUSE_ENVS names another.".format(folder))
    return folder
