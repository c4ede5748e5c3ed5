"""Every error of the API as problem details (RFC 9457): our code, its facts, words in the language that was asked for.

Stations of earlier versions read a problem of exactly `code` and `facts`, and take one with more in it for none of
ours. So at their addresses a problem has no more, unless `Accept` names its media type.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from documents.refusals import sentence
from documents.words import LANGUAGES, texts
from domain import codec
from domain.errors import Code, Fact, Refused
from ledger.clock import to_ms
from ledger.wire import Problem
from server import recovery, tokens
from server.parts import parts_of, token_of

log = logging.getLogger(__name__)
MEDIA = "application/problem+json"
TYPE = "urn:gatehouse:problem:"
_STATIONS = ("/v1/enrol", "/v1/incarnation", "/v1/sync/", "/v1/requests/")
_GUESTS = "/v1/guest"
_ZONE = "UTC"
STATUS: Mapping[Code, int] = {
    Code.STATION_UNKNOWN: 401,
    Code.ENROLMENT_WRONG: 401,
    Code.STAFF_UNPROVEN: 401,
    Code.TOKEN_INVALID: 401,
    Code.CODE_REFUSED: 401,
    Code.STATION_FENCED: 403,
    Code.NOT_ALLOWED: 403,
    Code.GUEST_UNVERIFIED: 403,
    Code.GUEST_BANNED: 403,
    Code.NOT_FOUND: 404,
    Code.BOOKING_UNKNOWN: 404,
    Code.GUEST_UNKNOWN: 404,
    Code.GUEST_ERASED: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.ENROLMENT_USED: 409,
    Code.BOOKING_IS: 409,
    Code.BOOKING_PAID: 409,
    Code.REFUND_TOO_MUCH: 409,
    Code.BOOKINGS_OPEN: 409,
    Code.ONLINE_TOO_MANY: 409,
    Code.CAPACITY_FULL: 409,
    Code.GOODS_FULL: 409,
    Code.PRODUCT_WITHDRAWN: 409,
    Code.BOOKING_DAYS: 409,
    Code.BOOKING_FAR: 409,
    Code.PLACES_HELD: 409,
    Code.SESSION_OVER: 409,
    Code.RECOVERING: 409,
    Code.KEY_REUSED: 409,
    Code.REFUND_OPEN: 409,
    Code.REFUND_NOTHING: 409,
    Code.REFUND_TICKET_USED: 409,
    Code.REFUND_GONE: 409,
    Code.QUOTE_EXPIRED: 409,
    Code.DOCUMENT_UNKNOWN: 409,
    Code.BOOKING_CHANGED: 409,
    Code.MOVE_TICKET_USED: 409,
    Code.MOVE_TICKET_GONE: 409,
    Code.RESNAPSHOT: 410,
    Code.BODY_TOO_LARGE: 413,
    Code.BODY_TYPE: 415,
    Code.SERVER_VERSION: 426,
    Code.CLIENT_VERSION: 426,
    Code.CODE_SOON: 429,
    Code.CODE_MANY: 429,
    Code.TOO_MANY: 429,
    Code.SERVER_FAULT: 500,
    Code.SERVER_BUSY: 503,
    Code.DISK_FULL: 507,
}
OTHERS = 400
_OF_STATUS = {404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED}
_OWN = frozenset(("type", "title", "status", "detail", "instance", "code", "facts"))


def status_of(code: Code) -> int:
    return STATUS.get(code, OTHERS)


def problem(
    request: Request, refused: Refused, status: int = 0, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request that is refused."""
    status = status or status_of(refused.code)
    content = _whole(request, refused, status) if _reads_all(request) else _short(refused)
    more = dict(headers or {}) | _advice(refused, status)
    return Response(content, status, headers=more, media_type=MEDIA)


def _advice(refused: Refused, status: int) -> dict[str, str]:
    """What the standard wants beside the body."""
    if status == 401:
        return {"www-authenticate": "Bearer"}
    if status == 429:
        facts = refused.facts
        return {"retry-after": str(int(facts.get("seconds", 0)) or 60 * int(facts.get("minutes", 1)))}
    return {}


