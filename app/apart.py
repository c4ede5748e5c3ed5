"""Work for a child process: what draws paper for tens of milliseconds must not hold the window's interpreter lock."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Protocol

log = logging.getLogger(__name__)
STOP_SECONDS = 2.0


class Workshop(Protocol):
    """Where a function of bytes is run; `call` blocks until it is done and raises what it raises."""

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

    A child that dies costs nothing but time: the call that met it is run here, the next one starts another child.
    The child ends with its parent, even a killed one, because its pipe then ends.
    """

    def __init__(self) -> None:
        self._one_call = threading.Lock()
        self._child: tuple[SpawnProcess, Connection] | None = None

    def start(self) -> None:
        with self._one_call:
            try:
                self._connection()
            except OSError as error:
                log.warning("no process to draw in: %s", error)

    def call(self, function: Callable[..., bytes], *given: object) -> bytes:
        with self._one_call:
            try:
                connection = self._connection()
                connection.send((function, given))
                answer = connection.recv()
            except (EOFError, OSError) as error:
                log.warning("the drawing process ended, drawing here: %r", error)
                self._end()
                return function(*given)
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    def stop(self) -> None:
        with self._one_call:
            self._end()

    def _connection(self) -> Connection:
        if self._child is None:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), name="drawing", daemon=True)
            process.start()
            theirs.close()
            self._child = (process, ours)
        return self._child[1]

    def _end(self) -> None:
        if self._child is not None:
            process, connection = self._child
            self._child = None
            connection.close()
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()


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
