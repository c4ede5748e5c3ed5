"""Waiting for a condition, never for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_NEVER = threading.Event()


def wait_for(condition: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Returns as soon as `condition` holds; fails the test when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {condition}")
        _NEVER.wait(0.01)
