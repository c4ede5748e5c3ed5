"""What the readiness panel shows: what would work without the server, line by line, ready to be worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.shown_attention import Slot
from domain.catalogue import Words


class State(StrEnum):
    """How a thing would do without the server: `FINE`, `LOOK` (somebody should), `MISSING` (not without it)."""

    FINE = "fine"
    LOOK = "look"
    MISSING = "missing"


Fact = str | int | datetime | timedelta | Slot | Words | tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ReadinessLine:
    """One thing. `says` picks the words (also what to do, where there is something, unless `do` picks it); `facts` go
    into them by name."""

    about: str
    says: str
    state: State
    facts: tuple[tuple[str, Fact], ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """`head` is the one sentence, its state that of all; `lines` come worst first. `offline_since` is set during an
    outage: then everything says what works now."""

    head: ReadinessLine
    lines: tuple[ReadinessLine, ...]
    offline_since: datetime | None
