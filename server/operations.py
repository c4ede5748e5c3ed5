"""Taking in what stations pushed: known already? in order? then journal, apply, judge, answer; all in one
transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.sound import why_unsound
from domain.timing import usable_ms
from ledger import feed
from ledger import tables as t
from ledger.cases import judge, judge_clocks, judge_permissions, may_go_along, needs, quarantine, subjects
from ledger.clock import from_ms, to_ms
from ledger.effects import effects
from ledger.puts import station_bucket
from ledger.rows import add_rows, replace_row
from ledger.wire import OLDEST_PROTOCOL, OLDEST_PUSH, PROTOCOL, PUSH_MOST, Answer, PushBatch, PushReply, Sent
from server import tables as own
from server.access import Station
from server.database import lock_subjects

SERVER = "SRV"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Position:
    n: int
    op_id: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the inbox holds of an operation."""

    hash: bytes
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known before the batch: the roles of those who acted, what the inbox holds by operation."""

    stream: str
    roles: dict[str, str]
    stored: dict[str, _Stored]


@dataclass(frozen=True, slots=True)
class _New:
    """An operation that was read and waits to be applied; `about` are its subjects and itself."""

    sent: Sent
    digest: bytes
    operation: op.Operation
    about: frozenset[str]


# Statements are built once: building one costs more than running it.
# Where the stream stands, what the inbox has of these operations, and the roles of those who acted: one row for each
# pair of a person and an operation that are known, at least one.
_STANDING = (
    sa.select(
        feed.head.c.epoch,
        own.position.c.station_id,
        own.position.c.n,
        own.position.c.op_id,
        own.inbox.c.op_id.label("known"),
        own.inbox.c.hash,
        own.inbox.c.cases,
        t.staff.c.staff_id,
        t.staff.c.role,
    )
    .join_from(feed.head, own.position, own.position.c.stream == sa.bindparam("stream"), isouter=True)
    .outerjoin(own.inbox, own.inbox.c.op_id.in_(sa.bindparam("ids", expanding=True)))
    .outerjoin(
        t.staff,
        sa.and_(t.staff.c.staff_id.in_(sa.bindparam("staff", expanding=True)), t.staff.c.active == 1),
    )
)
_KEEP = sa.insert(own.inbox)


NO_ROW = (
    sa.exc.DataError,
    sa.exc.IntegrityError,
    sa.exc.ProgrammingError,
)  # what a database says to a row it cannot keep


def push(
    connection: Connection, station: Station, batch: PushBatch, now_ms: int, *, singly: bool = False
) -> PushReply:
    """Takes a batch of one stream; what was taken before answers the same again. `singly` applies each operation on its
    own, so that one that the database cannot keep is set aside instead of stopping the stream.

    Refuses `server_version` for a newer protocol than the server's (what an older station recorded is always taken),
    `station_fenced`, and
    `operation_invalid` for more operations than a batch may hold.
    """
    check_protocol(batch.protocol, oldest=OLDEST_PUSH)
    if len(batch.operations) > PUSH_MOST:
        raise Refused(Code.OPERATION_INVALID, why="too many")
    if len(batch.stream) > 32 or not all(_has_place(sent) for sent in batch.operations):
        raise Refused(Code.OPERATION_INVALID, why="id or number")
    read = [_read(sent, station) for sent in batch.operations]
    lock_subjects(
        connection, {f"stream:{batch.stream}"}.union(*(each.about for each in read if isinstance(each, _New)))
    )
    staff = sorted({sent.envelope.staff_id for sent in batch.operations} | _in_need(read))
    ids = sorted({sent.envelope.op_id for sent in batch.operations})
    standing = connection.execute(_STANDING, {"stream": batch.stream, "staff": staff, "ids": ids}).all()
    here = standing[0]
    if batch.epoch != here.epoch:
        return PushReply("epoch", here.epoch, batch.stream, 0, "")
    if here.station_id not in (None, station.station_id):
        raise Refused(Code.STATION_FENCED)
    roles = {row.staff_id: row.role for row in standing}
    stored = {row.known: _Stored(row.hash, tuple(row.cases.split())) for row in standing if row.known}
    taken = _Taken(connection, station, _Known(batch.stream, roles, stored), now_ms)
    state, at = "ok", _Position(here.n or 0, here.op_id or "")
    for sent, what in zip(batch.operations, read, strict=True):
        state, at = taken.take(sent, what, at)
        if state != "ok":
            break
        if singly:
            taken.apply_alone(sent)
    taken.finish(at)
    return PushReply(state, here.epoch, batch.stream, at.n, at.op_id, tuple(taken.answers))


def _in_need(read: Iterable[_New | str]) -> set[str]:
    """Those whose right is looked at, who need not be the ones that acted."""
    wanted = (needs(each.sent.envelope, each.operation) for each in read if isinstance(each, _New))
    return {each[0] for each in wanted if each is not None}


def _has_place(sent: Sent) -> bool:
    """Whether the inbox can keep it under its id and numbers; one of ours always can be kept."""
    envelope = sent.envelope
    numbers = (sent.n, envelope.version, envelope.incarnation)
    return len(envelope.op_id) == 36 and all(0 <= number < 1 << 31 for number in numbers)


def check_protocol(protocol: int, *, oldest: int = OLDEST_PROTOCOL) -> None:
    """Refuses `server_version` for a newer station than this server, `client_version` for one that is too old."""
    if protocol > PROTOCOL:
        raise Refused(Code.SERVER_VERSION, server=PROTOCOL, station=protocol)
    if protocol < oldest:
        raise Refused(Code.CLIENT_VERSION, server=PROTOCOL, station=protocol)


def _read(sent: Sent, station: Station) -> _New | str:
    """The operation if it is what it claims to be: its hash, its station, a fact; else why it is not."""
    envelope = sent.envelope
    digest = envelope.digest()
    if digest.hex() != sent.digest:
        return "hash"
    if envelope.station_id != station.station_id:
        return "station"
    operation = what_was_said(envelope)
    if isinstance(operation, str):
        return operation
    about = subjects(operation, envelope.station_id)
    return _New(sent, digest, operation, frozenset((*about, f"operation:{envelope.op_id}")))


def what_was_said(envelope: Envelope) -> op.Operation | str:
    """The operation of a station's envelope, or why it cannot be taken."""
    if envelope.kind in op.SERVER_ONLY:
        return "server-only kind"
    try:
        operation = envelope.operation()
    except Refused as refused:
        return str(refused.facts.get("why", ""))
    return why_unsound(operation) or operation


