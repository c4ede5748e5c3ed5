"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with a subject. `facts` are what the sentence needs."""

    kind: str
    facts: tuple[tuple[str, str], ...]
