"""What was set aside and has no place in the inbox: another content under an id that is taken, or a copy that was not
what it claimed and gave way to the good one. Kept for the person who looks at its case."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.envelope import Envelope
from ledger import tables as t
from ledger.cases import taken_after_all
from ledger.clock import from_ms
from ledger.database import insert
from server import tables as own
from server.named import named_in

# The inbox marks so the hash of an envelope that is not the operation whose id it has.
_FOREIGN = b"foreign "
FOREIGN_WHY = ("hash", "station")


def keep_aside(connection: Connection, envelope: Envelope, now_ms: int) -> None:
    """An envelope as it came; the same content once."""
    row = {"op_id": envelope.op_id, "hash": envelope.digest().hex(), "envelope": codec.dumps(envelope)}
    connection.execute(insert(own.set_aside, connection).values(**row, at=now_ms).on_conflict_do_nothing())
    for _, values in named_in(envelope):
        connection.execute(insert(own.named, connection).values(**values).on_conflict_do_nothing())


def kept_envelope(connection: Connection, op_id: str) -> Envelope | None:
    """The envelope as the inbox keeps it; None when it is not there."""
    row = connection.execute(sa.select(own.inbox).where(own.inbox.c.op_id == op_id)).first()
    if row is None:
        return None
    m = row._mapping
    place = (m["op_id"], m["kind"], m["version"], m["station_id"], m["incarnation"])
    who = (m["staff_id"], m["shift_id"], from_ms(m["device_at"]), m["offset_ms"])
    return Envelope(*place, *who, m["public"], m["private"], m["private_digest"])


def give_way(connection: Connection, op_id: str, now_ms: int) -> None:
    """The inbox's place becomes free for the good copy, and the case of the bad one closes."""
    bad = kept_envelope(connection, op_id)
    if bad is not None:
        keep_aside(connection, bad, now_ms)
    connection.execute(sa.delete(own.inbox).where(own.inbox.c.op_id == op_id))
    connection.execute(sa.delete(t.result).where(t.result.c.result_id == op_id))
    taken_after_all(connection, op_id, now_ms)


def marked(digest: bytes, why: str) -> bytes:
    """The hash that the inbox keeps of what is set aside."""
    return _FOREIGN + digest if why in FOREIGN_WHY else digest


def unmarked(kept: bytes) -> tuple[bytes, bool]:
    """The hash of the content, and whether it was not what it claimed."""
    return kept.removeprefix(_FOREIGN), kept.startswith(_FOREIGN)
