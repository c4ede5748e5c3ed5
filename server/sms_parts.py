"""How many parts of an SMS a text takes: 160 letters of the GSM alphabet or 70 others in one, fewer in more."""

from __future__ import annotations

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = "\f^{}\\[~]|€"
MOST_PARTS = 2


def parts(text: str) -> int:
    """0 for no text. Letters beyond the first plane count twice outside the GSM alphabet, as do some within it."""
    if set(text) <= {*_BASIC, *_TWICE}:
        return _parts(len(text) + sum(letter in _TWICE for letter in text), 160, 153)
    return _parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(length: int, alone: int, joined: int) -> int:
    return int(length > 0) if length <= alone else -(-length // joined)
