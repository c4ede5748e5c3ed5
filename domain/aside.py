"""What a person is told of a record that was set aside: its document and amount as far as they can be made out, and
why, in kinds that have words. What the server says stays on the case word for word:
`why_unsound` and the reading of envelopes give it, and cases of years ago keep it."""

from __future__ import annotations

import json
from enum import StrEnum

MISMATCH = "mismatch"  # another content under a known id
LONGEST_NUMBER = 64
_MOST_MINOR = 10**15


class Aside(StrEnum):
    """Every kind of reason; each has a text in both languages (a test proves it)."""

    NEWER = "newer"
    CHANGED = "changed"
    OTHER_STATION = "other_station"
    SERVER_ONLY = "server_only"
    TAKEN = "taken"
    NOT_KEPT = "not_kept"
    SUMS = "sums"
    AMOUNT = "amount"
    COUNT = "count"
    TWICE = "twice"
    MISSING = "missing"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    SESSION = "session"
    APPROVER = "approver"
    CASH_OF_CARD = "cash_of_card"
    UNREAD = "unread"


_SAID: dict[Aside, tuple[str, ...]] = {
    Aside.CHANGED: ("hash",),
    Aside.OTHER_STATION: ("station",),
    Aside.SERVER_ONLY: ("server-only kind",),
    Aside.TAKEN: (MISMATCH,),
    Aside.NOT_KEPT: ("database",),
    Aside.SUMS: ("sum", "difference", "net and VAT", "parts"),
    Aside.AMOUNT: ("amount", "negative", "line amount", "part amount", "tendered"),
    Aside.COUNT: ("pieces", "quantity", "places", "copy", "used", "tries"),
    Aside.TWICE: ("ticket twice", "payment twice"),
    Aside.MISSING: ("no line", "no attempt", "no shift", "no text", "no guest", "no reason", "card facts"),
    Aside.NUMBER: ("number",),
    Aside.CHOICE: ("move", "method", "what", "direction", "outcome", "keyed"),
    Aside.SESSION: ("session",),
    Aside.APPROVER: ("approver",),
    Aside.CASH_OF_CARD: ("cash of a card",),
}
_KINDS = {said: kind for kind, all_said in _SAID.items() for said in all_said}


def kind_of(said: str) -> Aside:
    """What the server said, as one of the kinds; `UNREAD` for whatever is none of our own words."""
    if said.startswith("version "):
        return Aside.NEWER
    if said.endswith((" too long", " too many")):
        return Aside.LONG
    if said.endswith(" too large"):
        return _KINDS.get(said.removesuffix(" too large"), Aside.AMOUNT)
    return _KINDS.get(said, Aside.UNREAD)


def told_in(public: str) -> tuple[tuple[str, str], ...]:
    """The document's `number` and the amount (`minor` units) in what was recorded, where it has them; nothing is taken
    for granted, for nobody could read it."""
    try:
        said = json.loads(public)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(said, dict):
        return ()
    receipt = said.get("receipt")
    money = receipt.get("gross") if isinstance(receipt, dict) else said.get("amount")
    return (*_number(said.get("number")), *_minor(money))


def _number(said: object) -> tuple[tuple[str, str], ...]:
    is_number = isinstance(said, str) and said.isprintable() and 0 < len(said) <= LONGEST_NUMBER
    return (("number", str(said)),) if is_number else ()


def _minor(said: object) -> tuple[tuple[str, str], ...]:
    """Of money as it is written, `[minor, currency]`; none is not told."""
    minor = said[0] if isinstance(said, list) and len(said) == 2 else 0
    is_amount = type(minor) is int and 0 < abs(minor) < _MOST_MINOR
    return (("minor", str(minor)),) if is_amount else ()
