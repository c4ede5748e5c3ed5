"""System packages: what is missing, its name here, and its installation where we may (as root on Debian or Fedora)."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

from devkit.base import Stop, last_line, output_of, say

# Shared library, its package for apt, for dnf. They are looked for by loading them, since packages' names vary.
DRAWING = (
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    ("libX11.so.6", "libx11-6", "libX11"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    ("libbrotlidec.so.1", "libbrotli1", "libbrotli"),
)
X11 = (
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)


def require_libraries(wanted: tuple) -> None:
    """On Linux: nothing when all load, else installs or says what is missing. As root all that Qt may need comes."""
    if not sys.platform.startswith("linux"):
        return
    missing = absent(wanted)
    if not missing:
        return
    if not (has("apt-get") or has("dnf")):
        raise Stop("Missing system libraries: {}.".format(", ".join(entry[0] for entry in missing)))
    column = 1 if has("apt-get") else 2
    taken = absent(DRAWING + X11) if is_root() else missing
    require_packages(sorted({current_name(entry[column]) for entry in taken}), "Qt's system libraries")
    still = absent(wanted)
    if still:
        raise Stop("Still missing after the installation: {}.".format(", ".join(entry[0] for entry in still)))


def require_packages(packages: list, what: str) -> None:
    """Installs them as root; otherwise says in one line which command does."""
    names = " ".join(packages)
    if has("apt-get"):
        command = "apt-get install -y --no-install-recommends " + names
    elif has("dnf"):
        command = "dnf install -y " + names
    else:
        raise Stop("Missing: {}; install {} with the system's package manager.".format(what, names))
    if not is_root():
        raise Stop("Missing: {}; install with: sudo {}".format(what, command))
    say("Installing {}: {}".format(what, names))
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    if has("apt-get"):
        output_of(["apt-get", "update", "-q", "-o", "DPkg::Lock::Timeout=120"], variables)
        command = command.replace("install", "-o DPkg::Lock::Timeout=120 install", 1)
    code, printed = output_of(command.split(), variables)
    if code != 0:
        raise Stop("`{}` failed: {}".format(command, last_line(printed)))


def how_to_get_python() -> str:
    if has("apt-get"):
        return "install one, for example: sudo apt-get install -y python3 python3-venv"
    if has("dnf"):
        return "install one, for example: sudo dnf install -y python3.12"
    if has("brew"):
        return "install one, for example: brew install python@3.13"
    return "install one, or name one with GATEHOUSE_PYTHON."


def absent(wanted: tuple) -> list:
    return [entry for entry in wanted if not loads(entry[0])]


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def current_name(package: str) -> str:
    """Debian 13 and Ubuntu 24.04 renamed GLib's package."""
    if package != "libglib2.0-0":
        return package
    release = {}
    for line in read_or_nothing("/etc/os-release").splitlines():
        name, _, value = line.partition("=")
        release[name] = value.strip('"')
    try:
        version = float(release.get("VERSION_ID", "0"))
    except ValueError:
        version = 0.0
    renamed = {"debian": 13, "ubuntu": 24.04}.get(release.get("ID", ""))
    return package + "t64" if renamed and version >= renamed else package


def read_or_nothing(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def has(program: str) -> bool:
    return shutil.which(program) is not None


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
