"""Refunds as screens show them: a charge and its tickets, where a refund stands, what one would be."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from app.booking_sessions import in_order, sessions_by_number
from app.refund_approvers import deciders
from app.refund_figures import vat_lines
from app.shown_bookings import BookedSession
from app.shown_refunds import ChargeRow, Decided, GivenTicket, Preview, RefundRow, TenderRow, TicketRow
from documents.bilingual import phrase
from domain import operation as op
from domain.catalogue import Words
from domain.money import Money, total
from domain.refund import Part, Reason, Way, Wish
from domain.refund_offer import ChargeHeld, Choice, Offer, SaleHeld
from domain.ticket import short_code
from domain.timing import DAYS_KEPT
from ledger import read_refunds, read_setup, read_sold
from ledger import tables as t
from ledger.paper_names import activities_told


def charge_rows(connection: Connection, sale: SaleHeld) -> tuple[ChargeRow, ...]:
    """What was sold, each with the sessions that it is for."""
    numbers = [_sessions_of(charge) for charge in sale.charges]
    known = sessions_by_number(connection, set().union(*numbers))
    return tuple(_charge_row(*each, known) for each in zip(sale.charges, numbers, strict=True))


def _sessions_of(charge: ChargeHeld) -> set[int]:
    good = {each.session for each in charge.tickets if not each.gone}
    return (good or {each.session for each in charge.tickets}) - {0}


def _charge_row(charge: ChargeHeld, numbers: set[int], known: dict[int, BookedSession]) -> ChargeRow:
    line = charge.line
    return ChargeRow(
        line.charge_id,
        line.name,
        charge.pieces,
        _each(charge),
        tuple(
            TicketRow(each.ticket_id, short_code(UUID(each.ticket_id)), each.used, each.gone, each.session)
            for each in charge.tickets
        ),
        charge.open_ask,
        line.quantity,
        in_order(known[number] for number in numbers if number in known),
    )


def _each(charge: ChargeHeld) -> Money:
    """Of what is left; as it was sold, where nothing is."""
    whole, pieces = charge.line.gross, charge.line.quantity
    if charge.pieces:
        whole, pieces = charge.price(0, charge.pieces), charge.pieces
    return Money(whole.minor // pieces, whole.currency)


def refund_row(connection: Connection, row: read_refunds.RefundRow, station_id: str) -> RefundRow:
    asked, decided = row.asked, decisions(connection, row)
    return RefundRow(
        asked.ask_id,
        asked.sale_id,
        asked.number,
        asked.amount,
        row.state,
        Reason(asked.reason),
        asked.note,
        asked.staff_id,
        asker(connection, asked),
        row.at,
        decided[-1] if decided else None,
        row.station_id == station_id,
        free=not row.station_id,
        due=_due(connection, row),
    )


def _due(connection: Connection, row: read_refunds.RefundRow) -> datetime | None:
    """Stations hold the sale for a day once that which it is for is over."""
    last = row.asked.day + timedelta(days=DAYS_KEPT)
    return read_setup.day_end(connection, last) if row.holds else None


def decisions(connection: Connection, row: read_refunds.RefundRow) -> tuple[Decided, ...]:
    """By their time."""
    return tuple(
        Decided(each.state, read_setup.maker(connection, each.staff_id), each.at, each.note)
        for each in row.decisions
    )


def given_tickets(connection: Connection, asked: op.RefundAsked) -> tuple[GivenTicket, ...]:
    """Those that are known here, by their sessions."""
    c = t.ticket.c
    found = connection.execute(
        sa.select(c.ticket_id, c.product, c.session).where(c.ticket_id.in_(asked.tickets))
    ).all()
    sold = {line.session for line in read_sold.booked_lines(connection, asked.booking_id)}
    known = read_setup.sessions(connection, sold.union(row.session for row in found))
    told = activities_told(connection, (each.activity_id for each in known))
    sessions = {each.number: each for each in known}
    made = []
    for row in sorted(found, key=lambda row: (row.session, row.product, row.ticket_id)):
        session = sessions.get(row.session)
        times = (session.starts_at, session.ends_at) if session else None
        name = read_setup.product_name(connection, row.product)
        activity = told.get(session.activity_id) if session else None
        made.append(GivenTicket(name, short_code(UUID(row.ticket_id)), times, activity))
    return tuple(made)


def asker(connection: Connection, asked: op.RefundAsked) -> Words:
    """Who asked; of what the server began, the guest or nobody."""
    if asked.staff_id:
        return read_setup.staff_name(connection, asked.staff_id)
    return phrase("refund_by.guest" if asked.by_guest else "refund_by.itself")


def preview_of(
    connection: Connection, sale: SaleHeld, given: Offer, said: tuple[Choice, Reason, str], now: datetime
) -> Preview:
    """`said` is what was chosen, why, and who asks."""
    choice, reason, staff_id = said
    rates = {charge.line.charge_id: charge.line.rate for charge in sale.charges}
    taxed = vat_lines(connection, sale.sale_id, given.lines, rates)
    currency = given.amount.currency
    vat = total((line.vat for line in taxed), currency)
    may = deciders(connection, Wish(given.amount, given.allowed, staff_id, sale.seller_id, reason), now)
    cash = (part.amount for part in given.parts if part.way is Way.CASH)
    return Preview(
        sale.sale_id,
        choice,
        reason,
        given.price,
        given.fee,
        given.allowed,
        given.amount,
        given.amount - vat,
        vat,
        taxed,
        tuple(_part(connection, part) for part in given.parts),
        total(cash, currency),
        tuple(person.name for person in may.approvers),
        tuple(dict.fromkeys(quote.ground.value for quote in given.quotes)),
        min((quote.valid_until for quote in given.quotes), default=None),
        may.nobody,
    )


def payments_of(connection: Connection, sale: SaleHeld) -> tuple[TenderRow, ...]:
    """How it was paid."""
    return tuple(
        tender(connection, paid.payment_id, paid.instrument.value, paid.captured) for paid in sale.payments
    )


def tender(connection: Connection, payment_id: str, method: str, amount: Money) -> TenderRow:
    """An amount, and the card that it is about."""
    found = sa.select(t.payment.c.scheme, t.payment.c.last4).where(t.payment.c.payment_id == payment_id)
    row = connection.execute(found).first()
    return TenderRow(method, amount, row.scheme, row.last4) if row else TenderRow(method, amount)


def _part(connection: Connection, part: Part) -> TenderRow:
    return tender(connection, part.payment_id, part.instrument.value, part.amount)
