"""A slip as a PNG: what file output keeps and people look at."""

from __future__ import annotations

import io

from PIL import Image

from documents.raster import FULL_WIDTH, render
from documents.slip import Slip

MARGIN = 32


def png(slip: Slip, width: int = FULL_WIDTH) -> bytes:
    """The slip on white paper with the printer's margins around it."""
    return framed(render(slip, width))


def framed(drawn: Image.Image) -> bytes:
    """A drawn slip as the PNG of its paper."""
    paper = Image.new("1", (drawn.width + 2 * MARGIN, drawn.height + 2 * MARGIN), 1)
    paper.paste(drawn, (MARGIN, MARGIN))
    file = io.BytesIO()
    paper.save(file, "PNG", optimize=True, dpi=(203, 203))
    return file.getvalue()
