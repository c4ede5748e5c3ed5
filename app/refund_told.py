"""One refund in full, as whoever is signed in sees it at this station."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.refund_rows import approvers, refund_row, tender
from app.refunding import captured
from app.shown_refunds import GivenRow, RefundTold, TenderRow
from domain import operation as op
from domain.card import OPEN
from domain.catalogue import StaffMember, Words
from domain.errors import Code, Refused
from domain.limits import defaults, limit_of
from domain.refund import Reason, State, Wish, check_approval
from domain.staff import Permission, may
from ledger import read_refunds, read_setup
from ledger.read_refunds import RefundRow

_WITHDRAWABLE = (State.REQUESTED, State.APPROVED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Here:
    """This station as it is now; `terminal` is the name of its card terminal, empty for none."""

    station_id: str
    terminal: str
    shift_open: bool
    online: bool
    now: datetime


def refund_told(connection: Connection, row: RefundRow, me: StaffMember, here: Here) -> RefundTold:
    asked, shown = row.asked, refund_row(connection, row, here.station_id)
    wish = Wish(
        asked.amount, asked.allowed, asked.staff_id, asked.seller_id, Reason(asked.reason), asked.note
    )
    mine = me.staff_id == asked.staff_id or may(me.role, Permission.REFUND_APPROVE)
    return RefundTold(
        shown,
        read_setup.station_label(connection, asked.station_id),
        _given(connection, asked),
        tuple(_share(connection, row, each) for each in asked.shares),
        asked.allowed,
        next(iter(row.paid), ""),
        _decided(connection, row),
        _why_not(connection, wish, me, here.now),
        tuple(person.name for person in approvers(connection, wish, here.now)),
        mine and shown.here and row.state in _WITHDRAWABLE,
        any(each.attempt.state in OPEN for each in row.tries),
        here.terminal,
        here.shift_open,
        here.online,
    )


def _given(connection: Connection, asked: op.RefundAsked) -> tuple[GivenRow, ...]:
    """Named by the sale; where that is not known here, by its invoice."""
    names = {line.charge_id: line.name for line in read_refunds.booked_lines(connection, asked.booking_id)}
    unnamed = Words(asked.number, asked.number)
    return tuple(
        GivenRow(each.pieces, names.get(each.charge_id, unnamed), each.gross) for each in asked.lines
    )


def _share(connection: Connection, row: RefundRow, share: op.RefundShare) -> TenderRow:
    shown = tender(connection, share.payment_id, share.method, share.amount)
    return replace(shown, is_back=captured(row, share.payment_id) is not None)


def _decided(connection: Connection, row: RefundRow) -> tuple[Words, datetime, str] | None:
    if not row.decisions:
        return None
    last = row.decisions[-1]
    return read_setup.staff_name(connection, last.staff_id), last.at, last.note


def _why_not(connection: Connection, wish: Wish, me: StaffMember, now: datetime) -> Code | None:
    """As far as is known here: the server has the last word."""
    currency = wish.amount.currency
    limit = limit_of(me.role, defaults(currency), currency)
    try:
        check_approval(wish, me, limit, read_refunds.approved_today(connection, me.staff_id, now))
    except Refused as error:
        return error.code
    return None
