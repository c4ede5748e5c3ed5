"""Letters about one booking to one contact: they leave in the order of their making, and none after a newer one that
says how the booking stands.

A letter has its `place` among those of its booking. One that says how the booking stands overtakes the earlier ones
that do and were not sent; tickets are overtaken only by tickets. News of money waits its turn instead.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from server import alerts
from server import tables as own
from server.message_kinds import KINDS
from server.message_rows import NEVER, alert_of, changes, shows
from server.senders import Why

STANDS = tuple(name for name, kind in KINDS.items() if kind.stands)
OVERTAKEN = "overtaken"
_WAITING = "queued", "sending", "failed"
_UNSENT = "queued", "failed", "given_up"  # what is on its way ends when it is known what came of it
_c = own.outbox.c
_about, _other, _others = t.message.alias("about"), own.outbox.alias("other"), t.message.alias("others")
_AT, _OTHER_AT = sa.tuple_(_c.place, _c.message_id), sa.tuple_(_other.c.place, _other.c.message_id)
_OTHERS = _about.join(_others, _others.c.booking_id == _about.c.booking_id).join(
    _other, _other.c.message_id == _others.c.message_id
)
_PAIRS = own.outbox.join(_OTHERS, _about.c.message_id == _c.message_id)
_SAME = _about.c.message_id == _c.message_id, _about.c.booking_id != "", _other.c.channel == _c.channel
_MINE = _c.message_id == sa.bindparam("message")
HELD_UP = (  # an earlier one about the same booking to the same contact waits, or is on its way
    sa.select(_other.c.message_id)
    .select_from(_OTHERS)
    .where(*_SAME, _other.c.address == _c.address, _other.c.state.in_(_WAITING), _OTHER_AT < _AT)
    .correlate(own.outbox)
    .exists()
)
_HELD_UP = sa.select(_c.message_id).where(_MINE, HELD_UP)
_LAST = (
    sa.select(sa.func.max(_c.place))
    .join(t.message, t.message.c.message_id == _c.message_id)
    .where(t.message.c.booking_id == sa.bindparam("booking"))
)
_NEWER = (
    sa.select(_other.c.message_id)
    .select_from(_PAIRS)
    .where(_MINE, *_SAME, _other.c.address == sa.bindparam("to"), _other.c.kind.in_(STANDS), _OTHER_AT > _AT)
    .where(sa.or_(_c.tickets_of == "", _other.c.tickets_of != ""))
    .limit(1)
)
_EARLIER = (
    sa.select(_other.c.message_id)
    .select_from(_PAIRS)
    .where(_MINE, *_SAME, _other.c.address == _c.address, _other.c.kind.in_(STANDS), _OTHER_AT < _AT)
    .where(_other.c.state.in_(_UNSENT), sa.or_(_other.c.tickets_of == "", _c.tickets_of != ""))
    .order_by(_other.c.message_id)
    .with_for_update(of=_other)
)


def next_place(connection: Connection, booking_id: str) -> int:
    """Of a letter about a booking, behind all that were made; 0 for what is about none."""
    if not booking_id:
        return 0
    return int(connection.execute(_LAST, {"booking": booking_id}).scalar() or 0) + 1


def is_overtaken(connection: Connection, row: Any, to: str = "") -> bool:
    """Whether a newer letter says to that contact, or to `to`, how the booking stands now."""
    if row.kind not in STANDS:
        return False
    wanted = {"message": row.message_id, "to": to or row.address}
    return connection.execute(_NEWER, wanted).first() is not None


def is_held_up(connection: Connection, message_id: str) -> bool:
    """Whether an earlier one about its booking, to the same contact, waits or is on its way."""
    return connection.execute(_HELD_UP, {"message": message_id}).first() is not None


def overtake_earlier(connection: Connection, message_id: str, kind: str) -> set[str]:
    """Ends what this new letter overtakes. Returns the names of the tables that were touched."""
    if kind not in STANDS:
        return set()
    earlier = connection.execute(_EARLIER, {"message": message_id}).scalars().all()
    return set[str]().union(*(end_overtaken(connection, each) for each in earlier))


def end_overtaken(connection: Connection, message_id: str) -> set[str]:
    """It is not sent, and no person need see to it; staff see why. Returns as `overtake_earlier`."""
    changes(connection, message_id, state=OVERTAKEN, due_at=NEVER, lease="")
    shown = shows(connection, message_id, state=OVERTAKEN, next_at=0, why=Why.OVERTAKEN.value)
    return {shown} | alerts.end(connection, alert_of(message_id))
