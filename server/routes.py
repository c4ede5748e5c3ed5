"""What stations ask under /v1: thin; each endpoint decodes, runs one transaction, and encodes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from ledger import feed
from ledger import tables as t
from ledger.cases import station_copied
from ledger.clock import to_ms
from ledger.cursor import Cursor, parse_cursor
from ledger.wire import (
    LOOKING,
    PROOF,
    PROTOCOL,
    EnrolAsk,
    LookAsk,
    LookReply,
    PushBatch,
    PushReply,
    RequestAsk,
)
from server import recovery
from server.access import enrol, is_news, next_incarnation, note_seen, recognise
from server.answers import as_json, check_text, zipped
from server.api.declared import STATION, needs, problems, tells
from server.api.problems import problem
from server.bookings import look_after
from server.database import Database
from server.operations import check_protocol, push
from server.parts import Body, Parts, PartsOf, StationOf, parts_of, read_body, token_of
from server.passing import passes
from server.pulling import Told, learn, pulled
from server.refund_letters import RefundLetters
from server.replanning import plan_anew
from server.setup import SetUp
from server.turns import WAIT_SECONDS

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 1.0
_HELD = '"held":true'  # as `domain.codec` writes it of a booking made ahead that is paid
_CORRECTED = op.TenderCorrected.__name__
_GONE = (op.RefundPaid.__name__, op.SaleVoided.__name__)  # of which nothing may be left now


router = APIRouter(tags=["stations"], responses=problems(400, 401, 403, station=True))
_SPEAKS = problems(426, station=True)


@router.get("/healthz", responses=tells("Health", "It answers"), openapi_extra=needs())
async def healthz(parts: PartsOf) -> dict[str, str | int]:
    """Whether the server answers, its protocol and its time (ms since 1970)."""
    top = await parts.database.read(feed.read_head)
    return {"state": "ok", "protocol": PROTOCOL, "epoch": top.epoch, "time": to_ms(parts.clock.now())}


@router.post(
    "/v1/enrol",
    responses=tells("Enrolled", "Who the station is") | problems(409, station=True) | _SPEAKS,
    openapi_extra=needs(body="EnrolAsk"),
)
async def enrol_station(parts: PartsOf, body: Body) -> Response:
    """Turns a one-time code into a station's token."""
    ask = codec.loads(EnrolAsk, body)
    check_protocol(ask.protocol)

    def work(connection: Connection) -> str:
        now = to_ms(parts.clock.now())
        answer, event = enrol(connection, ask.code, parts.secrets, now, ask.incarnation, ask.station)
        SetUp(connection, parts.clock, parts.database.ids).note(event)
        recovery.enrolled(connection, event.station_id, now)
        return codec.dumps(answer)

    return as_json(await parts.database.write(work))


@router.post(
    "/v1/incarnation",
    responses=tells("Incarnation", "How it goes on"),
    openapi_extra=needs(STATION),
)
async def new_incarnation(
    parts: PartsOf, station: StationOf, forked: bool = False, present: int = 0
) -> Response:
    """A station whose stream `forked`, or whose journal was recovered, goes on as the incarnation after its `present`
    one, with another document prefix."""

    def work(connection: Connection) -> str:
        answer = next_incarnation(connection, station, present)
        if forked:
            now = to_ms(parts.clock.now())
            station_copied(connection, station.station_id, answer.incarnation, now)
            feed.publish(connection, [t.case_item.name])
        return codec.dumps(answer)

    return as_json(await parts.database.write(work))


@router.post(
    "/v1/sync/push",
    responses=tells("PushReply", "What became of each, and where the stream stands") | _SPEAKS,
    openapi_extra=needs(STATION, body="PushBatch"),
)
async def push_batch(request: Request) -> Response:
    """Takes up to 50 operations of a stream. Nothing of a stranger is read; the station is recognised in the push's
    transaction. Of the request it asks nothing but itself: resolving dependencies cost as much as the push."""
    parts, token = parts_of(request), token_of(request)
    if not parts.tokens.are_heard(token):
        await parts.database.read(lambda c: recognise(c, token))
        parts.tokens.hear(token)
    batch = codec.loads(PushBatch, await read_body(request))
    with parts.tokens.hearing(token):
        reply = await _taken(parts.database, token, batch, to_ms(parts.clock.now()))
        said = [sent.envelope for sent in batch.operations]
        if any(each.kind in _GONE or _HELD in each.public for each in said):
            await parts.database.write(lambda c: look_after(c, SetUp(c, parts.clock, parts.database.ids)))
        if any(each.kind == _CORRECTED for each in said):
            await parts.database.write(lambda c: plan_anew(c, SetUp(c, parts.clock, parts.database.ids)))
        return as_json(codec.dumps(reply))


async def _taken(database: Database, token: str, batch: PushBatch, now_ms: int) -> PushReply:
    """Whatever one operation brings about must not stop a stream."""
    letters = RefundLetters(database.ids)
    try:
        return await database.write(lambda c: push(c, token, batch, now_ms, letters=letters))
    except Refused:
        raise
    except Exception as error:
        if passes(error):
            raise
        log.warning("a batch holds what cannot be kept: %s", getattr(error, "orig", type(error).__name__))
    return await database.write(lambda c: push(c, token, batch, now_ms, letters=letters, singly=True))


