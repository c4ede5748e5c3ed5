"""What the endpoints of stations have in common: JSON, packed where that is worth it, and what is no text."""

from __future__ import annotations

import gzip

from fastapi import Response

from domain.errors import Code, Refused

_ZIP_FROM = 1_000  # bytes


def as_json(text: str) -> Response:
    """Of what is JSON already."""
    return zipped(text.encode())


def zipped(raw: bytes) -> Response:
    """The same of bytes."""
    if len(raw) < _ZIP_FROM:
        return Response(raw, media_type="application/json")
    headers = {"content-encoding": "gzip"}
    return Response(gzip.compress(raw, 1), media_type="application/json", headers=headers)


def check_text(said: str) -> None:
    """Refuses `operation_invalid` for what no database keeps as a text."""
    if "\x00" in said:
        raise Refused(Code.OPERATION_INVALID, why="not text")
