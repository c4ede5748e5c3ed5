"""The scanner filter with native key events of a real X server, typed by xdotool."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hardware.wedge_scanner import US_KEYS

TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool", "setxkbmap": "x11-xkb-utils"}
LIBRARIES = {  # what Qt's xcb plugin loads: without them it aborts
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


MISSING = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
MISSING += [package for library, package in LIBRARIES.items() if not loads(library)]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"native keys NOT tested: install {' '.join(MISSING)} (Debian's names)"
)
SCAN_CODES = {text: code + 8 for code, pair in US_KEYS.items() for text in pair}


class Screen:
    """An X server of its own, and one window on it."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            "800x600x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]
        self.server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as told:
            display = f":{told.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_IM_MODULE": "none"}
        self.window: subprocess.Popen[str] | None = None

    def open(self, focus: str) -> None:
        command = [sys.executable, "-m", "tests.hardware.wedge_window", focus]
        root = Path(__file__).parents[2]
        self.window = subprocess.Popen(
            command,
            cwd=root,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            stderr=subprocess.DEVNULL,
        )
        number = str(self.heard()["window"])
        self.tool("xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.window.pid))
        self.tool("xdotool", "windowfocus", "--sync", number)

    def heard(self) -> dict[str, object]:
        assert self.window is not None
        assert self.window.stdout is not None
        line = self.window.stdout.readline()
        assert line, "the window has gone"
        told: dict[str, object] = json.loads(line)
        return told

    def tool(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def keys(self, *names: str, delay: int) -> None:
        self.tool("xdotool", "key", "--delay", str(delay), *names)

    def close(self) -> None:
        if self.window is not None:
            self.window.kill()
            self.window.communicate()
        self.server.terminate()
        self.server.wait()


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.close()


@pytest.mark.parametrize("delay", [1, 12])
def test_scan_is_heard_and_nothing_is_typed(screen: Screen, delay: int) -> None:
    screen.open("field")
    screen.keys(*"TKT000042AF", "Return", delay=delay)
    assert screen.heard() == {"code": "TKT000042AF"}


def test_scan_with_the_pay_button_focused_pays_nothing(screen: Screen) -> None:
    screen.open("button")
    screen.keys(*"BAND", "space", *"0042", "Return", delay=4)
    assert screen.heard() == {"code": "BAND 0042"}


def test_person_types_into_the_field(screen: Screen) -> None:
    screen.open("field")
    screen.keys(*"khalid", delay=160)
    assert [screen.heard()["text"] for _ in range(6)] == ["k", "kh", "kha", "khal", "khali", "khalid"]


def test_scan_under_an_arabic_layout(screen: Screen) -> None:
    screen.open("field")
    screen.tool("setxkbmap", "ara")
    screen.keys(*[str(SCAN_CODES[letter]) for letter in "qwerty42"], "36", delay=4)
    assert screen.heard() == {"code": "qwerty42"}
