"""What is wrong with a booking made ahead that was paid: as it was before a change, otherwise than it was kept, or as
one of which nothing is known here. Told from the rows, so that it may be asked again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import Booked, How, Place
from domain.paid_ahead import Charged, Difference, Differs, Told, difference, not_kept
from ledger import bans
from ledger import tables as t
from ledger.case_finding import Finding
from ledger.read_money import CHARGED, SALE_STANDS

_BOOKING: sa.BindParameter[str] = sa.bindparam("booking")
_KEPT = sa.select(t.reservation.c.number, t.reservation.c.body).where(t.reservation.c.booking_id == _BOOKING)
_CHANGES = (
    sa.select(t.reservation_change.c.how, t.reservation_change.c.was)
    .where(t.reservation_change.c.booking_id == _BOOKING)
    .order_by(t.reservation_change.c.n.desc())
)
_OFF = sa.select(sa.func.coalesce(sa.func.sum(t.discount.c.amount), 0)).where(
    t.discount.c.charge_id == t.charge.c.charge_id,
    t.discount.c.op_id == t.charge.c.op_id,  # of the till whose charge it is
)
_CHARGED = sa.select(t.charge, _OFF.scalar_subquery().label("off")).where(
    t.charge.c.booking_id == _BOOKING,
    CHARGED,
)
_TICKETS = sa.select(
    t.ticket.c.ticket_id,
    t.ticket.c.product,
    t.ticket.c.session,
    t.ticket.c.places,
    sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id).label("ended"),
).where(t.ticket.c.booking_id == _BOOKING)
_DAY = sa.select(t.booking.c.day).where(t.booking.c.booking_id == _BOOKING)
_SALES = sa.select(sa.func.count()).where(
    t.sale.c.booking_id == _BOOKING,
    SALE_STANDS,
)


def states_of(connection: Connection, booking_id: str) -> tuple[str, list[Booked]]:
    """The number of a booking, and all that it has been, the present state first; nothing where it is not known."""
    row = connection.execute(_KEPT, {"booking": booking_id}).first()
    if row is None:
        return "", []
    earlier = connection.execute(_CHANGES, {"booking": booking_id})
    return row.number, [codec.loads(Booked, body) for body in (row.body, *(each.was for each in earlier))]


def paid_ahead(connection: Connection, booking_id: str, owed: int) -> Iterator[Finding]:
    """What is wrong with a booking that a till was paid for as one made ahead, or under the id of one; `owed`: minor
    units of what was charged that did not come in."""
    number, states = states_of(connection, booking_id)
    told = _told(connection, booking_id, owed)
    about = ("booking", booking_id), *((("booked_as", number),) if number else ())
    if not states:
        if told.charges or told.good:
            yield Finding("paid_unknown", (*about, ("paid_tickets", str(len(told.good)))))
        return
    if (told.charges or told.good) and bans.is_unasked(connection, booking_id):
        yield Finding("paid_banned", about)
    if (beside := _before(connection, booking_id, states, told)) is not None:
        yield Finding("paid_before", (("booking", booking_id), ("minor", str(beside))))
    is_open = told.charges or not_kept(
        states, told.good
    )  # after a void too, as long as such a ticket is good
    found = difference(states, told) if is_open else None
    if found is not None:
        yield Finding("paid_otherwise", (*about, *_facts(found, owed)))


def _told(connection: Connection, booking_id: str, owed: int) -> Told:
    """Of what was charged something is owed once a sale has come of each till that charged something."""
    mine = {"booking": booking_id}
    charges, tickets = connection.execute(_CHARGED, mine).all(), connection.execute(_TICKETS, mine).all()
    tills = len({row.op_id for row in charges})
    is_sold = owed > 0 and 0 < tills <= connection.execute(_SALES, mine).scalar_one()
    return Told(
        tuple(_charged(row) for row in charges),
        tuple(Place(row.ticket_id, row.product, row.session, row.places) for row in tickets),
        frozenset(row.ticket_id for row in tickets if row.ended),
        owed if is_sold else 0,
        connection.execute(_DAY, mine).scalar() or "",
    )


def _charged(row: Any) -> Charged:
    what = row.product, row.session, row.quantity, row.rate, row.currency
    return Charged(row.charge_id, what, row.gross, row.vat, int(row.off))


def _before(connection: Connection, booking_id: str, states: list[Booked], told: Told) -> int | None:
    """Where it was paid as it was before a change, and that was not all voided: the minor units of what it was paid for
    besides what it is now, which is more than nothing where it was paid as both."""
    now, *earlier = ({line.charge_id for line in state.lines} for state in states)
    then = set[str]().union(*earlier) - now
    beside = sum(charge.gross for charge in told.charges if charge.charge_id in then)
    hows = connection.execute(_CHANGES, {"booking": booking_id}) if earlier else ()
    is_before = any(row.how == How.BEFORE for row in hows)
    stands = told.charges or told.good
    return beside if beside or (is_before and stands) else None


def _facts(found: Difference, owed: int) -> Iterator[tuple[str, str]]:
    yield "differs", ", ".join(found.kinds)
    if Differs.PRICE in found.kinds:
        yield from _pair("minor", found.price)
    if Differs.VAT in found.kinds:
        yield from _pair("vat", found.vat)
    if Differs.TICKETS in found.kinds:
        yield from _pair("tickets", found.tickets)
    if found.places:
        yield "places", str(found.places)
    if Differs.SHORT in found.kinds:
        yield "short", str(owed)


def _pair(name: str, pair: tuple[int, int]) -> Iterator[tuple[str, str]]:
    yield from ((f"{how}_{name}", str(n)) for how, n in zip(("kept", "paid"), pair, strict=True))
