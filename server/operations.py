"""Taking in what stations pushed: known already? in order? then journal, apply, judge, answer; all in one
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from ledger import feed
from ledger import tables as t
from ledger.cases import case_id, judge, judge_permission, subjects
from ledger.clock import to_ms
from ledger.database import insert
from ledger.effects import effects, station_bucket
from ledger.wire import OLDEST_PROTOCOL, PROTOCOL, Answer, PushBatch, PushReply, Sent
from server import tables as own
from server.access import Station
from server.database import lock_subjects

SERVER = "SRV"


@dataclass(frozen=True, slots=True)
class _Position:
    n: int
    op_id: str


def push(connection: Connection, station: Station, batch: PushBatch, now_ms: int) -> PushReply:
    """Takes a batch of one stream; what was taken before answers the same again.

    Refuses `server_version` / `client_version` for a protocol that this server does not speak, `station_fenced`.
    """
    check_protocol(batch.protocol)
    here = feed.read_head(connection)
    if batch.epoch != here.epoch:
        return PushReply("epoch", here.epoch, batch.stream, 0, "")
    lock_subjects(connection, {f"stream:{batch.stream}"} | _subjects_of(batch.operations))
    at = _position(connection, station, batch.stream)
    taken = _Taken(connection, station, batch.stream, now_ms)
    state = "ok"
    for sent in batch.operations:
        state, at = taken.take(sent, at)
        if state != "ok":
            break
    taken.finish(at)
    return PushReply(state, here.epoch, batch.stream, at.n, at.op_id, tuple(taken.answers))


def check_protocol(protocol: int) -> None:
    if protocol > PROTOCOL:
        raise Refused(Code.SERVER_VERSION, server=PROTOCOL, station=protocol)
    if protocol < OLDEST_PROTOCOL:
        raise Refused(Code.CLIENT_VERSION, server=PROTOCOL, station=protocol)


def _subjects_of(operations: Sequence[Sent]) -> set[str]:
    found: set[str] = set()
    for sent in operations:
        try:
            found.update(subjects(sent.envelope.operation()))
        except Refused:
            continue
    return found


def _position(connection: Connection, station: Station, stream: str) -> _Position:
    row = connection.execute(sa.select(own.position).where(own.position.c.stream == stream)).first()
    if row is None:
        return _Position(0, "")
    if row.station_id != station.station_id:
        raise Refused(Code.STATION_FENCED)
    return _Position(row.n, row.op_id)


class _Taken:
    """The batch as it is taken: answers so far and the tables touched."""

    def __init__(self, connection: Connection, station: Station, stream: str, now_ms: int) -> None:
        self.connection = connection
        self.station = station
        self.stream = stream
        self.now_ms = now_ms
        self.answers: list[Answer] = []
        self.touched: set[str] = set()

    def take(self, sent: Sent, at: _Position) -> tuple[str, _Position]:
        if sent.n > at.n + 1:
            return "gap", at
        known = self._known(sent)
        if sent.n <= at.n:
            if known is None or known.op_id != sent.envelope.op_id:
                return "fork", at
            self.answers.append(known)
            return "ok", at
        self.answers.append(known or self._new(sent))
        return "ok", _Position(sent.n, sent.envelope.op_id)

    def _known(self, sent: Sent) -> Answer | None:
        row = self.connection.execute(
            sa.select(own.inbox).where(own.inbox.c.op_id == sent.envelope.op_id)
        ).first()
        if row is None:
            return None
        if row.hash != sent.envelope.digest():
            return self._mismatch(sent)
        return Answer(row.op_id, "duplicate", tuple(row.cases.split()))

    def _mismatch(self, sent: Sent) -> Answer:
        """The same id with another content: never applied, a person must look."""
        case = self._case("mismatch", sent)
        return Answer(sent.envelope.op_id, "quarantined", (case,))

    def _new(self, sent: Sent) -> Answer:
        with self.connection.begin_nested():
            try:
                operation = _readable(sent, self.station)
            except Refused as refused:
                answer = Answer(
                    sent.envelope.op_id, "quarantined", (self._case(str(refused.facts.get("why", "")), sent),)
                )
            else:
                cases = self._apply(sent.envelope, operation)
                answer = Answer(sent.envelope.op_id, "flagged" if cases else "applied", tuple(cases))
            self._keep(sent, answer)
        return answer

    def _apply(self, envelope: op.Envelope, operation: op.Operation) -> list[str]:
        for put in effects(envelope, operation):
            values = put.values | {"op_id": envelope.op_id, "bucket": put.bucket, "seq": 0}
            self.connection.execute(
                insert(put.table, self.connection).values(**values).on_conflict_do_nothing()
            )
            self.touched.add(put.table.name)
        cases = judge_permission(self.connection, envelope, operation, self.now_ms)
        for subject in subjects(operation):
            cases += judge(self.connection, subject, self.now_ms)
        return cases

    def _keep(self, sent: Sent, answer: Answer) -> None:
        keep(self.connection, sent.envelope, (self.stream, sent.n), answer, self.now_ms)
        result = {
            "result_id": answer.op_id,
            "answer": answer.answer,
            "cases": " ".join(answer.cases),
            "at": self.now_ms,
        }
        bucket = station_bucket(self.station.station_id)
        statement = insert(t.result, self.connection).values(**result, bucket=bucket, seq=0)
        self.connection.execute(statement.on_conflict_do_nothing())
        self.touched |= {t.result.name, t.case_item.name}

    def _case(self, why: str, sent: Sent) -> str:
        subject = f"operation:{sent.envelope.op_id}"
        facts = (("kind", sent.envelope.kind), ("why", why), ("station", self.station.name))
        wanted = case_id(subject, "quarantined")
        values = {"case_id": wanted, "kind": "quarantined", "subject": subject, "facts": codec.dumps(facts)}
        statement = insert(t.case_item, self.connection).values(
            **values, opened_at=self.now_ms, bucket="global"
        )
        self.connection.execute(statement.on_conflict_do_nothing())
        self.touched.add(t.case_item.name)
        return wanted

    def finish(self, at: _Position) -> None:
        """Notes the position and, last of all, takes the feed's counter."""
        values = {"station_id": self.station.station_id, "n": at.n, "op_id": at.op_id, "moved": self.now_ms}
        statement = insert(own.position, self.connection).values(stream=self.stream, **values)
        self.connection.execute(statement.on_conflict_do_update(index_elements=["stream"], set_=values))
        if self.touched:
            feed.publish(self.connection, self.touched)


