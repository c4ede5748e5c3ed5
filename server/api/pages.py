"""Lists in pages: a cursor is where the last page ended, and means something only to the list that gave it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Query
from pydantic import BaseModel

from domain import codec
from domain.errors import Code, Refused
from server.api.bodies import Text

MOST, USUAL = 100, 50
T = TypeVar("T", bound=BaseModel)
_BEYOND = 1 << 63


class Page(BaseModel, Generic[T]):
    """`next` is the `cursor` of the page after this one; empty after the last."""

    items: list[T]
    next: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The page that is asked for."""

    limit: int
    cursor: str

    def after(self, *kinds: type) -> Any:
        """What the cursor holds, None for the first page. Refuses `body_invalid` for another list's, or none."""
        if not self.cursor:
            return None
        try:
            found = json.loads(base64.b64decode(self.cursor, b"-_", validate=True))
            is_ours = type(found) is list and [type(part) for part in found] == list(kinds)
            if not is_ours or any(type(part) is int and abs(part) >= _BEYOND for part in found):
                raise ValueError("another list's")
            for part in found:
                codec.kept_text(str(part))
        except (ValueError, RecursionError):
            raise Refused(Code.BODY_INVALID, where="cursor") from None
        return found

    def page(self, rows: Sequence[Any], *names: str) -> tuple[Sequence[Any], str]:
        """Rows of which one more than wanted was asked for, as this page and the cursor of the next; `names` of their
        columns are the cursor."""
        if len(rows) <= self.limit:
            return rows, ""
        last = rows[self.limit - 1]
        return rows[: self.limit], cursor(*(getattr(last, name) for name in names))


def cursor(*parts: str | int) -> str:
    return base64.b64encode(json.dumps(parts).encode(), b"-_").decode()


async def _wanted(  # async, or FastAPI sends it through a thread
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL, cursor: Annotated[Text, Query(max_length=400)] = ""
) -> Wanted:
    return Wanted(limit, cursor)


WantedOf = Annotated[Wanted, Depends(_wanted)]


def newest_first(table: sa.Table, at: sa.Column[int], key: sa.Column[str], wanted: Wanted) -> sa.Select[Any]:
    """The rows of a page, the newest first, and one more."""
    found = sa.select(table).order_by(at.desc(), key.desc()).limit(wanted.limit + 1)
    if (after := wanted.after(int, str)) is None:
        return found
    return found.where(sa.or_(at < after[0], sa.and_(at == after[0], key < after[1])))
