"""What guests do at the counters as operations: sales of three tickets in cash or by card, admissions."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date

from benchmarks.crowd import ADULT, NAME, new_code, new_id, on_sale
from domain import operation as op
from domain.catalogue import Venue, Words
from domain.money import Money
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender
from domain.vat import VatLine
from ledger.clock import Clock, Ids

GATE = Words("Gate 1", "البوابة 1")
_CARD = ("mada", "", "4242", "123456")  # scheme, wallet, last four digits, approval
Sale = tuple[op.BookingMade, op.SaleClosed]


def admission(ids: Ids, ticket_id: str, day: date) -> op.GuestAdmitted:
    return op.GuestAdmitted(ids.new(), ticket_id, 1, 7, day, GATE, False)


def family_sale(venue: Venue, where: tuple[date, int], name: str, clock: Clock, *, attempt: str = "") -> Sale:
    """Three tickets on two lines with their receipt, paid in cash, or by the card of an `attempt`. `where`: day and
    session."""
    day, session = where
    chance = random.Random(name)
    receipt = _receipt(venue, name, clock, attempt)
    lines = tuple(
        op.BookedLine(f"{name}-c{each.quantity}", 1, NAME, session, each.quantity, each.gross, vat, 1_500)
        for each, vat in zip(receipt.lines, _amounts(venue, 3_000, 1_500), strict=True)
    )
    tickets = tuple(
        op.IssuedTicket(new_id(chance, 1 << 40), 1, session, 1, new_code(chance)) for _ in range(3)
    )
    facts = (attempt, *_CARD) if attempt else ()
    tender = op.TenderPart(f"{name}-p", _method(attempt), receipt.gross, receipt.gross, *facts)
    booking = op.BookingMade(f"{name}-b", day, lines, tickets)
    sale = op.SaleClosed(
        f"{name}-s", f"{name}-b", day, "shift", f"{name}-d", f"POS1-{name}", receipt, (tender,)
    )
    return booking, sale


def _method(attempt: str) -> str:
    return "card" if attempt else "cash"


def _receipt(venue: Venue, name: str, clock: Clock, attempt: str) -> Receipt:
    gross, net, vat, unit, none = _amounts(venue, 34_500, 30_000, 4_500, ADULT, 0)
    lines = tuple(
        ReceiptLine(NAME, "10:00–12:00", quantity, unit, Money(ADULT * quantity, venue.currency))
        for quantity in (2, 1)
    )
    change = () if attempt else (gross, none)
    card = (None, None, *_CARD) if attempt else ()
    return Receipt(
        kind=DocumentKind.INVOICE,
        number=f"POS1-{name}",
        issued_at=clock.now(),
        seller=venue.seller,
        station="POS1",
        cashier="Reem",
        lines=lines,
        vat_lines=(VatLine(1_500, gross, net, vat),),
        gross=gross,
        net=net,
        vat=vat,
        tenders=(ReceiptTender(_method(attempt), gross, *(card or change)),),
        time_zone=venue.time_zone,
    )


def _amounts(venue: Venue, *minor: int) -> Iterator[Money]:
    return (Money(each, venue.currency) for each in minor)


def visits(venue: Venue, day: date, clock: Clock, ids: Ids) -> Iterator[tuple[op.Operation, ...]]:
    """What a desk records, transaction by transaction, without end: families of three buy their tickets, each second
    one by card, and go in through the gate."""
    for number in itertools.count():
        name, where = f"{number:06d}", (day, on_sale(number))
        if number % 2:
            attempt = f"{name}-a"
            price = Money(3 * ADULT, venue.currency)
            yield (op.CardAsked(attempt, "charge", f"{name}-s", price, "PIN-01"),)
            booking, sale = family_sale(venue, where, name, clock, attempt=attempt)
            yield _approved(attempt, price), booking, sale
        else:
            booking, sale = family_sale(venue, where, name, clock)
            yield booking, sale
        for ticket in booking.tickets:
            yield (admission(ids, ticket.ticket_id, day),)


def _approved(attempt: str, price: Money) -> op.CardApproved:
    return op.CardApproved(attempt, price, *_CARD, "000000123456", "7", "PIN-01", "contactless")
