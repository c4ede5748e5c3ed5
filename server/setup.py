"""Set-up rows: saved by the server only, each change journalled under its own origin with old and new value."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from domain import codec, free_text
from domain import operation as op
from domain.catalogue import Product, Session, StaffMember
from domain.envelope import Envelope
from domain.private import digest_of, sealed
from ledger import feed, tombstones
from ledger import tables as t
from ledger.clock import Clock, Ids, to_ms
from ledger.database import insert
from ledger.puts import day_bucket
from ledger.rows import add_rows
from ledger.wire import Answer
from server import prices
from server.inbox import inbox_row, keep
from server.named import named_in
from server.operations import SERVER

STAFF_BUCKET, SETUP_BUCKET, KEYS_BUCKET = "staff", "global", "keys"


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """`verifier` is empty to keep the PIN that is there."""

    member: StaffMember
    verifier: str
    active: bool = True


class SetUp:
    """Changes to the set-up within one transaction; `publish` ends it."""

    def __init__(
        self, connection: Connection, clock: Clock, ids: Ids, staff_id: str = SERVER, pepper: str = ""
    ) -> None:
        self.connection = connection
        self.pepper = pepper
        self.ids = ids
        self.now: datetime = clock.now()
        self.now_ms = to_ms(self.now)
        self._staff_id = staff_id
        self._touched: set[str] = set()
        self.changed = 0

    def record(self, kind: str, record_id: str, body: object) -> None:
        """Saves a record of domain.catalogue if it differs from what is there."""
        new = codec.dumps(body)
        key = sa.and_(t.record.c.kind == kind, t.record.c.record_id == record_id)
        row = self.connection.execute(sa.select(t.record).where(key)).first()
        if row is not None and row.body == new:
            return
        revision = row.revision + 1 if row else 1
        values = {"kind": kind, "record_id": record_id, "revision": revision, "body": new}
        self._put(t.record, ["kind", "record_id"], values, SETUP_BUCKET)
        if isinstance(body, Product):
            prices.note(self.connection, body, revision, self.now_ms)
        self._journal(op.RecordSaved(kind, record_id, revision, row.body if row else "", new))

    def session(self, session: Session) -> None:
        key = t.session.c.number == session.number
        row = self.connection.execute(sa.select(t.session).where(key)).first()
        values: dict[str, str | int] = {"number": session.number, "activity_id": session.activity_id}
        values |= {"day": session.day.isoformat(), "starts_at": to_ms(session.starts_at)}
        values |= {"ends_at": to_ms(session.ends_at), "capacity": session.capacity}
        old = {name: row._mapping[name] for name in values} if row else {}
        if old == values:
            return
        self._put(t.session, ["number"], values, day_bucket(session.day))
        self._journal(op.RecordSaved("session", str(session.number), 1, _pairs(old), _pairs(values)))

    def staff(self, record: StaffRecord) -> None:
        member = record.member
        row = self.connection.execute(sa.select(t.staff).where(t.staff.c.staff_id == member.staff_id)).first()
        values: dict[str, str | int] = {"name": codec.dumps(member.name), "role": member.role}
        values |= {"language": member.language, "active": int(record.active)}
        old = {name: row._mapping[name] for name in values} if row else {}
        if old == values and not record.verifier:
            return
        verifier = record.verifier or (row.verifier if row else "")
        full = values | {
            "staff_id": member.staff_id,
            "revision": row.revision + 1 if row else 1,
            "verifier": verifier,
        }
        self._put(t.staff, ["staff_id"], full, STAFF_BUCKET)
        self._journal(
            op.RecordSaved("staff", member.staff_id, int(full["revision"]), _pairs(old), _pairs(values))
        )

    def key(self, key_id: int, public: str) -> None:
        """A public key that gates accept; never taken away by an import."""
        if (
            self.connection.execute(sa.select(t.ticket_key).where(t.ticket_key.c.key_id == key_id)).first()
            is None
        ):
            self._put(t.ticket_key, ["key_id"], {"key_id": key_id, "public": public}, KEYS_BUCKET)
            self._journal(op.RecordSaved("ticket_key", str(key_id), 1, "", public))

    def note(self, operation: op.Operation, private: str = "") -> str:
        """Journals what the server did besides the set-up, with its private part; returns the operation's id."""
        return self._journal(operation, private)

    def touch(self, *tables: Table) -> None:
        """Rows of these tables were put in beside the set-up."""
        self._touched.update(table.name for table in tables)

    @property
    def touched(self) -> frozenset[str]:
        return frozenset(self._touched)

    def _put(self, table: Table, keys: list[str], values: dict[str, str | int], bucket: str) -> None:
        at = sa.and_(*(table.c[name] == values[name] for name in keys))
        held = self.connection.execute(sa.select(table.c.bucket).where(at).with_for_update()).scalar()
        if held not in (None, bucket):
            self._touched.add(tombstones.leave(self.connection, table, values, str(held)))
        statement = insert(table, self.connection).values(**values, bucket=bucket, seq=0)
        changed = {name: value for name, value in values.items() if name not in keys} | {
            "bucket": bucket,
            "seq": 0,
        }
        self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
        self._touched.add(table.name)
        self.changed += 1

    def _journal(self, operation: op.Operation, private: str = "") -> str:
        op_id = self.ids.new()
        bare, written = free_text.parted(operation)
        public = codec.dumps(bare)
        private = private or sealed(secrets.token_hex(16), written)[0]
        envelope = Envelope(
            op_id, type(operation).__name__, op.VERSION, SERVER, 1, self._staff_id, "", self.now, 0, public,
            private, digest_of(private) if private else "",
        )  # fmt: skip
        place = (f"{SERVER}-{secrets.token_hex(8)}", 0)
        answer, now = Answer(op_id, "applied"), to_ms(self.now)
        keep(self.connection, inbox_row(envelope, envelope.digest(), place, answer, now))
        add_rows(self.connection, named_in(envelope))
        return op_id

    def publish(self) -> None:
        if self._touched:
            feed.publish(self.connection, self._touched)


def _pairs(values: dict[str, str | int]) -> str:
    return codec.dumps(tuple((name, str(value)) for name, value in sorted(values.items()))) if values else ""
