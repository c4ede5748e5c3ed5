"""What second persons let be: their PIN was right, at a station, for a right and about something."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.operation_house import OverrideGiven
from ledger import tables as t

_C = t.sign_in.c
_GIVEN = sa.select(_C.facts).where(_C.kind == OverrideGiven.__name__)
_AT_STATION = _GIVEN.add_columns(_C.at).where(
    _C.station_id == sa.bindparam("station"), _C.at.between(sa.bindparam("since"), sa.bindparam("upto"))
)
_NAMING = _GIVEN.where(_C.facts.contains(sa.bindparam("text")))
_NAMING_AT = _NAMING.where(_C.station_id == sa.bindparam("station"))
_IN_DOUBT = sa.exists().where(
    t.case_item.c.subject == sa.literal("operation:").concat(_C.op_id), t.case_item.c.kind == "not_permitted"
)
_NAMING_SINCE = _NAMING.where(_C.at >= sa.bindparam("since"), ~_IN_DOUBT)


def given_at(
    connection: Connection, station_id: str, since: int, upto: int
) -> Iterator[tuple[int, OverrideGiven]]:
    """At a station between two moments (ms since 1970), each with when."""
    wanted = {"station": station_id, "since": since, "upto": upto}
    for row in connection.execute(_AT_STATION, wanted):
        yield row.at, codec.loads(OverrideGiven, row.facts)


def given_as(connection: Connection, override_id: str, station_id: str) -> OverrideGiven | None:
    """What was let under this id at a station; None while the record of it is not here."""
    found = _read(connection, _NAMING_AT, text=override_id, station=station_id)
    return next((each for each in found if each.override_id == override_id), None)


def given_about(connection: Connection, subject: str, since: int) -> Iterator[OverrideGiven]:
    """About exactly that, since a moment (ms since 1970), by somebody who might as it came in."""
    found = _read(connection, _NAMING_SINCE, text=subject, since=since)
    yield from (each for each in found if each.subject == subject)


def _read(connection: Connection, wanted: sa.Select[str], **values: str | int) -> Iterator[OverrideGiven]:
    for written in connection.execute(wanted, values).scalars():
        yield codec.loads(OverrideGiven, written)
