"""Taking in what stations pushed: known already? in order? then journal, apply, judge, answer; all in one
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain import private
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.free_text import FORGOTTEN
from domain.sound import why_unsound
from ledger import feed
from ledger import tables as t
from ledger.case_carried import paid_by
from ledger.case_rights import needs
from ledger.cases import subjects
from ledger.wire import OLDEST_PROTOCOL, OLDEST_PUSH, PROTOCOL, PUSH_MOST, PushBatch, PushReply, Sent
from server import bans
from server import tables as own
from server.access import SHOWN, Station, admitted, shown
from server.database import lock_subjects
from server.first import COLUMNS as FIRST
from server.first import First
from server.standing import watched
from server.taking import Known, Letters, New, Position, Taken, stored_as, things

SERVER = "SRV"


# Statements are built once: building one costs more than running it.
# The station behind the token, where the stream stands, what the inbox has of these operations, and the roles of those
# who acted: one row for each pair of a person and an operation that are known, at least one. And whether any of the
# things that the operations are about ever had a case, or was heard of: they are locked, so nobody opens one meanwhile.
_STANDING = (
    sa.select(
        feed.head.c.epoch,
        own.station.c.station_id,
        own.station.c.name,
        own.station.c.incarnation,
        own.station.c.fenced,
        own.station.c.seen_at,
        own.station.c.fresh,
        own.position.c.station_id.label("owner"),
        own.position.c.n,
        own.position.c.op_id,
        own.inbox.c.op_id.label("known"),
        own.inbox.c.hash,
        own.inbox.c.cases,
        t.staff.c.staff_id,
        t.staff.c.role,
        sa.exists()
        .where(t.case_item.c.subject.in_(sa.bindparam("about", expanding=True)))
        .label("has_cases"),
        *FIRST,
    )
    .join_from(feed.head, own.station, SHOWN, isouter=True)
    .outerjoin(own.position, own.position.c.stream == sa.bindparam("stream"))
    .outerjoin(own.inbox, own.inbox.c.op_id.in_(sa.bindparam("ids", expanding=True)))
    .outerjoin(
        t.staff,
        sa.and_(t.staff.c.staff_id.in_(sa.bindparam("staff", expanding=True)), t.staff.c.active == 1),
    )
)


def push(
    connection: Connection,
    token: str,
    batch: PushBatch,
    now_ms: int,
    *,
    letters: Letters,
    singly: bool = False,
) -> PushReply:
    """Takes a batch of one stream; what was taken before answers the same again. `singly` applies each operation on its
    own, so that one that the database cannot keep is set aside instead of stopping the stream.

    Refuses `server_version` for a newer protocol than the server's (what an older station recorded is always taken),
    `station_unknown`, `station_fenced`, and `operation_invalid` for more operations than a batch may hold.
    """
    check_protocol(batch.protocol, oldest=OLDEST_PUSH)
    if len(batch.operations) > PUSH_MOST:
        raise Refused(Code.OPERATION_INVALID, why="too many")
    if len(batch.stream) > 32 or not all(_has_place(sent) for sent in batch.operations):
        raise Refused(Code.OPERATION_INVALID, why="id or number")
    read = [_read(sent) for sent in batch.operations]
    new = [each for each in read if isinstance(each, New)]
    told = letters.locked_with(connection, (each.operation for each in new))
    told |= bans.concerned(connection, ((each.sent.envelope, each.operation) for each in new))
    first = First.of(new)
    standing = _standing(connection, token, batch, new, told, first)
    here = standing[0]
    station = admitted(here)
    if batch.epoch != here.epoch:
        return PushReply("epoch", here.epoch, batch.stream, 0, "")
    if here.owner not in (None, station.station_id):
        raise Refused(Code.STATION_FENCED)
    taken = Taken(connection, station, _known(station, batch, standing, first), letters, now_ms)
    state, at = "ok", Position(here.n or 0, here.op_id or "")
    for sent, what in zip(batch.operations, read, strict=True):
        state, at = taken.take(sent, _from(station, sent, what), at)
        if state != "ok":
            break
        if singly:
            taken.apply_alone(sent)
    if state == "fork":
        taken.note_fork()
    taken.finish(at)
    return PushReply(state, here.epoch, batch.stream, at.n, at.op_id, tuple(taken.answers))


def _standing(
    connection: Connection,
    token: str,
    batch: PushBatch,
    read: Sequence[New],
    more: set[str],
    first: First,
) -> Sequence[Any]:
    """What there is to know before the first operation is taken, once all that they are about is locked, and what
    `more` they touch: guests who may be told, what banned ones booked."""
    about = frozenset[str]().union(*(each.about for each in read))
    lock_subjects(connection, {f"stream:{batch.stream}", *about, *more})
    in_need = (needs(each.sent.envelope, each.operation) for each in read)
    acted = {sent.envelope.staff_id for sent in batch.operations}
    told = {*things(about), *more, *watched(about, _sender(batch)), *paid_by(each.operation for each in read)}
    wanted = {
        "stream": batch.stream,
        "staff": sorted(acted.union(one[0] for one in in_need if one is not None)),
        "ids": sorted({sent.envelope.op_id for sent in batch.operations}),
        "about": sorted(told),
    }
    return connection.execute(_STANDING, wanted | first.values | shown(token)).all()


def _sender(batch: PushBatch) -> str:
    return next((sent.envelope.station_id for sent in batch.operations), "")


def _known(station: Station, batch: PushBatch, standing: Sequence[Any], first: First) -> Known:
    roles = {row.staff_id: row.role for row in standing}
    stored = {row.known: stored_as(row.hash, row.cases) for row in standing if row.known}
    has_cases = bool(standing[0].has_cases) or _sender(batch) != station.station_id
    return Known(batch.stream, roles, stored, has_cases, first.unheard(standing[0]))


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


def _read(sent: Sent) -> New | str:
    """The operation if it is what it claims to be: its hash, a fact; else why it is not."""
    digest = sent.envelope.digest()
    if digest.hex() != sent.digest:
        return "hash"
    operation = what_was_said(sent.envelope)
    if isinstance(operation, str):
        return operation
    about = subjects(operation)
    return New(sent, digest, operation, frozenset((*about, f"operation:{sent.envelope.op_id}")))


def _from(station: Station, sent: Sent, what: New | str) -> New | str:
    """What was read, if the station that sent it may say it."""
    if what != "hash" and sent.envelope.station_id != station.station_id:
        return "station"
    return what


def what_was_said(envelope: Envelope) -> op.Operation | str:
    """The operation of a station's envelope, or why it cannot be taken."""
    if envelope.kind in op.SERVER_ONLY:
        return "server-only kind"
    try:
        operation = envelope.operation()
    except Refused as refused:
        return str(refused.facts.get("why", ""))
    why = why_unsound(operation)
    if envelope.is_forgotten and why in FORGOTTEN:
        why = ""
    return why or private.why_unsound(envelope.private, envelope.private_digest) or operation
