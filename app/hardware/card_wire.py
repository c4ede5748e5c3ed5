"""Messages between the card driver and the simulated terminal: one JSON object a line, UTF-8.

What comes in is untrusted: `decode_*` raises ValueError for anything that is not exactly a message.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

LONGEST_LINE = 65_536


class Do(StrEnum):
    INFO = "info"
    PING = "ping"
    PURCHASE = "purchase"
    REVERSE = "reverse"
    REFUND = "refund"
    QUERY = "query"
    CANCEL = "cancel"
    TOTALS = "totals"
    SETTLE = "settle"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Request:
    """`minor` units of `currency`; `original` is the attempt that a reversal or refund takes back."""

    do: str
    attempt: str = ""
    original: str = ""
    minor: int = 0
    currency: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What the next purchases and reversals shall do, and whose card is tapped from now on (empty: as
    before)."""

    outcomes: tuple[str, ...] = ()
    scheme: str = ""
    wallet: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    scheme: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The terminal's answer to `to`; with `progress` set it is a message on the way. Names as in `ports`."""

    to: str
    attempt: str = ""
    progress: str = ""
    kind: str = ""
    reason: str = ""
    state: str = ""
    minor: int = 0
    currency: str = ""
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""
    rrn: str = ""
    terminal_id: str = ""
    merchant_id: str = ""
    batch: str = ""
    aid: str = ""
    entry_mode: str = ""
    response_code: str = ""
    text_en: str = ""
    text_ar: str = ""
    at: str = ""
    totals: tuple[Total, ...] = ()


Message = TypeVar("Message", Request, Answer, Total)


def encode(message: Request | Answer) -> bytes:
    """One line with its end."""
    return json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def encode_script(script: Script) -> bytes:
    facts = {"control": Do.SCRIPT.value, **asdict(script)}
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"


def decode_answer(line: bytes) -> Answer:
    tree = _object(line)
    rows = tree.pop("totals", [])
    if not isinstance(rows, list):
        raise ValueError("totals is no list")
    plain = _read(Answer, tree)
    totals = tuple(_read(Total, _checked(row)) for row in rows)
    return Answer(**{**{f.name: getattr(plain, f.name) for f in fields(plain)}, "totals": totals})


def decode_request(line: bytes) -> Request | Script:
    """A request, or a control line `{"control": "script", "outcomes": [...], "scheme": ...}`."""
    tree = _object(line)
    if "control" not in tree:
        return _read(Request, tree)
    if tree.pop("control") != Do.SCRIPT.value:
        raise ValueError("unknown control")
    outcomes = tree.pop("outcomes", [])
    if not isinstance(outcomes, list) or not all(isinstance(name, str) for name in outcomes):
        raise ValueError("outcomes is no list of names")
    texts = {name: value for name, value in tree.items() if isinstance(value, str)}
    if texts.keys() != tree.keys() or not texts.keys() <= {"scheme", "wallet", "last4"}:
        raise ValueError("unknown script field")
    return Script(tuple(outcomes), **texts)


def _object(line: bytes) -> dict[str, Any]:
    try:
        tree = json.loads(line)
    except ValueError as error:
        raise ValueError(f"no JSON line: {error}") from error
    return _checked(tree)


def _checked(tree: object) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise ValueError("no JSON object")
    return tree


def _read(kind: type[Message], tree: dict[str, Any]) -> Message:
    """A message whose every field has the type that its dataclass names."""
    known = {f.name: f.type for f in fields(kind)}
    for name, value in tree.items():
        wanted = {"str": str, "int": int}.get(str(known.get(name)))
        if wanted is None or type(value) is not wanted:
            raise ValueError(f"field {name!r} is unknown or of the wrong type")
    try:
        return kind(**tree)
    except TypeError as error:
        raise ValueError(str(error)) from error
