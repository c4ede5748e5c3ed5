"""Refunds that the server begins by itself, and the stations that take one up to pay it.

Such a refund has no station: its money is held, somebody approves it like any other, and one station takes it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.errors import Code, Refused
from domain.refund import Reason, State, Wish
from domain.refund_offer import Choice, Offer, SaleHeld, When, all_that_stands, offer
from domain.staff import Permission
from ledger import read_refunds, read_setup, read_sold
from ledger import tables as t
from ledger.puts import Values
from ledger.read_refunds import RELEASED, TAKEN
from ledger.read_sold import paid_sale
from ledger.refund_row import RefundRow
from server.asked import Asked
from server.recovery import RECOVERY, awaited, refuse_scarce
from server.refunds import enter, locked_sale, put, refund_of, said_of, sale_locks
from server.setup import SetUp

_MOVABLE = (State.REQUESTED, State.APPROVED, State.FAILED)
WAITS = sa.exists().where(t.refund_ask.c.booking_id == t.reservation.c.booking_id, read_refunds.IS_OPEN)
"""A refund of a reservation is not over."""


# what the server begins -------------------------------------------------------------------------------------------


def locks_of(connection: Connection, booking_id: str) -> set[str]:
    """What is locked with a booking before money of it goes back."""
    return {RECOVERY, *sale_locks(connection, booking_id)}


def whole(connection: Connection, sale: SaleHeld, reason: Reason, now: datetime) -> Offer:
    """What goes back of all that stands of a sale. Refuses `refund_ticket_used` once anybody came in, `refund_nothing`
    where the policies give nothing, and as `refund_offer.offer`."""
    if any(each.used and not each.gone for charge in sale.charges for each in charge.tickets):
        raise Refused(Code.REFUND_TICKET_USED)
    zone = ZoneInfo(read_setup.venue(connection).time_zone)
    return offer(sale, all_that_stands(sale), When(now, zone, reason))


def offers(
    connection: Connection, booking_id: str, reason: Reason, now: datetime
) -> list[tuple[SaleHeld, Offer]]:
    """What goes back of each sale of which something stands; of what two tills were paid for, by the one of which most
    is left. One of which the policies give nothing is called off after the others. Refuses as `whole`."""
    found, seen, refused = list[tuple[SaleHeld, Offer]](), set[str](), None
    for sale_id in read_sold.standing_sales(connection, booking_id):
        sale = read_sold.sale_held(connection, sale_id)
        charges = {each.line.charge_id for each in sale.charges} if sale else set()
        if sale is None or charges & seen or all_that_stands(sale) == Choice():
            continue
        seen |= charges
        try:
            found.append((sale, whole(connection, sale, reason, now)))
        except Refused as error:
            refused = refused or error
            if error.code is not Code.REFUND_NOTHING:
                raise
    if not found:
        raise refused or Refused(Code.REFUND_GONE)
    return found


def begin(setup: SetUp, sale: SaleHeld, given: Offer, reason: Reason) -> op.RefundAsked:
    """Holds the money of an offer, under the lock of its sale. A guest's own words are not kept: a refund is never
    erased."""
    wish = Wish(given.amount, given.allowed, "", sale.seller_id, reason)
    by_guest = reason is Reason.CUSTOMER_CANCEL
    said = said_of(setup.ids.new(), "", sale, given, wish, by_guest=by_guest)
    enter(setup, said)
    return said


def return_rejected(connection: Connection, booking_id: str, setup: SetUp) -> bool:
    """A booking that was rejected was paid at a till that had not heard: all of it goes back by itself, or waits for
    stations that are awaited. False where that cannot be, or a person has said no to it: then it is confirmed."""
    if awaited(connection):
        return True
    sale_id = paid_sale(connection, booking_id)
    said_no = [row for row in read_refunds.refunds_of_sale(connection, sale_id) if row.is_by_server]
    if said_no:
        return False
    try:
        sale = locked_sale(connection, sale_id)
        begin(setup, sale, whole(connection, sale, Reason.REJECTED, setup.now), Reason.REJECTED)
    except Refused:
        return False
    return True


# who takes it up --------------------------------------------------------------------------------------------------


def refund_taken(connection: Connection, asked: Asked, setup: SetUp) -> Mapping[str, object]:
    """From now on it is paid or withdrawn at the station that asks. Answers with the amount.

    Refuses `not_allowed`, `refund_unknown`, `refund_elsewhere` for what a station asked for, `refund_taken` (by whom,
    where, when) to the second of two, `refund_decided`, `refund_state`, `approver_same` to who approved it, and
    `recovering`: an older copy may not know who took it up.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.REFUND_REQUEST)
    row = refund_of(connection, asked)
    refuse_scarce(connection)
    if not row.is_by_server:
        raise Refused(
            Code.REFUND_ELSEWHERE, station=read_setup.station_name(connection, row.asked.station_id)
        )
    _check_not_over(connection, row, asked)
    if row.taken is not None:
        raise _taken(connection, row, asked)
    if row.approval is not None and row.approval.staff_id == asked.ask.staff_id:
        raise Refused(Code.APPROVER_SAME)
    mine = read_refunds.tried_at(connection, row.asked.ask_id) <= {asked.station.station_id}
    if row.state not in _MOVABLE and not mine:
        raise Refused(Code.REFUND_STATE, state=row.state.value, wanted=State.APPROVED.value)
    said = op.RefundTaken(asked.ask.request_id, row.asked.ask_id, asked.station.station_id)
    _note(asked, setup, row, TAKEN, said)
    return {"amount": row.asked.amount.decimal()}


