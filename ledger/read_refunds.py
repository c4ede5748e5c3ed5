"""Questions about refunds: what a sale still has to give back, what is asked for and where it stands; from rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.money import Money
from domain.operation_till import BookedLine
from domain.policy import Moved
from domain.receipt import Receipt
from domain.refund import Instrument, Paid, State
from domain.refund_offer import ChargeHeld, SaleHeld, TicketHeld
from ledger import read_money, read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.refund_row import Decision as Decision
from ledger.refund_row import RefundRow as RefundRow
from ledger.refund_row import Take as Take
from ledger.refund_row import Try as Try
from ledger.ticket_paths import Path, Starts, paths_of

TAKEN, RELEASED = "taken", "released"
_DECISIONS = {
    "approved": State.APPROVED,
    "refused": State.REFUSED,
    "withdrawn": State.WITHDRAWN,
}


# what is asked for ---------------------------------------------------------------------------------------------------


def refund(connection: Connection, ask_id: str) -> RefundRow | None:
    return next(_refunds(connection, t.refund_ask.c.ask_id == ask_id), None)


def refunds_of_sale(connection: Connection, sale_id: str) -> list[RefundRow]:
    return list(_refunds(connection, t.refund_ask.c.sale_id == sale_id))


IS_OPEN = sa.and_(
    ~sa.exists().where(
        t.refund_decision.c.ask_id == t.refund_ask.c.ask_id, t.refund_decision.c.decision != "approved"
    ),
    ~sa.exists().where(t.refund_done.c.ask_id == t.refund_ask.c.ask_id),
)
"""An ask is not over."""


def open_refunds(connection: Connection) -> list[RefundRow]:
    """Those that are not over, oldest first."""
    return list(_refunds(connection, IS_OPEN))


def refused_since(connection: Connection, moment: datetime) -> list[RefundRow]:
    """Those that somebody refused since then, the last one first."""
    found = list(_refunds(connection, _refused(moment)))
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


# what a sale still has -----------------------------------------------------------------------------------------------


def sale_of_number(connection: Connection, number: str) -> str:
    """The sale of a document of this station; empty for none."""
    found = sa.select(t.document.c.sale_id).where(t.document.c.number == number)
    return connection.execute(found).scalar() or ""


def paid_sale(connection: Connection, booking_id: str) -> str:
    """The sale that a booking was paid in, the first of several; empty where it was not, or that was voided."""
    c, voided = t.sale.c, sa.exists().where(t.sale_void.c.sale_id == t.sale.c.sale_id)
    found = sa.select(c.sale_id).where(c.booking_id == booking_id, ~voided).order_by(c.at, c.sale_id)
    return connection.execute(found.limit(1)).scalar() or ""


def seller_of(connection: Connection, sale_id: str) -> str:
    """The station that made a sale; empty where that is not known."""
    found = sa.select(t.sale.c.station_id).where(t.sale.c.sale_id == sale_id)
    return connection.execute(found).scalar() or ""


def tried_at(connection: Connection, ask_id: str) -> set[str]:
    """The stations whose terminals were asked to give it back."""
    attempt, tried = t.card_attempt.c, t.refund_try.c
    found = sa.select(t.shift.c.station_id).join(t.card_attempt, attempt.shift_id == t.shift.c.shift_id)
    found = found.join(t.refund_try, tried.attempt_id == attempt.attempt_id)
    return set(connection.execute(found.where(tried.ask_id == ask_id)).scalars())


def sale_of_ticket(connection: Connection, ticket_id: str) -> str:
    """The sale that a ticket was sold in; empty where it is not known here."""
    found = sa.select(t.sale.c.sale_id).join_from(
        t.ticket, t.sale, t.sale.c.booking_id == t.ticket.c.booking_id
    )
    return connection.execute(found.where(t.ticket.c.ticket_id == ticket_id)).scalar() or ""


def sale_held(connection: Connection, sale_id: str) -> SaleHeld | None:
    """A paid sale, as far as its rows are here; None for one that is not."""
    sale = connection.execute(sa.select(t.sale).where(t.sale.c.sale_id == sale_id)).first()
    booked = sa.select(t.booking).where(t.booking.c.booking_id == (sale.booking_id if sale else ""))
    booking = connection.execute(booked).first()
    if sale is None or booking is None:
        return None
    day = datetime.fromisoformat(booking.day).date()
    zone = ZoneInfo(read_setup.venue(connection).time_zone)
    refunds = refunds_of_sale(connection, sale_id)
    asked = [row for row in refunds if row.holds]
    back = {ticket_id for row in refunds if row.paid for ticket_id in row.asked.tickets}
    voided = connection.execute(sa.select(t.sale_void.c.void_id).where(t.sale_void.c.sale_id == sale_id))
    return SaleHeld(
        sale_id,
        sale.booking_id,
        day,
        sale.station_id,
        sale.staff_id,
        *_invoice(connection, sale.document_id),
        voided.first() is not None,
        tuple(_charges(connection, sale.booking_id, datetime.combine(day, time(), zone), (asked, back))),
        tuple(_payments(connection, sale_id, asked)),
    )


def _invoice(connection: Connection, document_id: str) -> tuple[str, str]:
    row = connection.execute(sa.select(t.document).where(t.document.c.document_id == document_id)).first()
    if row is None:
        return "", ""
    receipt = codec.loads(Receipt, row.body)
    day = receipt.issued_at.astimezone(ZoneInfo(receipt.time_zone)).date()
    return row.number, day.isoformat()


def _payments(connection: Connection, sale_id: str, asked: Iterable[RefundRow]) -> Iterator[Paid]:
    held: Counter[str] = Counter()
    for refunded in asked:
        held.update({share.payment_id: share.amount.minor for share in refunded.asked.shares})
    for each in read_money.payments_of_sale(connection, sale_id):
        row: Any = each
        back = sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0))
        gone = connection.execute(back.where(t.refund.c.payment_id == row.payment_id)).scalar_one()
        took, gave, holds = (
            Money(int(each), row.currency) for each in (row.amount, gone, held[row.payment_id])
        )
        yield Paid(row.payment_id, Instrument(row.method), took, gave, holds, from_ms(row.at))


def _charges(
    connection: Connection, booking_id: str, day: datetime, refunds: tuple[list[RefundRow], set[str]]
) -> Iterator[ChargeHeld]:
    """In the order of their ids, which is that in which they were booked. `refunds` are those that hold money, and the
    tickets of which it went back."""
    starts = Starts(connection, day)
    tickets = _tickets(connection, booking_id, refunds[1], starts)
    opened = {line.charge_id: row.asked.ask_id for row in refunds[0] for line in row.asked.lines}
    products = {product.number: product for product in read_setup.all_products(connection)}
    for line in booked_lines(connection, booking_id):
        of_it = tickets.get((line.product, line.session), [])
        mine, of_it[: line.quantity] = tuple(of_it[: line.quantity]), []
        product = products.get(line.product)
        policy, revision = read_setup.policy(connection, product.policy if product else "")
        pieces, back = _credited(connection, line)
        opened_by = opened.get(line.charge_id, "")
        yield ChargeHeld(line, policy, revision, starts.of(line.session), mine, pieces, back, opened_by)


def booked_lines(connection: Connection, booking_id: str) -> list[BookedLine]:
    """The charges of a booking."""
    c = t.charge.c
    rows = connection.execute(sa.select(t.charge).where(c.booking_id == booking_id).order_by(c.charge_id))
    return [
        BookedLine(
            row.charge_id,
            row.product,
            codec.loads(Words, row.name),
            row.session,
            row.quantity,
            Money(row.gross, row.currency),
            Money(row.vat, row.currency),
            row.rate,
        )
        for row in rows
    ]


def _credited(connection: Connection, line: BookedLine) -> tuple[int, Money]:
    sums = sa.select(
        sa.func.coalesce(sa.func.sum(t.refund_line.c.pieces), 0),
        sa.func.coalesce(sa.func.sum(t.refund_line.c.gross), 0),
    )
    pieces, minor = connection.execute(sums.where(t.refund_line.c.charge_id == line.charge_id)).one()
    return int(pieces), Money(int(minor), line.gross.currency)


def _tickets(
    connection: Connection, booking_id: str, back: set[str], starts: Starts
) -> dict[tuple[int, int], list[TicketHeld]]:
    """By product and session of their charge. What was revoked and not refunded yet can still go `back`."""
    undone = sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id)
    used = sa.exists().where(t.admission.c.ticket_id == t.ticket.c.ticket_id, ~undone)
    revoked = sa.exists().where(
        t.ticket_revoke.c.ticket_id == t.ticket.c.ticket_id,
        t.ticket_revoke.c.revoke_id == t.ticket_cancel.c.void_id,
    )
    ended = sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id, ~revoked)
    c = t.ticket.c
    found = sa.select(c.ticket_id, c.product, c.session, used.label("used"), ended.label("gone"))
    held: dict[tuple[int, int], list[TicketHeld]] = {}
    paths, gone = paths_of(connection, booking_id)
    for row in connection.execute(found.where(c.booking_id == booking_id).order_by(c.ticket_id)):
        path = paths.get(row.ticket_id, Path(row.session))
        moves = tuple(Moved(at, starts.of(session)) for at, session in path.left)
        ticket = TicketHeld(
            row.ticket_id, row.session, bool(row.used), bool(row.gone) or row.ticket_id in back,
            starts.of(row.session) if moves else None, moves,
        )  # fmt: skip
        if row.ticket_id not in gone:
            held.setdefault((row.product, path.charged), []).append(ticket)
    return held
