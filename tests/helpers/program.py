"""A program of ours as a process of its own. Where the system can fork it begins in one that has imported everything
already, and a start costs a tenth; elsewhere in a new interpreter. Either way it is a process that can be killed."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).parents[2]
FORKS = sys.platform.startswith("linux")
_IMPORTED = ["server.web", "app.parts", "app.sync", "tests.helpers.shop", "app.hardware.card_simulator"]


class Program:
    """`module` as with `python -m`, under the environment of now. It is spoken to on `stdin`; what it says comes on
    `stdout` if `heard`, else into `log` like all that it says in errors."""

    def __init__(self, module: str, arguments: list[str], log: Path, *, heard: bool = False) -> None:
        inner, outer = os.pipe()
        self.stdin: BinaryIO = os.fdopen(outer, "wb", buffering=0)
        said = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        heard_at, told = os.pipe() if heard else (-1, os.dup(said))
        self.stdout: BinaryIO | None = os.fdopen(heard_at, "rb") if heard else None
        start = _Forked if FORKS else _Interpreter
        self._process = start(module, arguments, (inner, told, said))
        for file in (inner, told, said):
            os.close(file)

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code once it has ended."""
        return self._process.poll()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> None:
        """As a power cut would: nothing is said, nothing is put away."""
        self._process.kill()
        self.stdin.close()


class _Interpreter:
    def __init__(self, module: str, arguments: list[str], files: tuple[int, int, int]) -> None:
        stdin, stdout, stderr = files
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdin=stdin, stdout=stdout, stderr=stderr, cwd=ROOT
        )
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)


class _Forked:
    def __init__(self, module: str, arguments: list[str], files: tuple[int, int, int]) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED)
        given = (module, arguments, dict(os.environ), [DupFd(file) for file in files])
        self._process = context.Process(target=_be, args=given, daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()
        self._process.join(20)


def _be(module: str, arguments: list[str], environment: dict[str, str], files: list[Any]) -> None:
    """In the fork: from here on it is that program."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for number, file in enumerate(files):
        taken = file.detach()
        os.dup2(taken, number)
        os.close(taken)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 # numbers
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
