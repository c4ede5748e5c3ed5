"""What people type as reasons and notes: kept as they meant it, within bounds, without card numbers."""

from __future__ import annotations

from domain.errors import Code, Refused
from domain.redact import redact

MOST = 500


def tidy(text: str) -> str:
    """Printable text of at most 500 characters, in one line; of a card number only the last four digits stay."""
    whole = text.encode("utf-8", "replace").decode()
    line = " ".join(whole.split())
    return redact("".join(letter for letter in line if letter.isprintable())[:MOST])


def reason_of(text: str) -> str:
    """The tidied text; refuses `reason_needed` when nothing is left of it."""
    said = tidy(text)
    if not said:
        raise Refused(Code.REASON_NEEDED)
    return said
