"""Turning a paid cart into what is recorded and printed: booking, signed tickets, document with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from app.secrets import StationSecrets
from app.store import Actor, Recording, Store
from documents.format import span
from domain.booking import lines_of
from domain.cart import Cart, CartLine, Totals, paid_lines, reduced, seen_for, totals
from domain.catalogue import ProductKind, Session, Venue, Words
from domain.discount import given_off
from domain.money import Money
from domain.operation import BookedLine, BookingMade, GivenOff, IssuedTicket, SaleClosed, TenderPart
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender, TicketBatch, TicketPrint
from domain.sale import CardTender, CashTender, Tender
from domain.ticket import TicketCode, short_code, sign
from ledger import read_setup
from ledger.paper_names import activities_told, named_with, told_apart

DAYS = 1


@dataclass(frozen=True, slots=True)
class Closed:
    sale_id: str
    document_id: str
    number: str
    tickets: int


class Signer:
    """Makes the codes of tickets with the station's signing key; the same ticket always gets the same code."""

    def __init__(self, secrets: StationSecrets) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secrets.signing_key))
        self._key_id = secrets.key_id

    def code(self, ticket_id: str, product: int, first: date, session: int) -> str:
        return sign(TicketCode(self._key_id, UUID(ticket_id), product, first, DAYS, session), self._key)


class Closing:
    """Closes sales; everything goes into the caller's transaction."""

    def __init__(self, store: Store, signer: Signer) -> None:
        self._store = store
        self._signer = signer

    def close(
        self, recording: Recording, actor: Actor, sale_id: str, cart: Cart, tenders: Sequence[Tender]
    ) -> Closed:
        """Records booking and sale, takes the document's number, queues receipt and tickets."""
        venue = read_setup.venue(recording.cache)
        today = read_setup.day_at(recording.cache, self._store.now())
        day = min((line.session.day for line in cart.lines if line.session), default=today)
        booking = self._booking(cart, day)
        number = document_number(self._store, recording)
        receipt = self._receipt(recording, (actor, venue), (number, cart), tenders)
        document_id = self._store.ids.new()
        recording.add(booking)
        parts = tuple(self._tender(tender) for tender in tenders)
        recording.add(
            SaleClosed(sale_id, booking.booking_id, day, actor.shift_id, document_id, number, receipt, parts)
        )
        recording.print("receipt", number, receipt)
        self._print_tickets(recording, venue, (number, cart), booking)
        return Closed(sale_id, document_id, number, len(booking.tickets))

    def _booking(self, cart: Cart, day: date) -> BookingMade:
        booked = iter([line.line_id for line in cart.lines])  # charged once, though two tills are paid for it
        lines = lines_of(cart, booked.__next__ if cart.booking_id else self._store.ids.new)
        guests = _guests(cart)
        ids = cart.kept or [self._store.ids.new() for _ in guests]
        tickets = tuple(
            self._ticket(line, day, ticket_id) for line, ticket_id in zip(guests, ids, strict=True)
        )
        offs = self._offs(cart, lines)
        return BookingMade(
            cart.booking_id or self._store.ids.new(), day, lines, tickets, cart.override_id, bool(cart.booking_id),
            offs, cart.discount_by if offs else "", seen_for(cart),
        )  # fmt: skip

    def _offs(self, cart: Cart, booked: Sequence[BookedLine]) -> tuple[GivenOff, ...]:
        if not cart.discounts:
            return ()
        charges = {line.line_id: each.charge_id for line, each in zip(cart.lines, booked, strict=True)}
        given = {each.discount_id: each for each in cart.discounts}
        return tuple(
            given_off(self._store.ids.new(), charges[off.line_id], given[off.discount_id], off.amount)
            for off in reduced(cart).offs
        )

    def _ticket(self, line: CartLine, day: date, ticket_id: str) -> IssuedTicket:
        number = _session_number(line)
        first = line.session.day if line.session else day
        code = self._signer.code(ticket_id, line.product.number, first, number)
        return IssuedTicket(ticket_id, line.product.number, number, line.product.places, code)

    def _receipt(
        self,
        recording: Recording,
        who: tuple[Actor, Venue],
        what: tuple[str, Cart],
        tenders: Sequence[Tender],
    ) -> Receipt:
        (actor, venue), (number, cart) = who, what
        sums: Totals = totals(cart)
        identity = self._store.identity
        return Receipt(
            kind=DocumentKind.INVOICE,
            number=number,
            issued_at=self._store.now(),
            seller=venue.seller,
            station=identity.name if identity else "",
            cashier=read_setup.staff_name(recording.cache, actor.staff_id).en,
            lines=_lines(recording.cache, cart, venue),
            vat_lines=sums.vat_lines,
            gross=sums.gross,
            net=sums.net,
            vat=sums.vat,
            tenders=tuple(_receipt_tender(tender) for tender in tenders),
            time_zone=venue.time_zone,
        )

    def _tender(self, tender: Tender) -> TenderPart:
        payment_id = self._store.ids.new()
        match tender:
            case CashTender(amount, tendered):
                return TenderPart(payment_id, "cash", amount, tendered)
            case CardTender(amount, attempt_id, scheme, wallet, last4, approval):
                return TenderPart(
                    payment_id, "card", amount, amount, attempt_id, scheme, wallet, last4, approval
                )

    def _print_tickets(
        self, recording: Recording, venue: Venue, what: tuple[str, Cart], booking: BookingMade
    ) -> None:
        number, cart = what
        guests = _guests(cart)
        if not guests:
            return
        prints = tuple(
            _ticket_print(ticket, line, (booking.day, venue), number, (position, len(guests)))
            for position, (ticket, line) in enumerate(zip(booking.tickets, guests, strict=True), start=1)
        )
        batch = TicketBatch(told_apart(recording.cache, (each.product for each in booking.tickets), prints))
        recording.print("tickets", number, batch)
        recording.print("tickets_pdf", number, batch)