class _Taken:
    """The batch as it is taken: answers so far, what waits to be applied, what waits to be written at the end."""

    def __init__(self, connection: Connection, station: Station, known: _Known, now_ms: int) -> None:
        self.connection = connection
        self.station = station
        self.stream, self._roles, self._stored = known.stream, known.roles, known.stored
        self.now_ms = now_ms
        self.answers: list[Answer] = []
        self._touched: set[str] = set()
        self._waiting: list[_New] = []
        self._about: set[str] = set()
        self._shared: set[str] = set()  # what more than one that waits is about
        self._last: list[tuple[sa.Table, Row]] = []

    def take(self, sent: Sent, what: _New | str, at: _Position) -> tuple[str, _Position]:
        """One operation in its order; nothing is taken after a gap or a fork."""
        if sent.n > at.n + 1:
            return "gap", at
        if f"operation:{sent.envelope.op_id}" in self._about:
            self._apply()
        known = self._known(sent)
        if sent.n <= at.n and known is None:
            return "fork", at
        if known is not None:
            self._apply()  # answers keep the order of the batch
            self.answers.append(known)
        elif isinstance(what, str):
            self._apply()
            self._answer(sent, sent.envelope.digest(), "quarantined", (self._quarantine(sent, what),))
        else:
            if not may_go_along(what.operation, self._about & what.about):
                self._apply()
            self._shared |= self._about & what.about
            self._waiting.append(what)
            self._about |= what.about
        return "ok", at if sent.n <= at.n else _Position(sent.n, sent.envelope.op_id)

    def apply_alone(self, sent: Sent) -> None:
        """Applies what waits in a savepoint of its own, or sets it aside."""
        try:
            with self.connection.begin_nested():
                self._apply()
        except NO_ROW:
            self._answer(sent, sent.envelope.digest(), "quarantined", (self._quarantine(sent, "database"),))

    def _known(self, sent: Sent) -> Answer | None:
        """The answer to what the inbox has. The same id with another content is never applied; a person must look."""
        op_id = sent.envelope.op_id
        stored = self._stored.get(op_id)
        if stored is None:
            return None
        if stored.hash != sent.envelope.digest():
            return Answer(op_id, "quarantined", (self._quarantine(sent, "mismatch"),))
        return Answer(op_id, "duplicate", stored.cases)

    def _quarantine(self, sent: Sent, why: str) -> str:
        self._touched.add(t.case_item.name)
        return quarantine(self.connection, sent.envelope, why, self.station.station_id, self.now_ms)

    def _apply(self) -> None:
        """Puts in what waits and judges it, all at once. If something is wrong with a thing that two of them are about,
        one by one instead: only their order tells whose doing it was."""
        waiting, shared = self._waiting, self._shared
        self._waiting, self._shared = [], set()
        self._about.clear()
        if not shared:
            self._tell(waiting, self._put_in(waiting))
            return
        trial = self.connection.begin_nested()
        found = self._put_in(waiting)
        if any(found[subject] for subject in shared):
            trial.rollback()
            for new in waiting:
                self._tell([new], self._put_in([new]))
        else:
            trial.commit()
            self._tell(waiting, found)

    def _put_in(self, waiting: list[_New]) -> dict[str, list[str]]:
        """The open cases of each thing that these are about."""
        if not waiting:
            return {}
        self._touched |= add_rows(
            self.connection, (row for new in waiting for row in _rows(new, self.now_ms))
        )
        given = [(new.sent.envelope, new.operation) for new in waiting]
        about = frozenset[str]().union(*(new.about for new in waiting))
        permitted = judge_permissions(self.connection, given, self._roles, self.now_ms)
        judged = judge(self.connection, sorted(one for one in about if not _is_operation(one)), self.now_ms)
        clocks = judge_clocks(self.connection, [each for each, _ in given], self.station.name, self.now_ms)
        if permitted.changed or judged.changed or clocks:
            self._touched.add(t.case_item.name)
        found = judged.open | permitted.open
        for op_id, case in clocks.items():
            found[f"operation:{op_id}"] = [*found.get(f"operation:{op_id}", ()), case]
        return found

    def _tell(self, waiting: list[_New], found: dict[str, list[str]]) -> None:
        for new in waiting:
            about = subjects(new.operation, self.station.station_id)
            itself = f"operation:{new.sent.envelope.op_id}"
            cases = tuple(case for subject in (itself, *about) for case in found.get(subject, ()))
            self._answer(new.sent, new.digest, "flagged" if cases else "applied", cases)

    def _answer(self, sent: Sent, digest: bytes, words: str, cases: tuple[str, ...]) -> None:
        answer = Answer(sent.envelope.op_id, words, cases)
        self.answers.append(answer)
        self._stored[answer.op_id] = _Stored(digest, cases)
        kept = inbox_row(sent.envelope, digest, (self.stream, sent.n), answer, self.now_ms)
        result: Row = {
            "result_id": answer.op_id,
            "answer": words,
            "cases": " ".join(cases),
            "at": self.now_ms,
        }
        result["bucket"] = station_bucket(self.station.station_id)
        self._last += [(own.inbox, kept), (t.result, result)]

    def finish(self, at: _Position) -> None:
        """Applies what still waits, keeps it, notes the position and, last of all, takes the feed's counter."""
        self._apply()
        place = {"stream": self.stream, "station_id": self.station.station_id, "n": at.n, "op_id": at.op_id}
        moved = (own.position, place | {"moved": self.now_ms})
        if self._touched or self._last:
            feed.publish(self.connection, self._touched, self._last, [moved])
        else:
            replace_row(self.connection, *moved)


def _is_operation(subject: str) -> bool:
    return subject.startswith("operation:")


def _rows(new: _New, now_ms: int) -> Iterator[tuple[sa.Table, Row]]:
    yield from rows_of(new.sent.envelope, new.operation, now_ms)


def rows_of(envelope: Envelope, operation: op.Operation, now_ms: int) -> Iterator[tuple[sa.Table, Row]]:
    """The rows that an operation puts in. A time that cannot be gives way to that of receipt: it would stand before or
    after everything for ever."""
    at = usable_ms(to_ms(envelope.device_at), envelope.offset_ms, now_ms)
    for put in effects(replace(envelope, device_at=from_ms(at)), operation):
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
