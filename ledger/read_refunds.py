"""Questions about refunds: what a sale still has to give back, what is asked for and where it stands; from rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from domain.money import Money
from domain.refund import State
from ledger import read_money, read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.refund_row import Decision as Decision
from ledger.refund_row import RefundRow as RefundRow
from ledger.refund_row import Take as Take
from ledger.refund_row import Try as Try

TAKEN, RELEASED = "taken", "released"
_DECISIONS = {
    "approved": State.APPROVED,
    "refused": State.REFUSED,
    "withdrawn": State.WITHDRAWN,
}


# what is asked for ---------------------------------------------------------------------------------------------------


def refund(connection: Connection, ask_id: str) -> RefundRow | None:
    return next(iter(refunds(connection, t.refund_ask.c.ask_id == ask_id)), None)


def refunds_of_sale(connection: Connection, sale_id: str) -> list[RefundRow]:
    return refunds(connection, t.refund_ask.c.sale_id == sale_id)


def refunds_of_booking(connection: Connection, booking_id: str) -> list[RefundRow]:
    """The oldest first."""
    return refunds(connection, t.refund_ask.c.booking_id == booking_id)


IS_OPEN = sa.and_(
    ~sa.exists().where(
        t.refund_decision.c.ask_id == t.refund_ask.c.ask_id, t.refund_decision.c.decision != "approved"
    ),
    ~sa.exists().where(t.refund_done.c.ask_id == t.refund_ask.c.ask_id),
)
"""An ask is not over."""


def refunds(connection: Connection, which: sa.ColumnElement[bool]) -> list[RefundRow]:
    """Those of which that is true of their `refund_ask`, oldest first."""
    return list(_refunds(connection, which))


def open_refunds(connection: Connection) -> list[RefundRow]:
    """Those that are not over, oldest first."""
    return refunds(connection, IS_OPEN)


def refused_since(connection: Connection, moment: datetime) -> list[RefundRow]:
    """Those that somebody refused since then, the last one first."""
    found = refunds(connection, _refused(moment))
    return sorted(found, key=lambda row: row.decisions[-1].at, reverse=True)


def stations_of_refused(connection: Connection, moment: datetime) -> dict[str, str]:
    """The same, by id, with the station that asked for each, or had taken it up; empty where none has of what the
    server began."""
    ask, take = t.refund_ask.c, t.refund_take.c
    rows = connection.execute(sa.select(ask.ask_id, ask.station_id).where(_refused(moment)))
    found: dict[str, str] = {row.ask_id: row.station_id for row in rows}
    taken = sa.select(take.ask_id, take.how, take.station_id).where(take.ask_id.in_(found))
    for each in connection.execute(taken.order_by(take.n)):
        found[each.ask_id] = "" if each.how == RELEASED else each.station_id
    return found


def _refused(since: datetime) -> sa.ColumnElement[bool]:
    c = t.refund_decision.c
    mine = c.ask_id == t.refund_ask.c.ask_id, c.decision == "refused", c.at >= to_ms(since)
    return sa.exists().where(*mine)


def check_not_voided(connection: Connection, sale_id: str) -> None:
    """Refuses `void_already`: then all of it went back."""
    if is_voided(connection, sale_id):
        raise Refused(Code.VOID_ALREADY)


def is_left_with(connection: Connection, row: RefundRow, staff_id: str) -> bool:
    """Whether they took up what a void has overtaken since: nobody can pay it, so they may end it."""
    return (
        row.taken is not None and row.taken.staff_id == staff_id and is_voided(connection, row.asked.sale_id)
    )


def is_voided(connection: Connection, sale_id: str) -> bool:
    """Whether a sale was taken back whole."""
    found = sa.select(t.sale_void.c.void_id).where(t.sale_void.c.sale_id == sale_id)
    return connection.execute(found.limit(1)).first() is not None


def check_tenders(connection: Connection, row: RefundRow) -> None:
    """Refuses `refund_corrected`."""
    if is_corrected(connection, row):
        raise Refused(Code.REFUND_CORRECTED)


def is_corrected(connection: Connection, row: RefundRow) -> bool:
    """Whether a payment by which money is to go back does not stand any more: it was keyed wrongly, and what was said
    instead has come since."""
    standing = {each.payment_id for each in read_money.payments_of_sale(connection, row.asked.sale_id)}
    known = sa.select(t.tender_fix.c.payment_id).where(t.tender_fix.c.sale_id == row.asked.sale_id)
    fixed = set(connection.execute(known).scalars()) - standing
    return any(share.payment_id in fixed for share in row.asked.shares)


def papers(connection: Connection) -> set[str]:
    """The credit notes of refunds, by document id: no sale was voided by them."""
    return set(connection.execute(sa.select(t.refund_done.c.document_id)).scalars())


def _refunds(connection: Connection, *where: sa.ColumnElement[bool]) -> Iterator[RefundRow]:
    found = sa.select(t.refund_ask).where(*where).order_by(t.refund_ask.c.at, t.refund_ask.c.ask_id)
    for row in connection.execute(found).all():
        yield RefundRow(
            codec.loads(op.RefundAsked, row.body),
            from_ms(row.at),
            tuple(decided(connection, row.ask_id)),
            tuple(_tries(connection, row.ask_id)),
            _ids(connection, t.refund_fail.c.attempt_id, t.refund_fail.c.ask_id == row.ask_id),
            _ids(connection, t.refund_done.c.number, t.refund_done.c.ask_id == row.ask_id),
            tuple(_takes(connection, row.ask_id)),
        )


def decided(connection: Connection, ask_id: str) -> Iterator[Decision]:
    """What was decided about what was asked for, also where that is not known here."""
    c = t.refund_decision.c
    for row in connection.execute(
        sa.select(t.refund_decision).where(c.ask_id == ask_id).order_by(c.at, c.decision_id)
    ):
        state = _DECISIONS[row.decision]
        yield Decision(row.decision_id, state, row.staff_id, row.note, from_ms(row.at))


def _takes(connection: Connection, ask_id: str) -> Iterator[Take]:
    c = t.refund_take.c
    for row in connection.execute(sa.select(t.refund_take).where(c.ask_id == ask_id).order_by(c.n)):
        yield Take(row.take_id, row.station_id, row.staff_id, row.how == RELEASED, from_ms(row.at))


def _tries(connection: Connection, ask_id: str) -> Iterator[Try]:
    c = t.refund_try.c
    found = sa.select(c.payment_id, c.attempt_id).where(c.ask_id == ask_id).order_by(c.at, c.attempt_id)
    for payment_id, attempt_id in connection.execute(found).all():
        attempt = read_money.attempt(connection, attempt_id)
        if attempt is not None:
            yield Try(payment_id, attempt)


def _ids(connection: Connection, column: sa.Column[Any], where: sa.ColumnElement[bool]) -> tuple[str, ...]:
    return tuple(connection.execute(sa.select(column).where(where).order_by(column)).scalars())


def tried_at(connection: Connection, ask_id: str) -> set[str]:
    """The stations whose terminals were asked to give it back."""
    attempt, tried = t.card_attempt.c, t.refund_try.c
    found = sa.select(t.shift.c.station_id).join(t.card_attempt, attempt.shift_id == t.shift.c.shift_id)
    found = found.join(t.refund_try, tried.attempt_id == attempt.attempt_id)
    return set(connection.execute(found.where(tried.ask_id == ask_id)).scalars())


def approved_today(connection: Connection, staff_id: str, now: datetime) -> Money:
    """What somebody approved since the venue's midnight and was not withdrawn."""
    venue = read_setup.venue(connection)
    zone = ZoneInfo(venue.time_zone)
    since_ms = to_ms(datetime.combine(now.astimezone(zone).date(), time(), zone))
    c, ask = t.refund_decision.c, t.refund_ask.c
    other = t.refund_decision.alias()
    withdrawn = sa.exists().where(other.c.ask_id == c.ask_id, other.c.decision == "withdrawn")
    summed = sa.select(sa.func.coalesce(sa.func.sum(ask.amount), 0)).join_from(
        t.refund_decision, t.refund_ask, ask.ask_id == c.ask_id
    )
    wanted = summed.where(c.staff_id == staff_id, c.decision == "approved", c.at >= since_ms, ~withdrawn)
    return Money(int(connection.execute(wanted).scalar_one()), venue.currency)
