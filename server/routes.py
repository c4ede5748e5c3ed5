"""The HTTP API under /v1: thin; each endpoint decodes, runs one transaction, and encodes."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from domain import codec
from domain.errors import Code, Refused
from ledger import feed
from ledger.clock import Clock, to_ms
from ledger.wire import PROTOCOL, PULL_MOST, EnrolAsk, PushBatch, RequestAsk
from server import tables as own
from server.access import Station, enrol, is_long_unseen, next_incarnation, note_seen, recognise
from server.database import Database
from server.operations import NO_ROW, check_protocol, push
from server.requests import Door
from server.settings import Secrets
from server.setup import SetUp

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 1.0
MOST_BODY = 4 * 1024 * 1024
_ZIP_FROM = 1_000


@dataclass(frozen=True, slots=True)
class Parts:
    """What the endpoints work with; built once in server.web."""

    database: Database
    clock: Clock
    secrets: Secrets
    door: Door


async def _parts(request: Request) -> Parts:  # async, or FastAPI sends it through a thread
    return _parts_of(request)


def _parts_of(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


PartsOf = Annotated[Parts, Depends(_parts)]


def _token_of(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


async def _station(request: Request) -> Station:
    token = _token_of(request)
    return await _parts_of(request).database.read(lambda connection: recognise(connection, token))


StationOf = Annotated[Station, Depends(_station)]


async def _body(request: Request) -> str:
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


Body = Annotated[str, Depends(_body)]
_PROBLEM: dict[int | str, dict[str, Any]] = {
    status: {"description": words}
    for status, words in {
        400: "The message cannot be read",
        401: "No such station or code",
        403: "This station may not",
        409: "Used, or another state than asked for",
        426: "Another protocol version is needed",
        507: "The server's disk is full",
    }.items()
}
router = APIRouter(responses=_PROBLEM)


@router.get("/healthz")
async def healthz(parts: PartsOf) -> dict[str, str | int]:
    """Whether the server answers, its protocol and its time (ms since 1970)."""
    top = await parts.database.read(feed.read_head)
    return {"state": "ok", "protocol": PROTOCOL, "epoch": top.epoch, "time": to_ms(parts.clock.now())}


@router.post("/v1/enrol")
async def enrol_station(parts: PartsOf, body: Body) -> Response:
    """Turns a one-time code into a station's token."""
    ask = codec.loads(EnrolAsk, body)
    check_protocol(ask.protocol)

    def work(connection: Connection) -> str:
        answer, event = enrol(connection, ask.code, parts.secrets, to_ms(parts.clock.now()))
        SetUp(connection, parts.clock, parts.database.ids).note(event)
        return codec.dumps(answer)

    return _json(await parts.database.write(work))


@router.post("/v1/incarnation")
async def new_incarnation(parts: PartsOf, station: StationOf) -> Response:
    """A station whose stream forked goes on as its next incarnation, with another document prefix."""
    answer = await parts.database.write(lambda connection: next_incarnation(connection, station))
    return _json(codec.dumps(answer))


@router.post("/v1/sync/push")
async def push_batch(request: Request) -> Response:
    """Takes up to 50 operations of a stream. Of the request it asks nothing but itself, and the station is recognised
    in the same transaction: resolving dependencies cost as much as the push."""
    parts, token = _parts_of(request), _token_of(request)
    batch = codec.loads(PushBatch, await _body(request))
    now = to_ms(parts.clock.now())
    try:
        reply = await parts.database.write(lambda c: push(c, recognise(c, token), batch, now))
    except NO_ROW as error:
        log.warning("a batch holds what the database cannot keep: %s", error)
        reply = await parts.database.write(lambda c: push(c, recognise(c, token), batch, now, singly=True))
    return _json(codec.dumps(reply))


