"""What an endpoint declares in the OpenAPI document beside its parameters: who may, what it takes, what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.api.problems import MEDIA

STATION, GUEST, STAFF = "station", "guest", "staff"
_JSON = "application/json"
_WORDS: Mapping[int, str] = {
    400: "The request cannot be read, or says what cannot be",
    401: "Not signed in, or no such code, PIN, station or token",
    403: "Who asks may not",
    404: "There is no such thing, or it is somebody else's",
    405: "No such method here; `Allow` names those there are",
    409: "Used, or in another state than asked for",
    410: "Too long ago: everything is to be fetched anew",
    413: "The body is too long",
    415: "The body is not `application/json`",
    426: "Another protocol version is needed",
    429: "Too many; `Retry-After` tells in how many seconds to ask again",
    500: "A fault of the server",
    503: "Busy; where `Retry-After` is given it tells when to ask again",
    507: "The server's disk is full",
}
_EVERYWHERE = (500, 503, 507)
Responses = dict[int | str, dict[str, Any]]


def schema(name: str) -> dict[str, str]:
    """A schema of the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def problems(*statuses: int, station: bool = False) -> Responses:
    """The errors that an endpoint answers; those that any may are added."""
    name = "StationProblem" if station else "Problem"
    return {status: _problem(status, name) for status in (*statuses, *_EVERYWHERE)}


def _problem(status: int, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _WORDS[status], "content": {MEDIA: {"schema": schema(name)}}}
    if status == 429:
        seconds = {"description": "Seconds", "required": True, "schema": {"type": "integer", "minimum": 1}}
        told["headers"] = {"Retry-After": seconds}
    return told


def tells(name: str, words: str, media: str = _JSON) -> Responses:
    """The answer of an endpoint that writes it itself."""
    return {200: {"description": words, "content": {media: {"schema": schema(name)}}}}


def has(words: str) -> Responses:
    """The same, of an object that is for a person to read."""
    return {200: {"description": words, "content": {_JSON: {"schema": {"type": "object"}}}}}


def needs(*who: str, body: str = "", parameters: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """Who may ask, and the schema of the body."""
    told: dict[str, Any] = {"security": [{one: []} for one in who]}
    if body:
        told["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema(body)}}}
    return told | ({"parameters": list(parameters)} if parameters else {})
