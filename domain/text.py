"""What people type as reasons and notes: kept as they meant it, within bounds."""

from __future__ import annotations

MOST = 500


def tidy(text: str) -> str:
    """Printable text of at most 500 characters, in one line, without blanks at its ends."""
    whole = text.encode("utf-8", "replace").decode()
    line = " ".join(whole.split())
    return "".join(letter for letter in line if letter.isprintable())[:MOST]
