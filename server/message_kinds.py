"""What the venue tells guests: the kinds of messages, the facts that each needs, and a sample of each for trying out.

Words are in `resources/messages`; who tells what and when is no business of this list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, assert_never

from domain.catalogue import Words
from domain.money import Money
from ledger.clock import from_ms, to_ms

Value = str | int | Money | date | datetime | Words


class Channel(StrEnum):
    MAIL = "mail"
    SMS = "sms"


class FactType(StrEnum):
    """How a fact is kept and written. An SMS may cut a `name`, never a `code` or `times`; a `note` or `clock` may be
    empty."""

    NAME = "name"
    NOTE = "note"
    CODE = "code"
    COUNT = "count"
    MONEY = "money"
    DAY = "day"
    CLOCK = "clock"
    MOMENT = "moment"
    WORDS = "words"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Kind:
    """`facts`: what its words are made of; `sample`: one set of them. A `secret` one is blanked once it was sent; one
    that `stands` says how a booking is now, whatever was said of it before."""

    facts: Mapping[str, FactType]
    sample: Mapping[str, Value]
    secret: bool = False
    stands: bool = False


_TYPES: dict[str, FactType] = {
    "guest": FactType.NAME,
    "number": FactType.CODE,
    "day": FactType.DAY,
    "starts": FactType.CLOCK,
    "what": FactType.WORDS,
    "times": FactType.TIMES,
    "tickets": FactType.COUNT,
    "total": FactType.MONEY,
    "amount": FactType.MONEY,
    "until": FactType.MOMENT,
    "reason": FactType.NOTE,
    "code": FactType.CODE,
    "minutes": FactType.COUNT,
}
_SAMPLES: dict[str, Value] = {
    "guest": "سارة القحطاني",
    "number": "GH-7K2MPQ",
    "day": date(2026, 11, 26),
    "starts": "10:00",
    "what": Words(
        "2 × Day pass – adult, 10:00–12:00; 2 × Day pass – child, 10:00–12:00",
        "2 × تذكرة يوم – بالغ، 10:00–12:00؛ 2 × تذكرة يوم – طفل، 10:00–12:00",
    ),
    "times": Words(
        "Thu 26 Nov 16:00; Fri 27 Nov 10:00; Sat 28 Nov 10:00",
        "الخميس 26 نوفمبر 16:00؛ الجمعة 27 نوفمبر 10:00؛ السبت 28 نوفمبر 10:00",
    ),
    "tickets": 4,
    "total": Money(46000, "SAR"),
    "amount": Money(23000, "SAR"),
    "until": datetime(2026, 11, 25, 15, 0, tzinfo=UTC),
    "reason": "",
    "code": "493027",
    "minutes": 5,
}


def _kind(facts: str, *, secret: bool = False, stands: bool = False) -> Kind:
    names = facts.split()
    types, sample = {name: _TYPES[name] for name in names}, {name: _SAMPLES[name] for name in names}
    return Kind(types, sample, secret, stands)


KINDS: dict[str, Kind] = {
    "code": _kind("code minutes", secret=True),
    "booking_received": _kind("guest number day starts what total until", stands=True),
    "under_review": _kind("guest number day starts what", stands=True),
    "approved": _kind("guest number day starts what total until", stands=True),
    "rejected": _kind("guest number day reason", stands=True),
    "suggested": _kind("guest number day reason times", stands=True),
    "confirmed": _kind("guest number day starts what tickets", stands=True),
    "changed": _kind("guest number day starts what tickets total until", stands=True),
    "moved": _kind("guest number day starts what tickets", stands=True),
    "reissued": _kind("guest number day starts what tickets", stands=True),
    "expired": _kind("guest number day", stands=True),
    "cancelled": _kind("guest number day reason", stands=True),
    "cancelled_kept": _kind("guest number day reason amount", stands=True),
    "payment_failed": _kind("guest number amount until"),
    "refund_done": _kind("guest number amount"),
    "reduced": _kind("guest number amount"),
    "refund_failed": _kind("guest number amount"),
    "refund_refused": _kind("guest number amount reason"),
    "approval_waiting": _kind("guest number day what total"),
}


def written(kind: str, facts: Mapping[str, Value]) -> str:
    """Facts as JSON. ValueError for a kind that there is not, and unless they are exactly its facts, each of its type:
    that is a mistake of who posts."""
    wanted = KINDS[kind].facts if kind in KINDS else {}
    if not wanted or wanted.keys() != facts.keys():
        raise ValueError(f"{kind} needs the facts {', '.join(wanted)}")
    return json.dumps(
        {name: _written(wanted[name], facts[name], name) for name in wanted}, ensure_ascii=False
    )


def read(kind: str, text: str) -> dict[str, Value]:
    """The facts that `written` wrote. ValueError for anything else."""
    given = json.loads(text)
    try:
        return {
            name: _read(kind_of, _given(given, name, kind_of)) for name, kind_of in KINDS[kind].facts.items()
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"no facts of {kind}") from error


_PYTHON: dict[FactType, type] = {
    FactType.COUNT: int,
    FactType.MONEY: Money,
    FactType.DAY: date,
    FactType.MOMENT: datetime,
    FactType.WORDS: Words,
    FactType.TIMES: Words,
}


def _written(kind: FactType, value: Value, name: str) -> Any:
    if type(value) is not _PYTHON.get(kind, str):
        raise ValueError(f"{name} is no {kind}")
    match value:
        case Money():
            return [value.minor, value.currency]
        case Words():
            return [value.en, value.ar]
        case datetime():
            return to_ms(value)
        case date():
            return value.isoformat()
        case str() | int():
            return value
        case _:
            assert_never(value)


def _given(given: Any, name: str, kind: FactType) -> Any:
    """A time of the day that an earlier version did not write is empty."""
    return given.get(name, "") if kind is FactType.CLOCK else given[name]


def _read(kind: FactType, kept: Any) -> Value:
    match kind:
        case FactType.MONEY:
            return Money(int(kept[0]), str(kept[1]))
        case FactType.WORDS | FactType.TIMES:
            return Words(str(kept[0]), str(kept[1]))
        case FactType.MOMENT:
            return from_ms(int(kept))
        case FactType.DAY:
            return date.fromisoformat(kept)
        case FactType.COUNT:
            return int(kept)
        case FactType.NAME | FactType.NOTE | FactType.CODE | FactType.CLOCK:
            return str(kept)
        case _:
            assert_never(kind)
