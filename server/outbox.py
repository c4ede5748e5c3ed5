"""The outbox: messages are queued in the transaction of what they are about, queued again on request, and forgotten.

How they leave is the business of `server.outgoing` and `server.sending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from documents.words import LANGUAGES
from domain import operation as op
from domain.errors import Code, Refused
from domain.staff import Permission
from ledger import feed, tombstones
from ledger import tables as t
from ledger.clock import Ids, to_ms
from ledger.contact import masked
from ledger.database import insert
from ledger.puts import MESSAGES
from ledger.read_setup import require
from ledger.rows import add_rows
from server import alerts, message_kinds
from server import tables as own
from server.addressing import address_now, bring_along
from server.asked import Asked
from server.letter_order import OVERTAKEN, is_overtaken, next_place, overtake_earlier
from server.message_kinds import KINDS, Channel, Value
from server.message_rows import NEVER, alert_of, changes, shows
from server.senders import Why
from server.setup import SetUp

KEPT = timedelta(days=30)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person. `cause` names what brought it about: it is queued once for each cause, kind and
    channel. `tickets_of`: the booking whose tickets go with it. Nothing leaves after `expires_at`."""

    kind: str
    channel: Channel
    address: str = field(repr=False)
    language: str
    cause: str
    facts: Mapping[str, Value] = field(repr=False)
    guest_id: str = ""
    booking_id: str = ""
    tickets_of: str = ""
    expires_at: datetime | None = None


class Posting(Protocol):
    """The transaction that a message is queued in; `SetUp` is one."""

    @property
    def connection(self) -> Connection: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def now_ms(self) -> int: ...
    def touch(self, *tables: Table) -> None: ...


def post(connection: Connection, setup: Posting, letter: Letter) -> str:
    """Queues it in the caller's transaction; returns its id, or that of the one that was queued before.

    ValueError when its facts are not those of its kind, a secret has no end, or it is in no language of ours: mistakes
    of the caller. What is wrong with an address, whoever sends it finds out; the change that it tells of goes on.
    """
    if letter.language not in LANGUAGES:
        raise ValueError(f"nobody here writes {letter.language}")
    if letter.kind in KINDS and KINDS[letter.kind].secret and letter.expires_at is None:
        raise ValueError(f"{letter.kind} needs an end")
    message_id = setup.ids.new()
    values: dict[str, str | int] = {
        "message_id": message_id, "cause": letter.cause, "kind": letter.kind, "channel": letter.channel.value,
        "guest_id": letter.guest_id, "language": letter.language, "address": letter.address,
        "facts": message_kinds.written(letter.kind, letter.facts), "tickets_of": letter.tickets_of,
        "state": "queued", "tries": 0, "doubts": 0, "since": setup.now_ms, "lease": "",
        "expires_at": to_ms(letter.expires_at) if letter.expires_at else 0, "due_at": setup.now_ms,
        "place": next_place(connection, letter.booking_id),
    }  # fmt: skip
    adding = insert(own.outbox, connection).values(**values).on_conflict_do_nothing()
    if connection.execute(adding.returning(own.outbox.c.message_id)).scalar() is None:
        return _queued_before(connection, letter)
    add_rows(connection, [(t.message, _shown(letter, message_id, setup.now_ms))])
    bring_along(connection, letter.booking_id, letter.channel.value, letter.address)
    if overtake_earlier(connection, message_id, letter.kind):
        setup.touch(tombstones.tombstone)
    setup.touch(t.message)
    return message_id


def _queued_before(connection: Connection, letter: Letter) -> str:
    c = own.outbox.c
    same = c.cause == letter.cause, c.kind == letter.kind, c.channel == letter.channel.value
    return str(connection.execute(sa.select(c.message_id).where(*same)).scalar_one())


