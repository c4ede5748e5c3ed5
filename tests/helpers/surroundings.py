"""The same surroundings for tests on every machine: locale, time zone, fonts, screen, home. Set before Qt comes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

FONTS = Path(__file__).parents[2] / "resources" / "fonts"
SCREEN = {"name": "TILL", "x": 0, "y": 0, "width": 1366, "height": 768}
SCREEN |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
FONT_ALIASES = {"sans-serif": "IBM Plex Sans", "serif": "IBM Plex Sans", "monospace": "IBM Plex Sans"}


def pin() -> None:
    """GATEHOUSE_ONSCREEN=1 leaves the platform alone, to look at a test's windows."""
    if "PySide6.QtGui" in sys.modules:
        raise RuntimeError("Qt was imported before the tests' surroundings were set")
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    onscreen = os.environ.get("GATEHOUSE_ONSCREEN") == "1"
    kept = ("XDG_RUNTIME_DIR",) if onscreen else ()  # a Wayland session's socket is there
    for name in list(os.environ):
        if name.startswith(("QT_", "XDG_", "LC_", "LANG")) and name not in kept:
            del os.environ[name]
    os.environ.update(LC_ALL="C.UTF-8", TZ="UTC", QT_QPA_FONTDIR=str(FONTS))
    os.environ.update(HOME=_made(folder / "home"), FONTCONFIG_FILE=str(_font_settings(folder)))
    if not onscreen:
        os.environ.update(XDG_RUNTIME_DIR=_made(folder / "run"), QT_QPA_PLATFORM=_platform(folder))
    if hasattr(time, "tzset"):
        time.tzset()


def _made(folder: Path) -> str:
    folder.mkdir(mode=0o700)
    return str(folder)


def _platform(folder: Path) -> str:
    """Qt splits this at colons, so a drive's letter must not be in it."""
    file = folder / "screen.json"
    screens = {"synchronousWindowSystemEvents": False, "windowFrameMargins": False, "screens": [SCREEN]}
    file.write_text(json.dumps(screens), encoding="utf-8")
    path = os.path.relpath(file) if os.name == "nt" else str(file)
    return "offscreen" if ":" in path else f"offscreen:configfile={path}"


def _font_settings(folder: Path) -> Path:
    """Only our own fonts, whatever the machine has."""
    aliases = "".join(
        f"<alias binding='same'><family>{asked}</family><prefer><family>{ours}</family></prefer></alias>"
        for asked, ours in FONT_ALIASES.items()
    )
    cache = _made(folder / "fonts")
    file = folder / "fonts.conf"
    content = f"<fontconfig><dir>{FONTS}</dir><cachedir>{cache}</cachedir>{aliases}</fontconfig>"
    file.write_text(f"<?xml version='1.0'?>\n{content}\n", encoding="utf-8")
    return file
