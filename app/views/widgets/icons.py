"""SVG icons in any token colour, cached as pixmaps at twice their size."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

DENSITY = 2
MIRRORED = frozenset(("arrow-left", "arrow-right", "chevron-left", "chevron-right", "arrow-back-up"))
MIRRORED |= frozenset(("corner-down-left", "door-enter", "door-exit", "logout", "backspace"))


class Icons:
    """Icons of one folder. `get` never fails: a missing file gives an empty pixmap of the right size."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, colour: str, size: int, *, rtl: bool = False) -> QPixmap:
        """`name` of Tabler (`lock`, `filled/circle-check`) in `colour`; mirrored where it shows a direction."""
        mirrored = rtl and name.removeprefix("filled/") in MIRRORED
        return _render(self._folder / f"{name}.svg", colour, size, mirrored)

    def has(self, name: str) -> bool:
        return (self._folder / f"{name}.svg").is_file()


@lru_cache(maxsize=1024)
def _render(file: Path, colour: str, size: int, mirrored: bool) -> QPixmap:
    pixmap = QPixmap(size * DENSITY, size * DENSITY)
    pixmap.fill(Qt.GlobalColor.transparent)
    if file.is_file():
        svg = file.read_text(encoding="utf-8").replace("currentColor", colour)
        painter = QPainter(pixmap)
        if mirrored:
            painter.translate(size * DENSITY, 0)
            painter.scale(-1, 1)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size * DENSITY, size * DENSITY))
        painter.end()
    pixmap.setDevicePixelRatio(DENSITY)
    return pixmap
