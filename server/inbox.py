"""What the server keeps of an operation: its place in the inbox, and the rows that it puts in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from ledger.clock import from_ms, to_ms, told_at
from ledger.effects import effects
from ledger.wire import Answer
from server import tables as own

Row = dict[str, Any]
_KEEP = sa.insert(own.inbox)


def rows_of(envelope: Envelope, operation: op.Operation, now_ms: int) -> Iterator[tuple[sa.Table, Row]]:
    """The rows that an operation puts in. A time that cannot be gives way to that of receipt: it would stand before or
    after everything for ever."""
    at = from_ms(told_at(envelope, now_ms))
    for put in effects(replace(envelope, device_at=at), operation):
        yield put.table, put.values | {"op_id": envelope.op_id, "bucket": put.bucket, "seq": 0}


def keep(connection: Connection, row: Row) -> None:
    """An inbox row, for good."""
    connection.execute(_KEEP, row)


def inbox_row(envelope: Envelope, digest: bytes, place: tuple[str, int], answer: Answer, now_ms: int) -> Row:
    """What the inbox keeps of an operation; `place` is its stream and number there."""
    return {
        "op_id": envelope.op_id,
        "station_id": envelope.station_id[:64],
        "incarnation": envelope.incarnation,
        "stream": place[0],
        "n": place[1],
        "kind": envelope.kind[:40],
        "version": envelope.version,
        "staff_id": envelope.staff_id[:64],
        "shift_id": envelope.shift_id[:64],
        "device_at": to_ms(envelope.device_at),
        "offset_ms": envelope.offset_ms,
        "received_at": now_ms,
        "public": envelope.public,
        "private": envelope.private,
        "private_digest": envelope.private_digest[:64],
        "hash": digest,
        "answer": answer.answer,
        "cases": " ".join(answer.cases),
    }
