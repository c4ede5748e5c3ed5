"""Frozen records to canonical JSON and back, by their type hints; strict on the way in.

Money is `[minor, currency]`, a datetime an ISO text in UTC, an enum its value, a tuple a list. Used for operations,
stored documents, print jobs and parked carts, so that one text has one meaning on both sides and in every version.

How a type is written and read is worked out once and kept: walking type hints for each value took ten times as long.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money

T = TypeVar("T")
_WHOLE = 1 << 63
_FIRST_YEAR, _LAST_YEAR = 1971, 9000
_Encoder = Callable[[Any], object]
_Decoder = Callable[[Any], Any]
_to_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def dumps(value: object) -> str:
    """Canonical JSON text: sorted keys, no spaces, real letters."""
    return _to_text(encode(value))


def loads(kind: type[T], text: str) -> T:
    """The record of type `kind` in `text`; refuses `operation_invalid` for anything else."""
    try:
        return typing.cast(T, _decoder(kind)(json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refused(Code.OPERATION_INVALID, kind=kind.__name__, why=str(error)[:120]) from error


def encode(value: object) -> object:
    """The value as JSON knows it. Raises TypeError for what has no wire form."""
    return _encoder(type(value))(value)


# writing ---------------------------------------------------------------------------------------------------------


def _make_encoder(kind: Any) -> _Encoder:
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, types.NoneType | bool | int | str):
        return lambda value: value
    if issubclass(kind, Money):
        return lambda value: [value.minor, value.currency]
    if issubclass(kind, datetime):
        return _moment_text
    if issubclass(kind, date):
        return lambda value: value.isoformat()
    if issubclass(kind, tuple):
        return lambda value: [_encoder(type(part))(part) for part in value]
    if dataclasses.is_dataclass(kind):
        return _record_encoder(tuple(field.name for field in dataclasses.fields(kind)))
    raise TypeError(f"no wire form for {kind.__name__}")


_encoder: Callable[[Any], _Encoder] = cache(_make_encoder)


def _record_encoder(names: tuple[str, ...]) -> _Encoder:
    def record(value: Any) -> object:
        parts: dict[str, object] = {}
        for name in names:
            part = getattr(value, name)
            parts[name] = part if type(part) is str else _encoder(type(part))(part)
        return parts

    return record


def _moment_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# reading ---------------------------------------------------------------------------------------------------------


def _make_decoder(kind: Any) -> _Decoder:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _union_decoder(typing.get_args(kind))
    if origin is tuple:
        return _tuple_decoder(typing.get_args(kind))
    if kind in _PLAIN:
        return _PLAIN[kind]
    if issubclass(kind, Enum):
        return lambda raw: kind(raw)
    return _words() if kind is Words else _record_decoder(kind)


_decoder: Callable[[Any], _Decoder] = cache(_make_decoder)


def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _expect(kind: type, raw: Any) -> Any:
    if type(raw) is not kind:
        raise ValueError(f"{kind.__name__} expected, got {type(raw).__name__}")
    return raw


def kept_text(raw: Any) -> str:
    """Any text that a database can keep: no NUL, no half of a surrogate pair. Raises ValueError for anything else."""
    if type(raw) is not str or "\x00" in raw:
        raise ValueError("no text that can be kept")
    if not raw.isascii():
        raw.encode()  # raises UnicodeEncodeError, a ValueError
    return raw


def _whole(raw: Any) -> int:
    """A whole number of at most 64 bits."""
    if type(raw) is not int or not -_WHOLE <= raw < _WHOLE:
        raise ValueError("no whole number of 64 bits")
    return raw


def _money(raw: Any) -> Money:
    minor, currency = raw
    return Money(_whole(minor), _expect(str, currency))


def _moment(raw: Any) -> datetime:
    moment = datetime.fromisoformat(_expect(str, raw))
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("no time of ours: without its zone, or of another age")
    return moment


_PLAIN: dict[Any, _Decoder] = {
    str: kept_text,
    int: _whole,
    bool: lambda raw: _expect(bool, raw),
    Money: _money,
    datetime: _moment,
    date: lambda raw: date.fromisoformat(_expect(str, raw)),
}


def _words() -> _Decoder:
    """A phrase in both languages; a plain text is the same in both: gates had one name once, and journals keep it."""
    both = _record_decoder(Words)
    return lambda raw: Words(kept_text(raw), raw) if type(raw) is str else both(raw)


def _union_decoder(args: tuple[Any, ...]) -> _Decoder:
    """Records are told apart by their fields; None stands for itself."""
    options = [option for option in args if option is not types.NoneType]
    names = [
        {name for name, _ in _fields(option)} if dataclasses.is_dataclass(option) else None
        for option in options
    ]

    def union(raw: Any) -> Any:
        if raw is None:
            return None
        for option, fields in zip(options, names, strict=True):
            if not isinstance(raw, dict) or set(raw) == fields:
                return _decoder(option)(raw)
        raise ValueError("none of the variants fits")

    return union


def _tuple_decoder(args: tuple[Any, ...]) -> _Decoder:
    if len(args) == 2 and args[1] is Ellipsis:
        each = args[0]
        return lambda raw: tuple(map(_decoder(each), _expect(list, raw)))

    def parts(raw: Any) -> Any:
        return tuple(_decoder(arg)(part) for arg, part in zip(args, _expect(list, raw), strict=True))

    return parts


def _record_decoder(kind: Any) -> _Decoder:
    known = dict(_fields(kind))
    decoders = {name: _decoder(hint) for name, hint in known.items()}

    def record(raw: Any) -> Any:
        if unknown := _expect(dict, raw).keys() - decoders.keys():
            raise ValueError(f"unknown fields {sorted(unknown)}")
        return kind(**{name: decoders[name](part) for name, part in raw.items()})

    return record
