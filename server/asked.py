"""What decides a request: one function a kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from domain import codec
from domain.errors import Code, Refused
from ledger.wire import RequestAsk
from server.access import Station
from server.setup import SetUp

_BEYOND = 1 << 63  # no database has room for it


@dataclass(frozen=True, slots=True)
class Who:
    """Who wants something: a member of staff at a station, or a guest by themselves (`staff_id` is empty then, and the
    station the server)."""

    station: Station
    staff_id: str = ""

    @property
    def is_guest(self) -> bool:
        return not self.staff_id


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the station that asks."""

    station: Station
    ask: RequestAsk

    @property
    def who(self) -> Who:
        return Who(self.station, self.ask.staff_id)

    def field(self, name: str, kind: type, record: str) -> Any:
        """A field of the body; refuses `record_invalid` unless it is of exactly that type and can be kept."""
        try:
            value = json.loads(self.ask.body)[name]
            if kind is str:
                codec.kept_text(value)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused(Code.RECORD_INVALID, record=record) from None
        if type(value) is not kind or (type(value) is int and abs(value) >= _BEYOND):
            raise Refused(Code.RECORD_INVALID, record=record)
        return value

    def has(self, name: str) -> bool:
        """Whether the body says it; earlier versions may not."""
        return name in json.loads(self.ask.body)

    def text(self, name: str) -> str:
        """A text that earlier versions do not send; empty when there is none."""
        value = json.loads(self.ask.body).get(name)
        return value if type(value) is str else ""

    def listed(self, name: str, record: str) -> list[Any]:
        """A list that earlier versions do not send; empty when there is none. Refuses as `field`."""
        found: list[Any] = self.field(name, list, record) if self.has(name) else []
        return found

    def number(self, name: str) -> int:
        """A whole number that earlier versions do not send; 0 when there is none that can be."""
        value = json.loads(self.ask.body).get(name)
        return value if type(value) is int and 0 < value < _BEYOND else 0


# Returns facts of the grant. A refusal that is raised takes back what was written; one that is returned keeps it.
Handler = Callable[[Connection, Asked, SetUp], Mapping[str, object] | Refused | None]
