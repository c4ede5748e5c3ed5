"""Rows to be put in, and who builds them: with the envelope's who, where and when at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table

from domain.envelope import Envelope
from ledger.clock import to_ms

Values = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Put:
    """One row for `table`; `bucket` says which stations get it."""

    table: Table
    bucket: str
    values: Values


GUESTS = "guests"  # of every guest: stations that sell have it
UNDATED = "undated"  # of no day: every station has it
MESSAGES = "messages"  # how words to guests fare, and alerts


def day_bucket(day: date) -> str:
    return f"day:{day.isoformat()}"


def station_bucket(station_id: str) -> str:
    return f"station:{station_id}"


class RowsOf:
    """What the rows of one envelope have in common."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.at = to_ms(envelope.device_at)
        self.own = station_bucket(envelope.station_id)
        self.staff, self.station = envelope.staff_id, envelope.station_id

    def row(self, table: Table, where: str = "", /, **values: str | int) -> Put:
        """A row at the operation's time, in the station's own bucket unless another is named."""
        return Put(table, where or self.own, {"at": self.at, **values})
