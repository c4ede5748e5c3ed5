"""What is judged by each operation alone, as it is taken or read again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from ledger.cases import Judged
from server.lease_claims import judge_claims
from server.no_till import judge_tills
from server.walk_ins import judge_walk_ins


def judge_alone(
    connection: Connection, station_id: str, given: Sequence[tuple[Envelope, op.Operation]], now_ms: int
) -> tuple[Judged, ...]:
    """The cases of what a station says that it took, that it sold to whom comes by himself, and that it sells at all;
    the rows are in. Subjects are operations."""
    return (
        judge_claims(connection, station_id, given, now_ms),
        judge_walk_ins(connection, given, now_ms),
        judge_tills(connection, given, now_ms),
    )
