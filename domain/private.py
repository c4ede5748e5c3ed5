"""Personal data of an operation, kept apart from it: it can be erased, and the chain stays whole.

Only its digest is in what is hashed. The salt keeps anybody from trying names and numbers against the digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from domain import codec
from domain.errors import Refused

Pairs = tuple[tuple[str, str], ...]
LONGEST = 300_000  # a sale has 500 discounts at most, each with a note of 500 letters


@dataclass(frozen=True, slots=True)
class Private:
    """What was said about somebody: names of `domain.guest` fields and their values; an empty value takes one away."""

    salt: str
    said: Pairs


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a private part as it is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(salt: str, said: Pairs) -> tuple[str, str]:
    """A private part as it is kept, and its digest; both empty where nothing is said."""
    text = codec.dumps(Private(salt, said)) if said else ""
    return text, digest_of(text) if text else ""


def why_unsound(text: str, digest: str) -> str:
    """Empty if a private part can be kept: it is what its digest says, short, and can be read; or none, or erased."""
    if len(text) > LONGEST or (text and digest_of(text) != digest):
        return "private"
    try:
        if text:
            codec.loads(Private, text)
    except Refused:
        return "private"
    return ""


def read(text: str) -> Pairs:
    """What a private part says; nothing once it was erased, or where it cannot be read."""
    if not text:
        return ()
    try:
        return codec.loads(Private, text).said
    except Refused:
        return ()
