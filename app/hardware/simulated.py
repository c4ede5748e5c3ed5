"""A scanner without hands, for demo and tests: whoever holds it says what was scanned."""

from __future__ import annotations

from collections.abc import Callable


class SimulatedScanner:
    """A CodeSource whose codes come from `scan`."""

    def __init__(self) -> None:
        self._on_code: Callable[[str], None] | None = None

    def start(self, on_code: Callable[[str], None]) -> None:
        self._on_code = on_code

    def stop(self) -> None:
        self._on_code = None

    def scan(self, code: str) -> None:
        """As if `code` had been read now, in the caller's thread; nothing happens while stopped."""
        if self._on_code is not None:
            self._on_code(code)