def series_of(prefix: str) -> str:
    """The series of the journal from which documents under a prefix have their numbers."""
    return f"document:{prefix}"


def document_number(store: Store, recording: Recording) -> str:
    """The next document number of this station, taken in the caller's transaction: `POS1-000001`."""
    prefix = store.identity.prefix if store.identity else ""
    return f"{prefix}-{recording.number(series_of(prefix)):06d}"


def _ticket_print(
    ticket: IssuedTicket, line: CartLine, where: tuple[date, Venue], number: str, place: tuple[int, int]
) -> TicketPrint:
    """A ticket without a session is good on the day of its booking."""
    day, venue = where
    return TicketPrint(
        ticket.code,
        short_code(UUID(ticket.ticket_id)),
        line.product.name,
        venue.name,
        (line.session.day if line.session else day).isoformat(),
        session_text(line.session, venue),
        number,
        *place,
        ticket_id=ticket.ticket_id,
    )


def session_text(session: Session | None, venue: Venue) -> str:
    """`12:00–14:00` in the venue's time; empty without a session."""
    if session is None:
        return ""
    return span(session.starts_at, session.ends_at, venue.time_zone)


def _guests(cart: Cart) -> list[CartLine]:
    """The cart line of each guest, one entry a ticket."""
    return [
        line for line in cart.lines if line.product.kind is ProductKind.TICKET for _ in range(line.quantity)
    ]


def _session_number(line: CartLine) -> int:
    return line.session.number if line.session else 0


def _lines(connection: Connection, cart: Cart, venue: Venue) -> tuple[ReceiptLine, ...]:
    """Each says of which activity its session is, where the sale has several."""
    told = activities_told(connection, (line.session.activity_id for line in cart.lines if line.session))
    return tuple(
        _line(line, paid, venue, told.get(line.session.activity_id) if line.session else None)
        for line, (paid, _) in zip(cart.lines, paid_lines(cart), strict=True)
    )


def _line(line: CartLine, paid: Money, venue: Venue, activity: Words | None) -> ReceiptLine:
    off = line.gross - paid
    return ReceiptLine(
        named_with(line.product.name, activity),
        session_text(line.session, venue),
        line.quantity,
        line.unit,
        paid,
        off if off else None,
    )


def _receipt_tender(tender: Tender) -> ReceiptTender:
    match tender:
        case CashTender():
            return ReceiptTender("cash", tender.amount, tender.tendered, tender.change)
        case CardTender():
            card = (tender.scheme, tender.wallet, tender.last4, tender.approval)
            return ReceiptTender("card", tender.amount, None, None, *card)
