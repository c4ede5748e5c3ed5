"""Work for a child process: what draws paper for tens of milliseconds must not hold the window's interpreter lock."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

log = logging.getLogger(__name__)
STOP_SECONDS = 2.0
_TRIES = 2
_LETTERS_A_SECOND = 4_000  # of a job's content; two cores of 2026 draw eight times as many
_BYTES_A_SECOND = 250_000  # of a printer's data that becomes a picture


class NotDoneError(Exception):
    """The work was not done in time, or nobody waits for it any more. It changed nothing; asking again is safe."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, from when it is asked, in which a child must answer: the first time, with its start, and then. What is
    large has more."""

    first: float = 12.0
    next: float = 4.0


class Workshop(Protocol):
    """Where a function of bytes is run. `call` blocks until it is done and raises what it raises, or NotDoneError."""

    def start(self) -> None: ...
    def call(self, function: Callable[..., bytes], *given: object) -> bytes: ...
    def stop(self) -> None: ...


class Here:
    """In this thread: where there is no window that could wait."""

    def start(self) -> None: ...

    def call(self, function: Callable[..., bytes], *given: object) -> bytes:
        return function(*given)

    def stop(self) -> None: ...


class Apart:
    """In one child process, started by `start` or the first call; one call at a time, from any thread.

    A child that dies costs nothing but time: the call that met it is run here, the next one starts another child. One
    that hangs is killed and another is asked; when that hangs too, NotDoneError. The child ends with its parent, even a
    killed one, because its pipe then ends. `stop` is for good, and ends also what is under way.
    """

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._one_call = threading.Lock()
        self._child: _Child | None = None
        self._is_stopped = False

    def start(self) -> None:
        with self._one_call:
            try:
                self._child = self._child or _Child()
            except OSError as error:
                log.warning("no process to draw in: %s", error)

    def call(self, function: Callable[..., bytes], *given: object) -> bytes:
        try:
            with self._one_call:
                answer = self._answer(function, given)
        except (EOFError, OSError) as error:
            log.warning("the drawing process ended, drawing here: %r", error)
            return function(*given)
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    def stop(self) -> None:
        self._is_stopped = True
        while not self._one_call.acquire(timeout=0.1):
            if child := self._child:
                child.kill()
        self._end()
        self._one_call.release()

    def _answer(self, function: Callable[..., bytes], given: tuple[object, ...]) -> Any:
        """Raises EOFError or OSError when there is no child, or it died."""
        for _ in range(_TRIES):
            if self._is_stopped:
                break
            child = self._child = self._child or _Child()
            try:
                return child.ask((function, given), self.patience)
            except (EOFError, OSError):
                self._end()
                if not child.was_killed:
                    raise
                if not self._is_stopped:
                    log.warning("the drawing process hangs")
        raise NotDoneError

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """A process and its pipe. Killing it also ends one that was stopped, and whatever waits at the pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="drawing", daemon=True)
        self._process.start()
        theirs.close()
        self._has_answered = False
        self.was_killed = False

    def ask(self, task: tuple[Callable[..., bytes], tuple[object, ...]], patience: Patience) -> Any:
        """What the task makes, or the exception that it raises. Raises EOFError or OSError when the child ends, also
        because its time was over."""
        seconds = (patience.next if self._has_answered else patience.first) + _for_size(task[1])
        limit = threading.Timer(seconds, self.kill)
        limit.daemon = True
        limit.start()
        try:
            self._pipe.send(task)
            answer = self._pipe.recv()
        finally:
            limit.cancel()
        self._has_answered = True
        return answer

    def kill(self) -> None:
        self.was_killed = True
        self._process.kill()

    def end(self) -> None:
        self._pipe.close()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(STOP_SECONDS)


def _for_size(given: tuple[object, ...]) -> float:
    """Seconds more for what is large."""
    letters = sum(len(each) for each in given if isinstance(each, str))
    data = sum(len(each) for each in given if isinstance(each, bytes))
    return letters / _LETTERS_A_SECOND + data / _BYTES_A_SECOND


def _serve(connection: Connection) -> None:
    """The child: answers calls until its pipe ends. Ctrl-C at a terminal is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            function, given = connection.recv()
        except (EOFError, OSError):
            return
        try:
            connection.send(function(*given))
        except (EOFError, BrokenPipeError):
            return
        except Exception as error:  # whatever went wrong is the caller's to judge
            connection.send(error)