@router.get("/v1/sync/pull")
async def pull(
    request: Request, buckets: str, after: str = "", protocol: int = PROTOCOL, stream: str = ""
) -> Response:
    """The rows of the asked buckets that changed after a cursor, and the server's position in `stream`."""
    check_protocol(protocol)
    if "\x00" in f"{buckets}{after}{stream}":
        raise Refused(Code.OPERATION_INVALID, why="not text")
    parts, token = _parts_of(request), _token_of(request)
    try:
        cursor = feed.parse_cursor(after)
    except ValueError:
        raise Refused(Code.OPERATION_INVALID, why="cursor") from None

    def work(connection: Connection) -> tuple[bytes, Station]:
        station = recognise(connection, token)
        wanted = [name for name in buckets.split(",") if _may_see(name, station)]
        page = _page(connection, wanted, (after, cursor), (stream, station.station_id))
        return orjson.dumps(page | {"time": to_ms(parts.clock.now())}), station

    body, station = await parts.database.read(work)
    if is_long_unseen(station, now := to_ms(parts.clock.now())):
        await parts.database.write(lambda connection: note_seen(connection, station, now))
    return _zipped(body)


def _may_see(bucket: str, station: Station) -> bool:
    return not bucket.startswith("station:") or bucket == f"station:{station.station_id}"


_POSITION = sa.select(own.position.c.n, own.position.c.op_id).where(
    own.position.c.stream == sa.bindparam("stream"), own.position.c.station_id == sa.bindparam("station")
)


def _page(
    connection: Connection, buckets: list[str], after: tuple[str, feed.Cursor], stream: tuple[str, str]
) -> dict[str, Any]:
    """`stream` names one of the asking station's own and that station; of another's it gets nothing."""
    head = feed.read_head(connection)
    found = feed.read_page(connection, buckets, after[1], PULL_MOST)
    row = connection.execute(_POSITION, {"stream": stream[0], "station": stream[1]}).first()
    return {
        "epoch": head.epoch,
        "after": after[0],
        "next": found.next.text(),
        "complete": found.complete,
        "head": found.head,
        "tables": {
            str(part.table.name): {"columns": feed.columns_of(part.table), "rows": part.rows}
            for part in found.slices
        },
        "stream": stream[0] if row else "",
        "n": row.n if row else 0,
        "op_id": row.op_id if row else "",
    }


@router.get("/v1/sync/hints")
async def hints(parts: PartsOf, _station: StationOf) -> StreamingResponse:
    """Server-sent hints that the feed has moved, and a heartbeat every second; without content, so losing
    one is harmless."""
    return StreamingResponse(
        _hints(parts), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _hints(parts: Parts) -> AsyncIterator[str]:
    event = parts.database.watch()
    try:
        yield "data: moved\n\n"
        while True:
            try:
                await asyncio.wait_for(event.wait(), HEARTBEAT_SECONDS)
                event.clear()
                yield "data: moved\n\n"
            except TimeoutError:
                yield ": beat\n\n"
    finally:
        parts.database.unwatch(event)


@router.post("/v1/requests/{kind}")
async def ask(parts: PartsOf, station: StationOf, kind: str, body: Body) -> Response:
    """Decides a request; the same id gets the same answer."""
    wanted = codec.loads(RequestAsk, body)
    if wanted.kind != kind:
        raise Refused(Code.REQUEST_UNKNOWN, kind=kind[:40])
    reply = await parts.database.write(lambda connection: parts.door.ask(connection, station, wanted))
    return _json(codec.dumps(reply))


@router.post("/v1/requests/{request_id}/settle")
async def settle(parts: PartsOf, station: StationOf, request_id: str) -> Response:
    """The stored answer, or `cancelled`, which blocks the late original."""
    if len(request_id) != 36 or "\x00" in request_id:
        raise Refused(Code.REQUEST_UNKNOWN)
    reply = await parts.database.write(lambda connection: parts.door.settle(connection, station, request_id))
    return _json(codec.dumps(reply))


def _json(text: str) -> Response:
    return _zipped(text.encode())


def _zipped(raw: bytes) -> Response:
    if len(raw) < _ZIP_FROM:
        return Response(raw, media_type="application/json")
    headers = {"content-encoding": "gzip"}
    return Response(gzip.compress(raw, 1), media_type="application/json", headers=headers)
