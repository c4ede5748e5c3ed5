"""A booking of which nothing is left is called off: all that was paid for it went back, or its sale was voided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from documents.words import texts
from domain import codec
from domain import operation as op
from domain.booking import HOLDS, Life
from domain.money import Money
from domain.refund import Reason
from ledger import read_guests
from ledger import tables as t
from server.ending import end_tickets, tickets_locked
from server.holding import STANDS, becomes, booked_in, lock
from server.setup import SetUp

_AT_ONCE = 50
_VOIDED = sa.select(t.sale.c.booking_id).join(t.sale_void, t.sale_void.c.sale_id == t.sale.c.sale_id)
_WENT = t.reservation.c.booking_id.in_(sa.union(sa.select(t.refund_done.c.booking_id), _VOIDED))
_OPEN = [life.value for life in (*sorted(HOLDS), Life.CONFIRMED)]  # a void may come with its sale
_OVER = (
    sa.select(t.reservation)
    .where(t.reservation.c.life.in_(_OPEN), _WENT, ~STANDS)
    .order_by(t.reservation.c.booking_id)
    .limit(_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class Over:
    """`row` as it was before. `reason` in the guest's language, empty where none is for them; `amount` went back by a
    void: of each refund the guest was told when it was paid."""

    row: Any
    reason: str
    amount: Money


def call_off(connection: Connection, setup: SetUp) -> list[Over]:
    """Cancels what was paid and of which nothing is left, once each; by whoever paid the last of it back."""
    waiting = [row.booking_id for row in connection.execute(_OVER)]
    if not waiting:
        return []
    stays = lock(connection, waiting, tickets_locked(connection, waiting))
    found = connection.execute(_OVER.where(t.reservation.c.booking_id.in_(stays))).all()
    return [_called_off(connection, row, setup) for row in found]


def _called_off(connection: Connection, row: Any, setup: SetUp) -> Over:
    why, staff_id = _last(connection, row.booking_id)
    reason = _words(connection, why, row.guest_id)
    back = sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0))
    minor = connection.execute(back.where(t.refund.c.booking_id == row.booking_id)).scalar_one()
    said, more = op.BookingCancelled(row.booking_id, reason), {"decided_by": staff_id, "reason": reason}
    becomes(row, Life.CANCELLED, said, setup, decided_at=setup.now_ms, **more)
    booked = booked_in(row).tickets  # a till that voided the sale may not have heard of them
    end_tickets(setup, [place.ticket_id for place in booked], row.booking_id, "", booked)
    return Over(row, reason, Money(int(minor) if why is None else 0, row.currency))


def _last(connection: Connection, booking_id: str) -> tuple[Reason | None, str]:
    """Why the last of it went back, and who paid it out; after a void, who allowed that."""
    done, ask = t.refund_done.c, t.refund_ask.c
    paid = sa.select(ask.body, done.staff_id).join_from(
        t.refund_done, t.refund_ask, ask.ask_id == done.ask_id
    )
    last = paid.where(done.booking_id == booking_id).order_by(done.at.desc(), done.paid_id.desc()).limit(1)
    if (row := connection.execute(last).first()) is not None:
        return Reason(codec.loads(op.RefundAsked, row.body).reason), row.staff_id
    void = sa.select(t.sale_void.c.approver_id).join_from(
        t.sale_void, t.sale, t.sale.c.sale_id == t.sale_void.c.sale_id
    )
    return None, connection.execute(void.where(t.sale.c.booking_id == booking_id)).scalar() or ""


def _words(connection: Connection, reason: Reason | None, guest_id: str) -> str:
    """As the credit note names it; what staff noted in their own words is not for the guest."""
    if reason is None or reason is Reason.OTHER:
        return ""
    guest = read_guests.guest(connection, guest_id)
    return texts("paper", guest.speaks if guest else "ar").get(f"reason.{reason.lower()}")
