"""Whether a window can be shown here. Qt aborts the process when it cannot, so a child process tries it."""

from __future__ import annotations

import os
import subprocess
import sys

_TRY = "from PySide6.QtWidgets import QApplication as A; a = A([]); print(a.platformName())"
_SECONDS = 20


def usable_display() -> bool:
    """False with no display, a stale one, or one whose Qt plugin lacks a system library."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    headless = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if sys.platform.startswith("linux") and headless:
        return False
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _TRY], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0 and tried.stdout.strip() not in ("", "offscreen", "minimal")
