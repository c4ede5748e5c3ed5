"""Which Python environments are made with: the one that runs this if it suits, else one that is found."""

import os
import platform
import sys
from pathlib import Path

from devkit.base import WINDOWS, Stop, last_line, output_of
from devkit.system import has, how_to_get_python, require_packages

OLDEST, NEWEST = (3, 11), (3, 14)
PREFERRED = ("3.13", "3.12", "3.11", "3.14")
PROBE = (
    "import sys, platform, importlib.util as found;"
    "own = sys.prefix == sys.base_prefix;"
    "path = sys.executable if own else getattr(sys, '_base_executable', sys.executable);"
    "venv = int(found.find_spec('ensurepip') is not None);"
    "print(platform.python_version(), sys.implementation.name, platform.machine() or '-', venv, path)"
)


class Python:
    """A Python that was started once and told about itself."""

    def __init__(self, fields: list) -> None:
        self.full, self.implementation, self.machine, venv, path = fields
        self.version = tuple(int(part) for part in self.full.split(".")[:2])
        self.can_make_environments = venv == "1"
        self.path = path if WINDOWS else os.path.realpath(path)

    def suits(self) -> bool:
        return OLDEST <= self.version <= NEWEST and self.implementation == "cpython"


FOUND = []


def base_python() -> Python:
    if not FOUND:
        FOUND.append(choose())
    return FOUND[0]


def choose() -> Python:
    incomplete = None
    for command in candidates():
        python = ask(command)
        if python is None or not python.suits():
            continue
        if python.can_make_environments:
            return python
        incomplete = incomplete or python
    if incomplete is None:
        named = os.environ.get("GATEHOUSE_PYTHON")
        if named:
            raise Stop("GATEHOUSE_PYTHON names {}, which is not a Python 3.11 to 3.14.".format(named))
        here = platform.python_version()
        raise Stop("No Python 3.11 to 3.14 was found (this is {}); {}".format(here, how_to_get_python()))
    if not has("apt-get"):
        raise Stop("{} has no ensurepip; name another with GATEHOUSE_PYTHON.".format(incomplete.path))
    require_packages(["python{}.{}-venv".format(*incomplete.version)], "Python's venv module")
    return incomplete


def ask(command: list):
    """The Python that this command starts, or None."""
    code, printed = output_of([*command, "-c", PROBE])
    fields = last_line(printed).split(None, 4)
    return Python(fields) if code == 0 and len(fields) == 5 and fields[0][:1].isdigit() else None


def candidates():
    """Commands that may be a Python that suits, the likeliest first."""
    named = os.environ.get("GATEHOUSE_PYTHON")
    if named:
        yield [named]
        return
    yield [sys.executable]
    for version in PREFERRED:
        if WINDOWS:
            yield ["py", "-" + version]
        yield ["python" + version]
    yield ["python3"]
    pyenv = Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")) / "versions"
    for version in PREFERRED:
        for folder in sorted(pyenv.glob(version + ".*"), reverse=True):
            yield [str(interpreter(folder))]
        for prefix in ("/opt/homebrew", "/usr/local"):
            yield ["{}/opt/python@{}/bin/python{}".format(prefix, version, version)]


def interpreter(folder: Path) -> Path:
    """Where an installation or an environment in this folder has its Python."""
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
