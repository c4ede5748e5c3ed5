"""Refunds at the server: what is asked for is worked out and its money held, a second person decides, the asker may
withdraw. Paid they are at the station that asked; what the server began, by `refund_tasks`.

Whoever decides about a sale holds its lock, so that never more is promised than came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.lease import HOLDER
from domain.limits import limit_of
from domain.refund import BY_STAFF, State, Way, Wish, check_approval, check_move, check_wish
from domain.refund_offer import Offer, SaleHeld, Wanted, When, offer
from domain.staff import Permission, check_approver, may
from domain.text import tidy
from ledger import read_refunds, read_setup, read_sold
from ledger import tables as t
from ledger.puts import UNDATED, Values
from ledger.read_refunds import RefundRow
from ledger.rows import add_rows
from server import refund_holds
from server.asked import Asked
from server.database import lock_subjects
from server.forgetting import forget_with
from server.named import kept
from server.recovery import RECOVERY, refuse_scarce
from server.setup import SetUp
from server.standing import judge

LONGEST_NOTE = 500


def refund_asked(connection: Connection, asked: Asked, setup: SetUp) -> Mapping[str, object]:
    """Works out what goes back and holds it. Answers with the amount.

    Refuses `recovering` after a restore, `document_unknown` for a sale that is not here, `quote_expired` when the
    policies give something else by now, and as `refund_offer.offer`, `read_sold.check_beyond` and
    `refund.check_wish`.
    """
    wanted = codec.loads(Wanted, asked.ask.body)
    if wanted.reason not in BY_STAFF:
        raise Refused(Code.RECORD_INVALID, record="refund")
    sale = locked_sale(connection, wanted.sale_id)
    refuse_scarce(connection)
    zone = ZoneInfo(read_setup.venue(connection).time_zone)
    given = offer(sale, wanted.choice, When(setup.now, zone, wanted.reason), wanted.amount)
    if given.allowed != wanted.seen:
        raise Refused(Code.QUOTE_EXPIRED)
    note = tidy(wanted.note)[:LONGEST_NOTE]
    staff_id = asked.ask.staff_id
    wish = Wish(given.amount, given.allowed, staff_id, sale.seller_id, wanted.reason, note)
    check_wish(wish, read_setup.staff_role(connection, staff_id))
    said = said_of(asked.ask.request_id, asked.station.station_id, sale, given, wish)
    read_sold.check_beyond(connection, said)
    enter(setup, said)
    return {"refund": asked.ask.request_id, "amount": given.amount.decimal()}


def refund_approved(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """A second person's yes, who did not take it up either. One at a time for each sale: its credit notes count VAT
    over the earlier ones.

    Refuses `refund_unknown`, `refund_decided` (by whom, when), `refund_open`, `refund_state`, `revision_stale` for
    another amount than was seen, `recovering`, `void_already` where the sale was voided meanwhile, and as
    `check_tenders`, `read_sold.check_beyond` and `refund.check_approval`.
    """
    row = refund_of(connection, asked)
    lock_subjects(connection, {f"approver:{asked.ask.staff_id}"})
    refuse_scarce(connection)
    check_open(connection, row, asked.ask.staff_id, State.APPROVED)
    if asked.field("minor", int, "refund") != row.asked.amount.minor:
        raise Refused(Code.REVISION_STALE)
    others = read_refunds.refunds_of_sale(connection, row.asked.sale_id)
    if any(each.holds and each.approval for each in others):
        raise Refused(Code.REFUND_OPEN)
    read_refunds.check_not_voided(connection, row.asked.sale_id)
    read_refunds.check_tenders(connection, row)
    read_sold.check_beyond(connection, row.asked)
    _check_approver(connection, row, asked.ask.staff_id, setup.now)
    note = _note(asked)
    said = op.RefundApproved(asked.ask.request_id, row.asked.ask_id, row.asked.amount, note)
    _decide(asked, setup, "approved", said)


def refund_refused(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """A second person's no; nothing is held any more. Refuses `reason_needed`, and as an approval who may not."""
    row = refund_of(connection, asked)
    check_open(connection, row, asked.ask.staff_id, State.REFUSED)
    role = read_setup.staff_role(connection, asked.ask.staff_id)
    check_approver(asked.ask.staff_id, role, row.asked.staff_id, Permission.REFUND_APPROVE)
    if not (note := _note(asked)):
        raise Refused(Code.REASON_NEEDED)
    _decide(asked, setup, "refused", op.RefundRefused(asked.ask.request_id, row.asked.ask_id, note))


