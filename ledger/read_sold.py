"""Questions about a paid sale: what of it can still go back, by which payments; and whose a document or a ticket is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import Booked
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from domain.operation_refund import GivenUp, RefundAsked
from domain.operation_till import BookedLine
from domain.policy import Moved
from domain.receipt import Receipt
from domain.refund import Instrument, Paid, Reason
from domain.refund_offer import ChargeHeld, SaleHeld, TicketHeld, When, kept_whole
from domain.refund_price import rest_of
from ledger import read_money, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.read_refunds import IS_OPEN, RefundRow, is_voided, refunds_of_booking
from ledger.sale_charges import charges_of
from ledger.ticket_paths import Path, Starts, paths_of

# whose it is --------------------------------------------------------------------------------------------------------


def sale_of_number(connection: Connection, number: str) -> str:
    """The sale of a document of this station; empty for none."""
    found = sa.select(t.document.c.sale_id).where(t.document.c.number == number)
    return connection.execute(found).scalar() or ""


def paid_sale(connection: Connection, booking_id: str) -> str:
    """The sale that a booking was paid in: of several the first of `standing_sales`; empty where it was not paid, or
    that was voided."""
    return next(iter(standing_sales(connection, booking_id)), "")


def standing_sales(connection: Connection, booking_id: str) -> list[str]:
    """The sales of a booking that stand, the one of which most is left first; of equal ones the earlier."""
    c = t.sale.c
    back = sa.select(sa.func.coalesce(sa.func.sum(t.refund_done.c.amount), 0))
    left = c.gross - back.where(t.refund_done.c.sale_id == c.sale_id).scalar_subquery()
    found = sa.select(c.sale_id).where(c.booking_id == booking_id, read_money.SALE_STANDS)
    return list(connection.execute(found.order_by(left.desc(), c.at, c.sale_id)).scalars())


def seller_of(connection: Connection, sale_id: str) -> str:
    """The station that made a sale; empty where that is not known."""
    found = sa.select(t.sale.c.station_id).where(t.sale.c.sale_id == sale_id)
    return connection.execute(found).scalar() or ""


def sale_of_ticket(connection: Connection, ticket_id: str) -> str:
    """The sale that a ticket was sold in; empty where it is not known here."""
    found = sa.select(t.sale.c.sale_id).join_from(
        t.ticket, t.sale, t.sale.c.booking_id == t.ticket.c.booking_id
    )
    return connection.execute(found.where(t.ticket.c.ticket_id == ticket_id)).scalar() or ""


def sale_held(connection: Connection, sale_id: str, *, whole: bool = False) -> SaleHeld | None:
    """A paid sale with what it was paid for, or the `whole` of its booking, as far as the rows are here; None for one
    that is not."""
    sale = connection.execute(sa.select(t.sale).where(t.sale.c.sale_id == sale_id)).first()
    booked = sa.select(t.booking).where(t.booking.c.booking_id == (sale.booking_id if sale else ""))
    booking = connection.execute(booked).first()
    if sale is None or booking is None:
        return None
    day = datetime.fromisoformat(booking.day).date()
    zone = ZoneInfo(read_setup.venue(connection).time_zone)
    refunds = refunds_of_booking(connection, sale.booking_id)
    back = _Back.of(sale_id, refunds)
    charges = _charges(connection, sale.booking_id, datetime.combine(day, time(), zone), back)
    mine = _not_voided(connection, sale.booking_id) if whole else charges_of(connection, sale)
    return SaleHeld(
        sale_id,
        sale.booking_id,
        day,
        sale.station_id,
        sale.staff_id,
        *_invoice(connection, sale.document_id),
        is_voided(connection, sale_id),
        tuple(each for each in charges if each.line.charge_id in mine),
        tuple(_payments(connection, sale_id, back.held)),
        _beyond(connection, sale.booking_id, refunds),
    )


def _beyond(connection: Connection, booking_id: str, refunds: Iterable[RefundRow]) -> int:
    """Minor units that came in for a booking beyond what it cost, less what `refunds` ask for of them already."""
    held = sum(row.asked.amount.minor for row in refunds if row.holds and row.asked.stays)
    return max(0, -read_money.owed(connection, booking_id) - held)


def check_beyond(connection: Connection, asked: RefundAsked) -> None:
    """Refuses `refund_too_much` for what is to go back since two tills were paid, where that is not so any more."""
    sales = sa.select(sa.func.count()).where(t.sale.c.booking_id == asked.booking_id)
    if asked.reason != Reason.DUPLICATE or not asked.stays or connection.execute(sales).scalar_one() < 2:
        return
    others = [
        row for row in refunds_of_booking(connection, asked.booking_id) if row.asked.ask_id != asked.ask_id
    ]
    if asked.amount.minor > (most := _beyond(connection, asked.booking_id, others)):
        raise Refused(Code.REFUND_TOO_MUCH, most=Money(most, asked.amount.currency).decimal())


def _not_voided(connection: Connection, booking_id: str) -> set[str]:
    found = sa.select(t.charge.c.charge_id).where(t.charge.c.booking_id == booking_id, read_money.CHARGED)
    return set(connection.execute(found).scalars())


def kept_of(connection: Connection, sale: SaleHeld, now: datetime) -> Money:
    """What stays where a guest calls a booking off and nothing goes back of any of its sales; refuses as `kept_whole`,
    `refund_open` also for a refund of another sale, `refund_due` where more came in than it cost, and `session_over`
    once its time is over and nothing goes back: then it ends by itself."""
    mine = sa.select(t.refund_ask.c.ask_id).where(t.refund_ask.c.booking_id == sale.booking_id, IS_OPEN)
    if connection.execute(mine.limit(1)).first() is not None:
        raise Refused(Code.REFUND_OPEN)
    if read_money.owed(connection, sale.booking_id) < 0:
        raise Refused(Code.REFUND_DUE)
    zone = ZoneInfo(read_setup.venue(connection).time_zone)
    all_of_it = sale_held(connection, sale.sale_id, whole=True) or sale
    stays = kept_whole(all_of_it, When(now, zone, Reason.CUSTOMER_CANCEL))
    if is_over(connection, sale.booking_id, now):
        raise Refused(Code.SESSION_OVER)
    return stays


def is_over(connection: Connection, booking_id: str, now: datetime) -> bool:
    """Whether it was made ahead and nobody can come on it any more."""
    booked = sa.select(t.reservation.c.body).where(t.reservation.c.booking_id == booking_id)
    body = connection.execute(booked).scalar()
    return body is not None and read_setup.is_over(connection, codec.loads(Booked, body), now)


def _invoice(connection: Connection, document_id: str) -> tuple[str, str]:
    row = connection.execute(sa.select(t.document).where(t.document.c.document_id == document_id)).first()
    if row is None:
        return "", ""
    receipt = codec.loads(Receipt, row.body)
    day = receipt.issued_at.astimezone(ZoneInfo(receipt.time_zone)).date()
    return row.number, day.isoformat()


def _payments(connection: Connection, sale_id: str, held: Counter[str]) -> Iterator[Paid]:
    for each in read_money.payments_of_sale(connection, sale_id):
        row: Any = each
        back = sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0))
        gone = connection.execute(back.where(t.refund.c.payment_id == row.payment_id)).scalar_one()
        took, gave, holds = (
            Money(int(each), row.currency) for each in (row.amount, gone, held[row.payment_id])
        )
        yield Paid(row.payment_id, Instrument(row.method), took, gave, holds, from_ms(row.at))


def _charges(connection: Connection, booking_id: str, day: datetime, back: _Back) -> Iterator[ChargeHeld]:
    """Of a booking, in the order of their ids, which is that in which they were booked."""
    starts = Starts(connection, day)
    tickets = _tickets(connection, booking_id, back.tickets, starts)
    products = {product.number: product for product in read_setup.all_products(connection)}
    for line in booked_lines(connection, booking_id):
        of_it = tickets.get((line.product, line.session), [])
        mine, of_it[: line.quantity] = tuple(of_it[: line.quantity]), []
        product = products.get(line.product)
        policy, revision = read_setup.policy(connection, product.policy if product else "")
        yield ChargeHeld(
            line, policy, revision, starts.of(line.session), mine, _pieces_back(connection, line),
            rest_of(line, back.given.get(line.charge_id, ())), back.opened.get(line.charge_id, ""),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Back:
    """What went back of a booking, as one of its sales sees it: `tickets`, and `given` of each charge in its order;
    `opened` is the refund of a charge that is not over, and `held` what such hold of each payment. Money that went back
    of another sale while all stayed was its own: each has an invoice."""

    tickets: set[str]
    given: dict[str, list[GivenUp]]
    opened: dict[str, str]
    held: Counter[str]

    @classmethod
    def of(cls, sale_id: str, asked: list[RefundRow]) -> _Back:
        paid, waits = ([row.asked for row in asked if row.paid], [row.asked for row in asked if row.holds])
        given: dict[str, list[GivenUp]] = {}
        for line in (line for each in paid for line in _seen(each, sale_id)):
            given.setdefault(line.charge_id, []).append(line)
        opened = {line.charge_id: each.ask_id for each in waits for line in _seen(each, sale_id)}
        held = Counter[str]()
        for share in (share for each in waits for share in each.shares):
            held[share.payment_id] += share.amount.minor
        return cls({ticket_id for each in paid for ticket_id in each.tickets}, given, opened, held)


def _seen(asked: RefundAsked, sale_id: str) -> Iterator[GivenUp]:
    """The lines of a refund that matter to a sale of its booking."""
    return (line for line in asked.lines if line.pieces or asked.sale_id == sale_id)


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


def _pieces_back(connection: Connection, line: BookedLine) -> int:
    summed = sa.select(sa.func.coalesce(sa.func.sum(t.refund_line.c.pieces), 0))
    return int(connection.execute(summed.where(t.refund_line.c.charge_id == line.charge_id)).scalar_one())


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
