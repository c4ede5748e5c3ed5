"""The states of messages that leave: claimed under a lease, sent outside of any transaction, noted afterwards.

`queued → sending → sent | failed → … → given_up`, or `overtaken` by a newer letter. Who crashed while sending, or lost
the line when the peer might have it, sends once more with the same id; whoever is in doubt a second time leaves it to a
person.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.staff import Permission
from ledger import feed
from ledger.contact import masked
from server import alerts
from server import tables as own
from server.addressing import follow
from server.alerts import Alert
from server.letter_order import HELD_UP, OVERTAKEN, end_overtaken, is_held_up, is_overtaken
from server.message_kinds import KINDS, Channel
from server.message_rows import NEVER, alert_of, changes, shows
from server.senders import OURS, Later, Outcome, Refuses, Sent, Unsure, Why

LEASE_MS = 5 * 60_000  # longer than any try takes
LIFE_MS = 24 * 3_600_000
BACK_OFF_MS = tuple(seconds * 1000 for seconds in (10, 60, 300, 1_800, 7_200))
_MOST_DOUBTS = 2
_c = own.outbox.c
_DUE = sa.select(_c.message_id).where(_c.due_at <= sa.bindparam("now"), ~HELD_UP).limit(1)
_CLAIMED = (
    sa.select(own.outbox)
    .where(_c.due_at <= sa.bindparam("now"), _c.channel == sa.bindparam("channel"), ~HELD_UP)
    .order_by(_c.due_at, _c.place)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that nobody else sends while the lease lasts."""

    message_id: str
    kind: str
    channel: Channel
    language: str
    address: str = field(repr=False)
    facts: str = field(repr=False)
    tickets_of: str
    lease: str


def is_due(connection: Connection, now_ms: int) -> bool:
    return connection.execute(_DUE, {"now": now_ms}).first() is not None


def claim(connection: Connection, now_ms: int, room: Mapping[Channel, int]) -> list[Claimed]:
    """Those that are due, at most so many of each channel, under a lease, to where their guests are reached now; none
    while an earlier one about its booking waits. What is too late, overtaken, doubtful twice, or to go nowhere ends."""
    claimed: list[Claimed] = []
    touched: set[str] = set()
    for channel, most in room.items():
        wanted = {"now": now_ms, "channel": channel.value, "most": most}
        for found in connection.execute(_CLAIMED, wanted).all() if most > 0 else ():
            if (row := follow(connection, found)) is None:
                touched |= _give_up(connection, found, Why.NO_ADDRESS, now_ms)[0]
                continue
            touched.add("message")
            doubts = row.doubts + (row.state == "sending")
            if row.address != found.address and is_held_up(connection, row.message_id):
                continue  # there an earlier one waits, or is on its way
            if is_overtaken(connection, row):
                touched |= end_overtaken(connection, row.message_id)
            elif doubts >= _MOST_DOUBTS or now_ms >= _end_of(row):
                why = Why.UNSURE if doubts >= _MOST_DOUBTS else Why.TOO_LATE
                touched |= _give_up(connection, row, why, now_ms)[0]
            else:
                claimed.append(_take(connection, row, doubts, now_ms))
    if touched:
        feed.publish(connection, touched)
    return claimed


def _take(connection: Connection, row: Any, doubts: int, now_ms: int) -> Claimed:
    lease, until = secrets.token_hex(16), now_ms + LEASE_MS
    stands = {"state": "sending", "tries": row.tries + 1}
    changes(connection, row.message_id, **stands, doubts=doubts, lease=lease, due_at=until)
    shows(connection, row.message_id, **stands, next_at=until)
    what = row.kind, Channel(row.channel), row.language, row.address, row.facts, row.tickets_of
    return Claimed(row.message_id, *what, lease)


def note(connection: Connection, claimed: Claimed, outcome: Outcome, now_ms: int) -> str:
    """Notes what came of it, unless the lease is another's by now. What was not sent, and overtaken meanwhile by
    another or by the end of its tickets, ends: there is nothing to send again. Returns the state it is in, or
    nothing."""
    mine = _c.message_id == claimed.message_id, _c.lease == claimed.lease, _c.state == "sending"
    row = connection.execute(sa.select(own.outbox).where(*mine).with_for_update()).first()
    if row is None:
        return ""
    has_ended = isinstance(outcome, Refuses) and outcome.why is Why.OVERTAKEN
    if has_ended or (not isinstance(outcome, Sent) and is_overtaken(connection, row)):
        touched, state = end_overtaken(connection, row.message_id), OVERTAKEN
    else:
        touched, state = _became(connection, row, outcome, now_ms)
    feed.publish(connection, touched)
    return state


def _became(connection: Connection, row: Any, outcome: Outcome, now_ms: int) -> tuple[set[str], str]:
    """The tables that were touched, and the state."""
    match outcome:
        case Sent():
            touched = _end(connection, row, "sent", sent_at=now_ms, why="")
            return touched | alerts.end(connection, _alert_of(Channel(row.channel))), "sent"
        case Refuses(why):
            return _give_up(connection, row, why, now_ms)
        case Later(why):
            return _put_off(connection, row, why, now_ms)
        case Unsure():
            changes(connection, row.message_id, doubts=row.doubts + 1)
            return _doubt(connection, row, now_ms)
        case _:
            assert_never(outcome)


def _doubt(connection: Connection, row: Any, now_ms: int) -> tuple[set[str], str]:
    if row.doubts + 1 >= _MOST_DOUBTS:
        return _give_up(connection, row, Why.UNSURE, now_ms)
    return _put_off(connection, row, Why.UNSURE, now_ms)


def _put_off(connection: Connection, row: Any, why: Why, now_ms: int) -> tuple[set[str], str]:
    """To the next try; given up where that would be too late."""
    due = now_ms + BACK_OFF_MS[min(row.tries, len(BACK_OFF_MS)) - 1]
    if due >= _end_of(row):
        return _give_up(connection, row, why, now_ms)
    changes(connection, row.message_id, state="failed", due_at=due, lease="")
    touched = {shows(connection, row.message_id, state="failed", next_at=due, why=why.value)}
    if why in OURS:
        facts = {"channel": row.channel, "why": why.value}
        alert = Alert(_alert_of(Channel(row.channel)), "channel_down", Permission.RESEND_MESSAGE, facts=facts)
        touched |= alerts.begin(connection, alert, now_ms)
    return touched, "failed"


def _give_up(connection: Connection, row: Any, why: Why, now_ms: int) -> tuple[set[str], str]:
    """Whoever may send it again is told."""
    facts = {"message": row.kind, "channel": row.channel, "to": masked(row.address), "why": why.value}
    alert = Alert(alert_of(row.message_id), "message_given_up", Permission.RESEND_MESSAGE, facts=facts)
    ended = _end(connection, row, "given_up", why=why.value)
    return ended | alerts.begin(connection, alert, now_ms), "given_up"


def _end(connection: Connection, row: Any, state: str, **shown: str | int) -> set[str]:
    """A secret is blank from here on."""
    kind = KINDS.get(row.kind)  # none of this version, after a later one was here
    blank = {"facts": ""} if kind is None or kind.secret else {}
    changes(connection, row.message_id, state=state, due_at=NEVER, lease="", **blank)
    return {shows(connection, row.message_id, state=state, next_at=0, **shown)}


def _end_of(row: Any) -> int:
    """From when on nothing of it may leave (ms since 1970)."""
    life = int(row.since) + LIFE_MS
    return min(life, int(row.expires_at)) if row.expires_at else life


def _alert_of(channel: Channel) -> str:
    return f"channel:{channel.value}"