def _reads_all(request: Request) -> bool:
    return MEDIA in request.headers.get("accept", "") or not request.url.path.startswith(_STATIONS)


def _short(refused: Refused) -> str:
    facts = tuple((name, str(value)) for name, value in refused.facts.items())
    return codec.dumps(Problem(refused.code.value, facts))


def _whole(request: Request, refused: Refused, status: int) -> str:
    language, facts = language_of(request), refused.facts
    title = texts("problems", language).get(f"title.{status}")
    told: dict[str, Any] = {name: value for name, value in facts.items() if name not in _OWN}
    told |= {"type": TYPE + refused.code.value, "title": title, "status": status, "code": refused.code.value}
    told |= {
        "detail": _guests_words(request, language, refused) or sentence(language, refused.code, facts, _ZONE)
    }
    return json.dumps(told | {"facts": [[name, str(value)] for name, value in facts.items()]})


def _guests_words(request: Request, language: str, refused: Refused) -> str:
    """Staff are told what to do at a till; empty for who is no guest, and for what is said to both alike."""
    words, key = texts("problems", language), f"guest.{refused.code}"
    return words.get(key) if request.url.path.startswith(_GUESTS) and words.has(key) else ""


def language_of(request: Request) -> str:
    """The first of our languages by how much it is wanted (`Accept-Language`); English where none is."""
    wanted = [_weighed(part) for part in request.headers.get("accept-language", "").split(",")]
    ranked = sorted(wanted, key=lambda each: -each[1])
    return next((name for name, weight in ranked if name in LANGUAGES and weight > 0), LANGUAGES[0])


def _weighed(part: str) -> tuple[str, float]:
    name, _, said = part.partition(";")
    try:
        weight = float(said.strip().removeprefix("q=")) if said else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower().partition("-")[0], weight


# what makes problems of errors ----------------------------------------------------------------------------------------


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unread)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(sa.exc.OperationalError, _operational)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _fault)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.code is Code.STATION_UNKNOWN:
        await _note_stranger(request)
    return problem(request, error)


async def _note_stranger(request: Request) -> None:
    """Of a station that this database knows nothing of, though this venue gave it its token, the others are told."""
    parts, token = parts_of(request), token_of(request)
    if made := await parts.database.read(lambda c: tokens.made_for(c, token)):
        now = to_ms(parts.clock.now())
        await parts.database.write(lambda c: recovery.missed(c, made, now))


async def _unread(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = ".".join(str(part) for part in error.errors()[0]["loc"])
    return problem(request, Refused(Code.BODY_INVALID, where=where[:80]))


async def _http(request: Request, error: Exception) -> Response:
    """What the framework refuses."""
    assert isinstance(error, HTTPException)
    code = _OF_STATUS.get(error.status_code, Code.BODY_INVALID)
    facts: dict[str, Fact] = {} if error.status_code in _OF_STATUS else {"where": "HTTP"}
    told = {"allow": ", ".join(_methods(request))} if error.status_code == 405 else error.headers
    return problem(request, Refused(code, **facts), headers=told)


def _methods(request: Request) -> list[str]:
    """Those of all routes at that address; the framework names the first one's."""
    routes: Sequence[Route] = request.app.state.routes
    there = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for each in there for method in each.methods or ()})


async def _gone(_request: Request, _error: Exception) -> Response:
    """Somebody who died while they spoke: nobody hears the answer, and nothing has happened."""
    return Response(status_code=400)


async def _operational(request: Request, error: Exception) -> Response:
    """A full disk has its own answer; anything else of the kind is worth trying again."""
    log.warning("database: %s", getattr(error, "orig", error))  # never with what was to be kept
    is_full = "full" in str(getattr(error, "orig", ""))
    return problem(request, Refused(Code.DISK_FULL if is_full else Code.SERVER_BUSY))


async def _fault(request: Request, _error: Exception) -> Response:
    """The error itself is logged, not told."""
    return problem(request, Refused(Code.SERVER_FAULT))
