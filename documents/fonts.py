"""The fonts of paper, from `resources/fonts`: IBM Plex Sans Arabic (it has Latin too) on slips, Vazirmatn in
PDFs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from documents.words import RESOURCES

SLIP_FAMILY = "IBMPlexSansArabic"
PDF_FAMILY = "Vazirmatn"


@cache
def font_file(family: str, weight: str) -> Path:
    """The TTF of `family` in `weight` (Regular, Bold). FileNotFoundError names what the build left out."""
    folder = RESOURCES / "fonts"
    found = sorted(folder.rglob(f"{family}*{weight}.ttf"), key=lambda path: (len(path.name), path))
    if not found:
        raise FileNotFoundError(f"{family} {weight} is not in {folder}")
    return found[0]
