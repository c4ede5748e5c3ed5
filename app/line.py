"""How the line to the venue server is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """`since` is None while the server answers; `refused` a code when it will not talk to this station."""

    since: datetime | None
    refused: str = ""
