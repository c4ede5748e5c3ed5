"""Frozen records to canonical JSON and back, by their type hints; strict on the way in.

Money is `[minor, currency]`, a datetime an ISO text in UTC, an enum its value, a tuple a list. Used for operations,
stored documents, print jobs and parked carts, so that one text has one meaning on both sides and in every version.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from domain.errors import Code, Refused
from domain.money import Money

T = TypeVar("T")


def dumps(value: object) -> str:
    """Canonical JSON text: sorted keys, no spaces, real letters."""
    return json.dumps(encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(kind: type[T], text: str) -> T:
    """The record of type `kind` in `text`; refuses `operation_invalid` for anything else."""
    try:
        return typing.cast(T, _decode(kind, json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refused(Code.OPERATION_INVALID, kind=kind.__name__, why=str(error)[:120]) from error


def encode(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Money():
            return [value.minor, value.currency]
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case tuple():
            return [encode(part) for part in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name, _ in _fields(type(value))}
    raise TypeError(f"no wire form for {type(value).__name__}")


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _decode(kind: Any, raw: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(kind, raw)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind), raw)
    if kind in (int, str, bool):
        return _expect(kind, raw)
    if kind is Money:
        minor, currency = raw
        return Money(_expect(int, minor), _expect(str, currency))
    if kind is datetime:
        return _moment(raw)
    if kind is date:
        return date.fromisoformat(_expect(str, raw))
    if issubclass(kind, Enum):
        return kind(raw)
    return _decode_record(kind, raw)


def _expect(kind: type, raw: Any) -> Any:
    if type(raw) is not kind:
        raise ValueError(f"{kind.__name__} expected, got {type(raw).__name__}")
    return raw


def _moment(raw: Any) -> datetime:
    moment = datetime.fromisoformat(_expect(str, raw))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _decode_union(kind: Any, raw: Any) -> Any:
    if raw is None:
        return None
    for option in typing.get_args(kind):
        if option is types.NoneType:
            continue
        if not isinstance(raw, dict) or set(raw) == {name for name, _ in _fields(option)}:
            return _decode(option, raw)
    raise ValueError("none of the variants fits")


def _decode_tuple(args: tuple[Any, ...], raw: Any) -> Any:
    parts = _expect(list, raw)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_decode(args[0], part) for part in parts)
    return tuple(_decode(arg, part) for arg, part in zip(args, parts, strict=True))


def _decode_record(kind: Any, raw: Any) -> Any:
    known = dict(_fields(kind))
    if unknown := set(_expect(dict, raw)) - set(known):
        raise ValueError(f"unknown fields {sorted(unknown)}")
    return kind(**{name: _decode(known[name], part) for name, part in raw.items()})