def _readable(sent: Sent, station: Station) -> op.Operation:
    """The operation if it is what it claims to be: its hash, its station, a fact. Refuses `operation_invalid`."""
    envelope = sent.envelope
    if envelope.digest().hex() != sent.digest:
        raise Refused(Code.OPERATION_INVALID, why="hash")
    if envelope.station_id != station.station_id:
        raise Refused(Code.OPERATION_INVALID, why="station")
    if envelope.kind in op.SERVER_ONLY:
        raise Refused(Code.OPERATION_INVALID, why="server-only kind")
    return envelope.operation()


def keep(
    connection: Connection, envelope: op.Envelope, place: tuple[str, int], answer: Answer, now_ms: int
) -> None:
    """The inbox row, for good."""
    connection.execute(
        sa.insert(own.inbox).values(
            op_id=envelope.op_id,
            station_id=envelope.station_id,
            incarnation=envelope.incarnation,
            stream=place[0],
            n=place[1],
            kind=envelope.kind,
            version=envelope.version,
            staff_id=envelope.staff_id,
            shift_id=envelope.shift_id,
            device_at=to_ms(envelope.device_at),
            offset_ms=envelope.offset_ms,
            received_at=now_ms,
            public=envelope.public,
            private=envelope.private,
            private_digest=envelope.private_digest,
            hash=envelope.digest(),
            answer=answer.answer,
            cases=" ".join(answer.cases),
        )
    )
