"""What endpoints work with, and how they read a request."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from domain.errors import Code, Refused
from ledger.clock import Clock
from server import tokens
from server.access import Station, recognise
from server.api.limits import Limits
from server.database import Database
from server.internet import Internet
from server.looking import Looking
from server.proofs import Proofs
from server.requests import Door
from server.settings import Secrets
from server.templates import Templates
from server.turns import Turns

MOST_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """What the endpoints work with; built once in server.web."""

    database: Database
    clock: Clock
    secrets: Secrets
    door: Door
    proofs: Proofs
    looking: Looking
    words: Templates = field(default_factory=Templates)
    internet: Internet = field(default_factory=Internet)
    turns: Turns = field(default_factory=Turns)
    tokens: tokens.Tokens = field(default_factory=tokens.Tokens)
    limits: Limits = field(default_factory=Limits)


async def _parts(request: Request) -> Parts:  # async, or FastAPI sends it through a thread
    return parts_of(request)


def parts_of(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


PartsOf = Annotated[Parts, Depends(_parts)]


def token_of(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


async def _station(request: Request) -> Station:
    token = token_of(request)
    return await parts_of(request).database.read(lambda connection: recognise(connection, token))


StationOf = Annotated[Station, Depends(_station)]


async def read_body(request: Request) -> str:
    """What a station says, zipped or not. Refuses `operation_invalid` for what is too long or no text."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY:
            raise Refused(Code.OPERATION_INVALID, why="too long")
    try:
        return (_unzipped(bytes(raw)) if raw[:2] == b"\x1f\x8b" else bytes(raw)).decode()
    except (zlib.error, UnicodeDecodeError):
        raise Refused(Code.OPERATION_INVALID, why="not text") from None


def _unzipped(raw: bytes) -> bytes:
    """Never more than a body may have, whatever a few zipped bytes would swell to."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = stream.decompress(raw, MOST_BODY)
    if not stream.eof:
        raise Refused(Code.OPERATION_INVALID, why="too long")
    return plain


Body = Annotated[str, Depends(read_body)]