def refund_withdrawn(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """It is not wanted any more. Only at the station that pays it: what that one paid has arrived before. What nobody
    has taken up yet, at any.

    Refuses `refund_elsewhere`, `refund_decided`, `refund_state` once money moved or may have, and `not_allowed` to
    anybody but who asked, who may approve, and, once the sale was voided, who took it up.
    """
    row = refund_of(connection, asked)
    staff_id = asked.ask.staff_id
    if row.station_id not in ("", asked.station.station_id):
        raise Refused(Code.REFUND_ELSEWHERE, station=read_setup.station_name(connection, row.station_id))
    check_open(connection, row, staff_id, State.WITHDRAWN)
    may_decide = may(read_setup.staff_role(connection, staff_id), Permission.REFUND_APPROVE)
    is_theirs = bool(staff_id) and staff_id == row.asked.staff_id
    if not (is_theirs or may_decide or read_refunds.is_left_with(connection, row, staff_id)):
        raise Refused(Code.NOT_ALLOWED, permission=Permission.REFUND_APPROVE.value)
    said = op.RefundWithdrawn(asked.ask.request_id, row.asked.ask_id, _note(asked))
    _decide(asked, setup, "withdrawn", said)


# what they have in common --------------------------------------------------------------------------------------------


def locked_sale(connection: Connection, sale_id: str) -> SaleHeld:
    """The sale as it stands under the locks of all sales of its booking."""
    booked = sa.select(t.sale.c.booking_id).where(t.sale.c.sale_id == sale_id)
    sales = sale_locks(connection, connection.execute(booked).scalar() or "")
    lock_subjects(connection, {f"sale:{sale_id}", *sales, RECOVERY})
    sale = read_sold.sale_held(connection, sale_id)
    if sale is None or not sale.number:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    return sale


def refund_of(connection: Connection, asked: Asked) -> RefundRow:
    """What is decided about, under the lock of its sale."""
    ask_id = asked.field("refund", str, "refund")
    found = read_refunds.refund(connection, ask_id)
    if found is None:
        raise Refused(Code.REFUND_UNKNOWN)
    sales = {f"sale:{found.asked.sale_id}", *sale_locks(connection, found.asked.booking_id)}
    lock_subjects(connection, {*sales, f"refund:{ask_id}", RECOVERY})
    return read_refunds.refund(connection, ask_id) or found


def sale_locks(connection: Connection, booking_id: str) -> set[str]:
    """The sales of a booking as subjects, voided ones too: the same may have been paid for in several."""
    found = sa.select(t.sale.c.sale_id).where(t.sale.c.booking_id == booking_id)
    return {f"sale:{sale_id}" for sale_id in connection.execute(found).scalars()}


def guest_locks(connection: Connection, asked: op.RefundAsked) -> set[str]:
    """Of a refund all that is locked before its guest is told of it, or it is asked for anew: nobody is erased
    meanwhile."""
    booked = sa.select(t.reservation.c.guest_id).where(t.reservation.c.booking_id == asked.booking_id)
    guests = {f"guest:{guest_id}" for guest_id in connection.execute(booked).scalars()}
    return guests | sale_locks(connection, asked.booking_id) | {f"refund:{asked.ask_id}", RECOVERY}


def check_open(connection: Connection, row: RefundRow, asker: str, wanted: State) -> None:
    """Two who decide at one moment: the second hears what the first said."""
    said = row.ending or (row.approval if wanted is not State.WITHDRAWN else None)
    if said is not None:
        by = read_setup.staff_name_to(connection, said.staff_id, asker)
        raise Refused(Code.REFUND_DECIDED, by=by, until=said.at.isoformat(timespec="seconds"))
    check_move(row.state, wanted, Way.CARD)


def _check_approver(connection: Connection, row: RefundRow, staff_id: str, now: datetime) -> None:
    found = read_setup.staff_of(connection, staff_id)
    nobody = StaffMember(staff_id, read_setup.staff_name(connection, staff_id), "", "en")
    approver = found.member if found else nobody
    currency = row.asked.amount.currency
    today = read_refunds.approved_today(connection, staff_id, now)
    limits = read_setup.limits(connection, currency)
    check_approval(row.wish, approver, limit_of(approver.role, limits, currency), today)


def _note(asked: Asked) -> str:
    return tidy(asked.field("note", str, "refund"))[:LONGEST_NOTE]


def said_of(
    ask_id: str, station_id: str, sale: SaleHeld, given: Offer, wish: Wish, *, by_guest: bool = False
) -> op.RefundAsked:
    shares = (op.RefundShare(part.payment_id, part.instrument.value, part.amount) for part in given.parts)
    return op.RefundAsked(
        ask_id, sale.sale_id, sale.booking_id, sale.day, station_id, wish.requester_id, sale.seller_id, sale.number,
        sale.issued_day, given.amount, given.allowed, wish.reason.value, wish.note, given.quotes, given.lines,
        tuple(shares), given.tickets, given.sessions, by_guest,
    )  # fmt: skip


def enter(setup: SetUp, said: op.RefundAsked) -> None:
    """From now on its money is held. Refuses as `refund_holds.reserve`."""
    refund_holds.reserve(setup.connection, said)
    said = kept(setup.connection, said)
    forget_with(setup, said.booking_id, said.ask_id)
    values: Values = {"ask_id": said.ask_id, "sale_id": said.sale_id, "booking_id": said.booking_id}
    values |= {"station_id": said.station_id, "staff_id": said.staff_id, "body": codec.dumps(said)}
    values |= {"amount": said.amount.minor, "currency": said.amount.currency}
    put(setup, t.refund_ask, values, said)


_Decision = op.RefundApproved | op.RefundRefused | op.RefundWithdrawn
_Said = op.RefundAsked | op.RefundTaken | op.RefundReleased | _Decision


def _decide(asked: Asked, setup: SetUp, decision: str, said: _Decision) -> None:
    _decided(setup, decision, said, asked.ask.staff_id, asked.station.station_id)


def withdraw(setup: SetUp, row: RefundRow) -> None:
    """By the server itself; nobody is told of it."""
    said = op.RefundWithdrawn(setup.ids.new(), row.asked.ask_id, "")
    _decided(setup, "withdrawn", said, HOLDER, HOLDER)


def _decided(setup: SetUp, decision: str, said: _Decision, staff_id: str, station_id: str) -> None:
    """Somebody said so there, under the lock of the sale; what ended holds nothing any more."""
    said = kept(setup.connection, said)
    values: Values = {"decision_id": said.decision_id, "ask_id": said.ask_id, "decision": decision}
    values |= {"staff_id": staff_id, "station_id": station_id, "note": said.note}
    put(setup, t.refund_decision, values, said)
    if not isinstance(said, op.RefundApproved):
        refund_holds.let_go(setup.connection, [said.ask_id])
    if judge(setup.connection, [f"refund:{said.ask_id}"], setup.now_ms).changed:
        setup.touch(t.case_item)


def put(setup: SetUp, table: sa.Table, values: Values, said: _Said) -> None:
    row: Values = {**values, "op_id": setup.note(said), "at": setup.now_ms, "bucket": UNDATED, "seq": 0}
    add_rows(setup.connection, [(table, row)])
    setup.touch(table)
