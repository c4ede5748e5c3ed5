"""Words to a station, or to whoever has a permission: a row that stations have until what it is about is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from ledger import tables as t
from ledger import tombstones
from ledger.puts import MESSAGES, station_bucket
from ledger.rows import add_rows


@dataclass(frozen=True, slots=True)
class Alert:
    """`alert_id` names what it is about, so that the same is not said twice. It is for the people who have
    `permission`, or for the station; facts tell nothing that is private."""

    alert_id: str
    kind: str
    permission: str = ""
    station_id: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def begin(connection: Connection, alert: Alert, now_ms: int) -> set[str]:
    """Says it, unless it is said already. Returns the names of the tables that were touched, for `feed.publish`."""
    values: dict[str, str | int] = {"alert_id": alert.alert_id, "kind": alert.kind, "at": now_ms}
    values |= {"permission": alert.permission, "station_id": alert.station_id}
    values["facts"] = codec.dumps(tuple((name, str(fact)) for name, fact in sorted(alert.facts.items())))
    bucket = station_bucket(alert.station_id) if alert.station_id else MESSAGES
    return add_rows(connection, [(t.alert, values | {"bucket": bucket, "seq": 0})])


def end(connection: Connection, alert_id: str) -> set[str]:
    """What it was about is over. Returns the names of the tables that were touched: none if there is no such alert."""
    gone = sa.delete(t.alert).where(t.alert.c.alert_id == alert_id).returning(t.alert.c.bucket)
    bucket = connection.execute(gone).scalar()
    return {tombstones.leave(connection, t.alert, {"alert_id": alert_id}, bucket)} if bucket else set()


def end_before(connection: Connection, moment_ms: int, most: int) -> set[str]:
    """Nobody need read what was said so long ago; at most so many at once. Returns as `end`."""
    old = sa.select(t.alert.c.alert_id).where(t.alert.c.at < moment_ms).limit(most)
    gone = (end(connection, alert_id) for alert_id in connection.execute(old).scalars().all())
    return set[str]().union(*gone)
