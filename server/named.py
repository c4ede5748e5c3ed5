"""What operations with a private part are about: by that they are found when it is to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.envelope import Envelope
from domain.free_text import names, parted
from domain.sound import LONGEST_ID
from ledger.read_guests import are_forgotten
from server import tables as own

Operation = TypeVar("Operation", bound=op.Operation)


def named_in(envelope: Envelope) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    """Its rows; none of an operation without a private part."""
    if not envelope.private:
        return
    of_it = {"op_id": envelope.op_id, "hash": envelope.digest().hex()}
    for name in sorted(names(envelope.public)):
        if 0 < len(name) <= LONGEST_ID:
            yield own.named, of_it | {"about": name}


def kept(connection: Connection, operation: Operation) -> Operation:
    """The operation as it may be kept: without what was written in it, if it is about what a guest booked who was
    erased."""
    bare, written = parted(operation)
    gone = written and are_forgotten(connection, names(codec.dumps(bare)))
    return bare if gone else operation  # type: ignore[return-value] # of the same kind
