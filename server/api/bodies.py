"""Bodies that guests and administrators send: JSON of exactly the fields that are declared, and short."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    ValidationError,
    WithJsonSchema,
)

from domain import codec
from domain.errors import Code, Refused

MOST = 64 * 1024
_JSON = "application/json"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Said(BaseModel):
    """What a body says: nothing else, and each of its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Said_ = TypeVar("Said_", bound=Said)
Text = Annotated[str, AfterValidator(codec.kept_text)]
"""Text that every database can keep."""


def _day(written: object) -> object:
    """Numbers are days to the framework; they are none here."""
    if not isinstance(written, str) or not _DAY.fullmatch(written):
        raise ValueError("no day")
    return written


Day = Annotated[
    date, Strict(False), BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A day in a query or a body: `2026-11-26`."""


def reads(model: type[Said_]) -> Callable[[Request], Awaitable[Said_]]:
    """What reads a body of that kind. Refuses `body_type`, `body_too_large`, and `body_invalid` with `where`."""

    async def read(request: Request) -> Said_:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            raise Refused(Code.BODY_TYPE)
        try:
            return model.model_validate_json(await _raw(request))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(("body", *map(str, first["loc"])))
        raise Refused(Code.BODY_INVALID, where=where[:80])

    return read


async def _raw(request: Request) -> bytes:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST:
            raise Refused(Code.BODY_TOO_LARGE)
    return bytes(raw)
