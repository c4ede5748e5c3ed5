"""JSON schemas of what stations and the server say to each other: of the records of `ledger.wire`, made from their type
hints as `domain.codec` reads them, and of the page of the feed, which is written by hand there."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, datetime
from enum import Enum
from typing import Any

from domain.errors import Code
from domain.money import Money
from ledger.wire import (
    EnrolAsk,
    Enrolled,
    Incarnation,
    LetterAsk,
    LetterReply,
    LookAsk,
    LookReply,
    PushBatch,
    PushReply,
    RequestAsk,
    RequestReply,
)

_RECORDS = (
    EnrolAsk,
    Enrolled,
    Incarnation,
    PushBatch,
    PushReply,
    RequestAsk,
    RequestReply,
    LetterAsk,
    LetterReply,
    LookAsk,
    LookReply,
)
Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": -(1 << 63), "maximum": (1 << 63) - 1}
_PLAIN: dict[Any, Schema] = {
    str: _TEXT,
    int: _WHOLE,
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Money: {"type": "array", "items": {"anyOf": [_WHOLE, _TEXT]}, "minItems": 2, "maxItems": 2},
}


def schemas() -> dict[str, Schema]:
    """By the names of the records."""
    found: dict[str, Schema] = {"FeedPage": _FEED, "Health": _HEALTH, "StationProblem": _STATION_PROBLEM}
    for record in _RECORDS:
        add(record, found)
    return found


def add(record: Any, found: dict[str, Schema]) -> Schema:
    """A record, and those in it, become components; returns how it is named there."""
    if record.__name__ not in found:
        found[record.__name__] = {}
        hints = typing.get_type_hints(record)
        fields = dataclasses.fields(record)
        found[record.__name__] = {
            "type": "object",
            "description": " ".join((record.__doc__ or "").split()),
            "properties": {field.name: _of(hints[field.name], found) for field in fields},
            "required": [field.name for field in fields if field.default is dataclasses.MISSING],
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{record.__name__}"}


def _of(hint: Any, found: dict[str, Schema]) -> Schema:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [each.value for each in hint]}
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _of(args[0], found)}
    if origin is tuple:
        kinds = [each for place, each in enumerate(args) if each not in args[:place]]
        parts = [_of(each, found) for each in kinds]
        one = parts[0] if len(parts) == 1 else {"anyOf": parts}
        return {"type": "array", "items": one, "minItems": len(args), "maxItems": len(args)}
    if origin in (types.UnionType, typing.Union):
        parts = [_of(each, found) for each in args if each is not types.NoneType]
        return {"anyOf": [*parts, {"type": "null"}]}
    return add(hint, found)


def _record(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


_VALUES: Schema = {"type": "array", "items": {"anyOf": [_TEXT, _WHOLE]}}
_ROWS = _record(
    "Rows of one table: the names of its columns, and the values of each row in that order.",
    columns={"type": "array", "items": _TEXT},
    rows={"type": "array", "items": _VALUES},
)
_FEED = _record(
    "Rows that changed after a cursor, and what left the asked buckets: table, key, seq. With the last page of a whole"
    " copy also `manifest`: of each table how many rows there are, a sum over them, and its columns.",
    epoch=_TEXT, after=_TEXT, next=_TEXT, complete={"type": "boolean"}, head=_WHOLE,
    tables={"type": "object", "additionalProperties": _ROWS},
    tombstones={"type": "array", "items": _VALUES}, stream=_TEXT, n=_WHOLE, op_id=_TEXT, time=_WHOLE,
)  # fmt: skip
_HEALTH = _record(
    "The server answers, speaks that protocol, and has that time (ms since 1970).",
    state={"const": "ok"}, protocol=_WHOLE, epoch=_TEXT, time=_WHOLE,
)  # fmt: skip
_FACTS: Schema = {
    "type": "array",
    "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
}
CODE: Schema = {"type": "string", "enum": [code.value for code in Code]}
_STATION_PROBLEM = _record(
    "A problem as stations read it: our code and its facts. Who names `application/problem+json` in `Accept` gets all"
    " members of a Problem.",
    code=CODE, facts=_FACTS,
)  # fmt: skip
PROBLEM = _record(
    "Problem details (RFC 9457). `detail` is in the language of `Accept-Language` (`en`, `ar`); each fact is also a"
    " member of its own.",
    type={"type": "string", "format": "uri"}, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code=CODE,
    facts=_FACTS,
)  # fmt: skip