def refund_released(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Another station may take it up: decided after all that this one recorded, which does not pay while it asks.

    Refuses `not_allowed`, `refund_unknown`, `refund_not_taken` where this station does not have it by the request that
    is named, `refund_decided`, and `refund_state` once money moved or may have.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.REFUND_REQUEST)
    take_id = asked.field("take", str, "refund")
    row = refund_of(connection, asked)
    _check_not_over(connection, row, asked)
    taken = row.taken
    if taken is None or (taken.take_id, taken.station_id) != (take_id, asked.station.station_id):
        raise Refused(Code.REFUND_NOT_TAKEN)
    if row.state not in _MOVABLE:
        raise Refused(Code.REFUND_STATE, state=row.state.value, wanted=State.APPROVED.value)
    said = op.RefundReleased(asked.ask.request_id, row.asked.ask_id, asked.station.station_id)
    _note(asked, setup, row, RELEASED, said)


def _check_not_over(connection: Connection, row: RefundRow, asked: Asked) -> None:
    if (end := row.ending) is not None:
        by = read_setup.staff_name_to(connection, end.staff_id, asked.ask.staff_id)
        raise Refused(Code.REFUND_DECIDED, by=by, until=end.at.isoformat(timespec="seconds"))
    if not row.holds:
        raise Refused(Code.REFUND_STATE, state=row.state.value, wanted=State.APPROVED.value)


def _taken(connection: Connection, row: RefundRow, asked: Asked) -> Refused:
    assert row.taken is not None  # asked for only then
    by = read_setup.staff_name_to(connection, row.taken.staff_id, asked.ask.staff_id)
    station = read_setup.station_name(connection, row.taken.station_id)
    at = row.taken.at.isoformat(timespec="seconds")
    return Refused(Code.REFUND_TAKEN, by=by, station=station, until=at)


def _note(
    asked: Asked, setup: SetUp, row: RefundRow, how: str, said: op.RefundTaken | op.RefundReleased
) -> None:
    values: Values = {"take_id": said.take_id, "ask_id": said.ask_id, "n": len(row.takes) + 1, "how": how}
    values |= {"station_id": said.station_id, "staff_id": asked.ask.staff_id}
    put(setup, t.refund_take, values, said)
