"""One refund in full, as whoever is signed in sees it at this station."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy import Connection

from app.refund_approvers import deciders
from app.refund_figures import figures_of
from app.refund_rows import decisions, given_tickets, refund_row, tender
from app.refunding import captured
from app.shown_bookings import BookingLink
from app.shown_refunds import GivenRow, RefundTold, TenderRow
from domain import operation as op
from domain.booking import Life
from domain.card import OPEN
from domain.catalogue import StaffMember, Words
from domain.errors import Code, Refused
from domain.limits import limit_of
from domain.refund import State, Wish, check_approval
from domain.staff import Permission, may
from ledger import read_guests, read_refunds, read_setup, read_sold
from ledger import tables as t
from ledger.paper_names import names_of
from ledger.read_refunds import RefundRow

_WITHDRAWABLE = (State.REQUESTED, State.APPROVED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Here:
    """This station as it is now; `terminal` is the name of its card terminal, empty for none. `sells`: it has a
    till."""

    station_id: str
    terminal: str
    shift_open: bool
    online: bool
    now: datetime
    sells: bool = True


def refund_told(connection: Connection, row: RefundRow, me: StaffMember, here: Here) -> RefundTold:
    asked, shown = row.asked, refund_row(connection, row, here.station_id)
    mine = me.staff_id == asked.staff_id or may(me.role, Permission.REFUND_APPROVE)
    mine = mine or read_refunds.is_left_with(connection, row, me.staff_id)
    approved = row.is_by_server and row.approval is not None and row.approval.staff_id == me.staff_id
    movable = row.state in _WITHDRAWABLE
    others = deciders(connection, row.wish, here.now)
    return RefundTold(
        shown,
        read_setup.station_label(connection, row.station_id),
        _given(connection, asked),
        tuple(_share(connection, row, each) for each in asked.shares),
        figures_of(connection, asked),
        next(iter(row.paid), ""),
        decisions(connection, row),
        _why_not(connection, row.wish, me, here.now),
        tuple(person.name for person in others.approvers),
        mine and (shown.here or shown.free) and movable,
        any(each.attempt.state in OPEN for each in row.tries),
        here.terminal,
        here.shift_open,
        here.online,
        (read_setup.staff_name(connection, row.taken.staff_id), row.taken.at) if row.taken else None,
        _best(connection, asked) if row.is_by_server else None,
        may_take=shown.free and here.sells and not approved,
        may_release=shown.here and row.is_by_server and movable,
        approved_by_me=approved,
        **_whose(connection, asked.booking_id),
        tickets=given_tickets(connection, asked),
        approver_ids=tuple(person.staff_id for person in others.approvers),
        refuser_ids=others.refusers,
        nobody=others.nobody,
        corrected=row.holds and not row.money_moved and read_refunds.is_corrected(connection, row),
        voided=not row.money_moved and read_refunds.is_voided(connection, asked.sale_id),
    )


class _Whose(TypedDict):
    guest: str
    booking: BookingLink | None


def _whose(connection: Connection, booking_id: str) -> _Whose:
    """The guest and the booking made ahead, as far as they are known here."""
    found = sa.select(t.reservation).where(t.reservation.c.booking_id == booking_id)
    row = connection.execute(found).first()
    if row is None:
        return {"guest": "", "booking": None}
    known = read_guests.guest(connection, row.guest_id)
    guest = read_guests.now(connection, known) if known else None
    return {
        "guest": guest.name if guest else "",
        "booking": BookingLink(row.booking_id, row.number, Life(row.life)),
    }


def _best(connection: Connection, asked: op.RefundAsked) -> Words | None:
    """Whose terminal knows the card, if there is one and that is known here."""
    seller = read_sold.seller_of(connection, asked.sale_id)
    by_card = any(share.method == "card" for share in asked.shares)
    return read_setup.station_label(connection, seller) if by_card and seller else None


def _given(connection: Connection, asked: op.RefundAsked) -> tuple[GivenRow, ...]:
    """Named by the sale, as on its papers; where that is not known here, by its invoice."""
    names = names_of(connection, read_sold.booked_lines(connection, asked.booking_id))
    unnamed = Words(asked.number, asked.number)
    return tuple(
        GivenRow(each.pieces, names.get(each.charge_id, unnamed), each.gross) for each in asked.lines
    )


def _share(connection: Connection, row: RefundRow, share: op.RefundShare) -> TenderRow:
    shown = tender(connection, share.payment_id, share.method, share.amount)
    return replace(shown, is_back=captured(row, share.payment_id) is not None)


def _why_not(connection: Connection, wish: Wish, me: StaffMember, now: datetime) -> Code | None:
    """As far as is known here: the server has the last word."""
    currency = wish.amount.currency
    limit = limit_of(me.role, read_setup.limits(connection, currency), currency)
    try:
        check_approval(wish, me, limit, read_refunds.approved_today(connection, me.staff_id, now))
    except Refused as error:
        return error.code
    return None
