"""Asked to stop: by a signal, or because the process that started this one is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if sys.platform == "win32":
    _SIGNALS.append(signal.SIGBREAK)


def hear(stop: Callable[[], None]) -> None:
    """From now on a signal to end calls `stop`, and so does each that follows: who ends a program often signals it
    twice, by itself and with its group. To be called in the main thread."""
    for number in _SIGNALS:
        signal.signal(number, lambda *_: stop())


def next_ends_at_once() -> None:
    """From now on a signal to end does so there and then, whatever is waited for. To be called in the main thread."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def when_parent_ends(stop: Callable[[], None]) -> None:
    """Calls `stop`, in a thread, when the pipe on standard input closes, however the parent ended. This is no signal:
    after Ctrl+C in a terminal, which both hear, it hurries nothing."""

    def wait() -> None:
        # Not through `sys.stdin`: while a thread reads it, Python cannot end.
        while os.read(0, 4096):
            pass
        stop()

    threading.Thread(target=wait, daemon=True, name="parent").start()
