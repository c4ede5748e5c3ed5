"""How the line to the venue server is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Line:
    """`since` is None while the server answers; `refused` a code when it will not talk to this station, `here` what is
    wrong with this computer when that is why nothing is sent or fetched: a code, or `FAULT`."""

    since: datetime | None
    refused: str = ""
    here: str = ""