@router.get(
    "/v1/sync/pull",
    responses=tells("FeedPage", "A page") | problems(410, station=True) | _SPEAKS,
    openapi_extra=needs(STATION),
)
async def pull(
    request: Request,
    buckets: str,
    after: str = "",
    protocol: int = PROTOCOL,
    stream: str = "",
    epoch: str = "",
    had: int = 0,
    last: int = -1,
    been: str = "",
    incarnation: int = 0,
    whole: bool = False,
) -> Response:
    """The rows of the asked buckets that changed after a cursor, and the server's position in `stream`. A station also
    tells what it was told before: its `epoch`, the last number that the server `had`; and the `last` of its stream,
    which incarnations it has `been` on its journal and what it is itself."""
    check_protocol(protocol)
    check_text(f"{buckets}{after}{stream}{epoch}")
    parts, token = parts_of(request), token_of(request)
    told = Told(after, _cursor(after), stream, epoch, had, last, whole, been, incarnation)
    if whole:
        station = await parts.database.read(lambda c: recognise(c, token))
        if not parts.turns.take(station.station_id, parts.clock.monotonic()):
            return problem(request, Refused(Code.SERVER_BUSY), headers={"retry-after": str(WAIT_SECONDS)})
    page = await parts.database.read(lambda c: pulled(c, recognise(c, token), buckets, told), long=whole)
    if page.is_older or page.unknown_epoch or page.unknown_incarnation:
        seen = page
        await parts.database.write(lambda c: learn(c, recognise(c, token), seen, parts.clock))
        page = await parts.database.read(lambda c: pulled(c, recognise(c, token), buckets, told))
    now = to_ms(parts.clock.now())
    if is_news(page.station, incarnation, now):
        await parts.database.write(lambda c: note_seen(c, page.station, now))
    if been_as := page.been:
        station_id = page.station.station_id
        await parts.database.write(lambda c: recovery.told(c, station_id, been_as, now))
    if page.is_too_old:
        raise Refused(Code.RESNAPSHOT)
    if whole and page.body["complete"]:
        parts.turns.give_back(page.station.station_id)
    return zipped(orjson.dumps(page.body | {"time": now}))


def _cursor(text: str) -> Cursor:
    try:
        return parse_cursor(text)
    except ValueError:
        raise Refused(Code.OPERATION_INVALID, why="cursor") from None


@router.get(
    "/v1/sync/hints",
    response_class=StreamingResponse,
    responses={200: {"description": "Hints, for ever", "content": {"text/event-stream": {}}}},
    openapi_extra=needs(STATION),
)
async def hints(parts: PartsOf, _station: StationOf) -> StreamingResponse:
    """Server-sent hints that the feed has moved, and a heartbeat every second; without content, so losing
    one is harmless."""
    return StreamingResponse(
        _hints(parts), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _hints(parts: Parts) -> AsyncIterator[str]:
    database, looking = parts.database, parts.looking
    event = database.watch()
    try:
        moves, looks = database.moves, looking.changes
        yield "data: moved\n\n"
        while not database.ended:
            try:
                await asyncio.wait_for(event.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield parts.internet.beat
                continue
            event.clear()
            if looks != looking.changes:
                looks = looking.changes
                yield f"{LOOKING}\n\n"
            if moves != database.moves:
                moves = database.moves
                yield "data: moved\n\n"
    finally:
        database.unwatch(event)


@router.post(
    "/v1/looking",
    responses=tells("LookReply", "Who else has it open") | _SPEAKS,
    openapi_extra=needs(STATION, body="LookAsk"),
)
async def look(parts: PartsOf, station: StationOf, body: Body) -> Response:
    """A station says which booking somebody has open there. Those with the same open hear of it by a hint; what is not
    said again is forgotten. Nothing is locked."""
    said = codec.loads(LookAsk, body)
    if parts.looking.look(station.station_id, said):
        parts.database.nudge()
    return as_json(codec.dumps(LookReply(parts.looking.others(station.station_id, said.booking))))


@router.post(
    "/v1/requests/{kind}",
    responses=tells("RequestReply", "The answer") | _SPEAKS,
    openapi_extra=needs(STATION, body="RequestAsk"),
)
async def ask(
    parts: PartsOf, station: StationOf, kind: str, body: Body, proof: Annotated[str, Header(alias=PROOF)] = ""
) -> Response:
    """Decides a request; the same id gets the same answer. Whoever asks by name shows the proof of their PIN."""
    wanted = codec.loads(RequestAsk, body)
    if wanted.kind != kind:
        raise Refused(Code.REQUEST_UNKNOWN, kind=kind[:40])
    proven = await parts.proofs.proven(parts.database, station.station_id, wanted.staff_id, proof)
    reply = await parts.database.write(lambda c: parts.door.ask(c, station, wanted, proven))
    return as_json(codec.dumps(reply))


@router.post(
    "/v1/requests/{request_id}/settle",
    responses=tells("RequestReply", "The answer"),
    openapi_extra=needs(STATION),
)
async def settle(parts: PartsOf, station: StationOf, request_id: str) -> Response:
    """The stored answer, or `cancelled`, which blocks the late original."""
    reply = await parts.database.write(lambda connection: parts.door.settle(connection, station, request_id))
    return as_json(codec.dumps(reply))
