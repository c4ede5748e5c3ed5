"""One at a time: what somebody is at work on is not begun beside them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import Code, Refused


class Alone:
    """The things that are being worked on, by their ids; a second piece of work on one is refused with `code`."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._guard = threading.Lock()
        self._busy: set[str] = set()

    @contextmanager
    def on(self, key: str) -> Iterator[None]:
        with self._guard:
            if key in self._busy:
                raise Refused(self._code)
            self._busy.add(key)
        try:
            yield
        finally:
            with self._guard:
                self._busy.discard(key)

    def now(self) -> frozenset[str]:
        """What is being worked on right now."""
        with self._guard:
            return frozenset(self._busy)
