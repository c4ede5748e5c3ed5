"""Guests whose card was declined for what they booked, and who left without paying, are told until when they may try
again."""

from __future__ import annotations

import sqlalchemy as sa

from domain.booking import Life
from domain.card import AttemptState
from domain.money import Money
from ledger import tables as t
from ledger.clock import from_ms
from server import tables as own
from server.booking_letters import tell_row
from server.holding import STANDS
from server.setup import SetUp

PAUSE_MS = 3 * 60_000  # whoever tries another card at once, or pays in cash, need not hear of the first
_KIND, _AT_ONCE = "payment_failed", 50

_later = t.booking_try.alias("later")
_DECLINED = (
    sa.select(t.reservation, t.card_attempt.c.attempt_id, t.card_attempt.c.amount.label("wanted"))
    .join(t.booking_try, t.booking_try.c.booking_id == t.reservation.c.booking_id)
    .join(t.card_attempt, t.card_attempt.c.attempt_id == t.booking_try.c.attempt_id)
    .join(t.card_outcome, t.card_outcome.c.attempt_id == t.booking_try.c.attempt_id)
    .where(
        t.reservation.c.life == Life.HELD.value,
        t.card_outcome.c.state == AttemptState.DECLINED.value,
        t.card_outcome.c.at <= sa.bindparam("before"),
        t.reservation.c.expires_at > sa.bindparam("after"),
        ~STANDS,
        ~sa.exists().where(
            _later.c.booking_id == t.reservation.c.booking_id, _later.c.at > t.booking_try.c.at
        ),
        ~sa.exists().where(own.outbox.c.cause == t.booking_try.c.attempt_id, own.outbox.c.kind == _KIND),
    )
    .order_by(t.booking_try.c.attempt_id)
    .limit(_AT_ONCE)
)


def tell_of_declined(setup: SetUp) -> None:
    """Once for each card, while the places are kept. Where there is no address nothing is said."""
    wanted = {"before": setup.now_ms - PAUSE_MS, "after": setup.now_ms}
    for row in setup.connection.execute(_DECLINED, wanted).all():
        amount, until = Money(row.wanted, row.currency), from_ms(row.expires_at)
        tell_row(setup, _KIND, row, row.attempt_id, amount=amount, until=until)