def _shown(letter: Letter, message_id: str, now_ms: int) -> dict[str, str | int]:
    """What staff may see of it."""
    return {
        "message_id": message_id, "kind": letter.kind, "channel": letter.channel.value, "state": "queued",
        "guest_id": letter.guest_id, "booking_id": letter.booking_id, "address": masked(letter.address),
        "tries": 0, "at": now_ms, "next_at": now_ms, "sent_at": 0, "why": "", "bucket": MESSAGES, "seq": 0,
    }  # fmt: skip


def resend(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Queues a message again that failed or was given up, or that was sent, as whoever asks has `seen`, to where its
    guest is reached on that channel now. It keeps its id: a mailbox that has it shows it once.

    Refuses `not_allowed`, `message_unknown`, `message_not_failed`, `message_over` for what is blank or too old,
    `contact_missing` where they are not, and `message_overtaken` where a newer letter says to that contact how the
    booking stands.
    """
    ask = asked.ask
    require(connection, ask.staff_id, Permission.RESEND_MESSAGE)
    message_id = asked.field("message", str, "message")
    row = _row(connection, message_id)
    _check(row, asked.text("seen"), setup.now_ms)
    to = address_now(connection, row)
    if not to:
        raise Refused(Code.CONTACT_MISSING)
    if is_overtaken(connection, row, to):
        raise Refused(Code.MESSAGE_OVERTAKEN)
    again: dict[str, str | int] = {"state": "queued", "tries": 0}
    changes(connection, message_id, **again, address=to, doubts=0, since=setup.now_ms, due_at=setup.now_ms)
    shows(connection, message_id, **again, address=masked(to), why="", next_at=setup.now_ms)
    alerts.end(connection, alert_of(message_id))
    setup.touch(t.message, t.alert, tombstones.tombstone)
    setup.note(op.MessageResent(message_id))


def _row(connection: Connection, message_id: str) -> Any:
    mine = own.outbox.c.message_id == message_id
    return connection.execute(sa.select(own.outbox).where(mine).with_for_update()).first()


def _check(row: Any, seen: str, now_ms: int) -> None:
    if row is None:
        raise Refused(Code.MESSAGE_UNKNOWN)
    if row.state == OVERTAKEN:
        raise Refused(Code.MESSAGE_OVERTAKEN)
    if row.state not in ("failed", "given_up") and not row.state == seen == "sent":
        raise Refused(Code.MESSAGE_NOT_FAILED)
    if not row.facts or 0 < row.expires_at <= now_ms:
        raise Refused(Code.MESSAGE_OVER)


def erase(connection: Connection, setup: SetUp, guest_id: str) -> None:
    """Address and facts of all messages of a guest are blank from now on; what was not sent is given up."""
    c = own.outbox.c
    ids = connection.execute(sa.select(c.message_id, c.state).where(c.guest_id == guest_id)).all()
    for message_id, state in ids:
        changes(connection, message_id, address="", facts="")
        shows(connection, message_id, address="")
        if state in ("queued", "failed"):
            changes(connection, message_id, state="given_up", due_at=NEVER)
            shows(connection, message_id, state="given_up", why=Why.ERASED.value)
    if ids:
        setup.touch(t.message)


def retire(connection: Connection, now_ms: int) -> int:
    """Blanks what ended more than thirty days ago and takes it and old alerts from the stations, some hundreds at once;
    returns how many messages. Their rows stay here, so that no cause queues anything twice."""
    c, limit = t.message.c, now_ms - int(KEPT.total_seconds() * 1000)
    ended = c.state.in_(("sent", "given_up", OVERTAKEN))
    old = sa.select(c.message_id).where(c.bucket == MESSAGES, c.at < limit, ended).limit(_AT_ONCE)
    ids = connection.execute(old).scalars().all()
    touched = alerts.end_before(connection, limit, _AT_ONCE) | ({str(t.message.name)} if ids else set())
    for message_id in ids:
        changes(connection, message_id, address="", facts="")
        touched |= {tombstones.leave(connection, t.message, {"message_id": message_id}, MESSAGES)}
        shows(connection, message_id, bucket="")
    if touched:
        feed.publish(connection, touched)
    return len(ids)
