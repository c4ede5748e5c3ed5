"""Leases that stations say they took: what this server never granted, or granted otherwise, becomes a case. It is taken
as told all the same.

An older copy of the database has forgotten what was granted after it was made, and learns of it from the holders. So
nothing is said of a lease of an earlier epoch, nor while its station is awaited after a restore.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from ledger import feed
from ledger import tables as t
from ledger.case_checks import Finding
from ledger.cases import ITSELF, Judged
from server import tables as own

KIND = "lease_unknown"
_LEASES = sa.select(t.lease).where(t.lease.c.lease_id.in_(sa.bindparam("ids", expanding=True)))
_AWAITED = sa.and_(own.recovery.c.station_id == sa.bindparam("station"), own.recovery.c.waived == 0)
_EPOCH = sa.select(feed.head.c.epoch, own.recovery.c.station_id.label("awaited")).join_from(
    feed.head, own.recovery, _AWAITED, isouter=True
)


def judge_claims(
    connection: Connection, station_id: str, given: Iterable[tuple[Envelope, op.Operation]], now_ms: int
) -> Judged:
    """The cases of what a station says it took; its rows are in. Subjects are operations."""
    claims = {one.op_id: said for one, said in given if isinstance(said, op.LeaseTaken)}
    judged = Judged()
    if not claims:
        return judged
    found = connection.execute(_LEASES, {"ids": sorted({claim.lease_id for claim in claims.values()})})
    rows = {row.lease_id: row for row in found}
    here = connection.execute(_EPOCH, {"station": station_id}).one()
    for op_id, claim in claims.items():
        row = rows[claim.lease_id]
        is_new = row.op_id == op_id
        if is_new and (here.awaited is not None or feed.was(connection, claim.epoch)):
            continue
        if is_new or not _agrees(row, claim, station_id):
            facts = _facts(claim, station_id, "" if is_new else str(row.places))
            judged.of_operation(connection, op_id, Finding(KIND, facts), now_ms)
    return judged


def _agrees(row: Any, claim: op.LeaseTaken, station_id: str) -> bool:
    return (row.station_id, row.session, row.places) == (station_id, claim.session, claim.places)


def _facts(claim: op.LeaseTaken, station_id: str, granted: str) -> tuple[tuple[str, str], ...]:
    """`granted`: how many places the server gave under this lease, empty when it knows nothing of it."""
    what = ("session", str(claim.session)), ("station", station_id), ("places", str(claim.places))
    return *what, ("granted", granted)


def let_go(connection: Connection, now_ms: int) -> None:
    """An older copy was put back: what it does not know it may have forgotten, so that the open cases of leases that
    it knows nothing of close by themselves. The caller publishes."""
    closed = {"closed_at": now_ms, "closed_by": ITSELF, "seq": 0}
    unknown = t.case_item.c.facts.endswith('["granted",""]]')
    mine = t.case_item.c.kind == KIND, t.case_item.c.closed_at == 0, unknown
    connection.execute(sa.update(t.case_item).where(*mine).values(closed))
