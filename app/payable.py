"""Whether a sale may be paid here and now, as far as this till knows: its sessions, goods, and what was booked."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.goods import check_goods
from app.open_sales import OpenSale, charged
from domain import codec
from domain.booking import Booked, Life
from domain.cart import Cart
from domain.errors import Code, Refused
from domain.lease import wanted_by
from ledger import journal, read_money, read_setup
from ledger import tables as t


def check_sessions(cache: Connection, cart: Cart, now: datetime) -> None:
    """Refuses `session_over` for a place of a session that is over, and once nothing of what was booked ahead is to
    come any more."""
    for number in wanted_by(cart):
        session = read_setup.session(cache, number)
        if session is None or session.ends_at <= now:
            raise Refused(Code.SESSION_OVER)
    booked = (line.session.number for line in cart.lines if line.session and cart.booking_id)
    ends = read_setup.last_end(cache, booked)
    if ends is not None and ends <= now:
        raise Refused(Code.SESSION_OVER)


def check_again(cache: Connection, opened: OpenSale, now: datetime) -> None:
    """Before more money is taken: others may have taken goods meanwhile, and what was booked ahead may have ended, or
    was paid elsewhere. Who has paid some of that, or whose card was charged, goes on all the same, and the server tells
    of it."""
    cart = opened.cart
    if charged(read_money.attempts_of_sale(cache, opened.sale_id)):
        return
    if not cart.booking_id:
        check_goods(cache, cart, now)
    elif not opened.cash:
        check_waits(cache, cart, now)


def check_unpaid(cache: Connection, journalled: Connection, booking_id: str) -> None:
    """Whether a booking made ahead may still be paid, as far as this till knows; the server may not have heard. Refuses
    `booking_in_payment` and `booking_paid`: also when that was voided, for its tickets ended with it."""
    bodies = journalled.execute(sa.select(journal.open_sale.c.body)).scalars()
    if any(codec.loads(OpenSale, body).cart.booking_id == booking_id for body in bodies):
        raise Refused(Code.BOOKING_IN_PAYMENT)
    _check_not_paid(cache, booking_id)


def _check_not_paid(cache: Connection, booking_id: str) -> None:
    paid = sa.select(t.booking.c.booking_id).where(t.booking.c.booking_id == booking_id)
    if cache.execute(paid).first() is not None:
        raise Refused(Code.BOOKING_PAID)


def check_waits(cache: Connection, cart: Cart, now: datetime) -> None:
    """Whether a booking made ahead still waits for the payment of this cart, as far as this till knows: before the
    first money is taken, for it may have heard of more since the payment was opened. Refuses `booking_is` for what
    waits for none any more, or once nobody can come on it, `booking_changed`, and `booking_paid`."""
    mine = t.reservation.c.booking_id == cart.booking_id
    row = cache.execute(sa.select(t.reservation).where(mine)).first()
    if row is None:
        return
    if row.life != Life.HELD:
        raise Refused(Code.BOOKING_IS, life=row.life)
    booked = codec.loads(Booked, row.body)
    if {line.charge_id for line in booked.lines} != {line.line_id for line in cart.lines}:
        raise Refused(Code.BOOKING_CHANGED)
    if read_setup.is_over(cache, booked, now):
        raise Refused(Code.BOOKING_IS, life=Life.EXPIRED.value)
    _check_not_paid(cache, cart.booking_id)
