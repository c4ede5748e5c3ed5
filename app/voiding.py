"""Voiding a sale: whether it may be, and what is recorded and printed once its cards are reversed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from app.closing import document_number
from app.correcting import keyed_card
from app.shown import Voided
from app.store import Actor, Recording, Store
from domain import codec
from domain import operation as op
from domain.card import AttemptState, Direction
from domain.catalogue import Words
from domain.errors import Code
from domain.money import Money, total
from domain.receipt import DocumentKind, Receipt, ReceiptTender
from ledger import journal, read_gate, read_money, read_refunds, read_setup
from ledger import tables as t
from ledger.read_money import Attempt, DocumentRow


class Voiding:
    """Writes the credit note of a whole sale; everything goes into the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(
        self,
        recording: Recording,
        actor: Actor,
        invoice: DocumentRow,
        why: tuple[str, str],
        in_cash: Sequence[Attempt] = (),
    ) -> Voided:
        """`why` is the reason and who approved; `in_cash` the charges that go back in cash and not on their cards."""
        reason, approver_id = why
        sale = recording.cache.execute(sa.select(t.sale).where(t.sale.c.sale_id == invoice.sale_id)).one()
        day = recording.cache.execute(
            sa.select(t.booking.c.day).where(t.booking.c.booking_id == sale.booking_id)
        ).scalar_one()
        refunds = self._refunds(recording.cache, invoice.sale_id, {each.attempt_id for each in in_cash})
        booking_id = _made_by(recording.cache, invoice.sale_id)
        charges, tickets = _ending(recording, booking_id, sale.booking_id)
        number = document_number(self._store, recording)
        receipt = self._credit_note(recording, actor, invoice, (number, reason), in_cash)
        voided = op.SaleVoided(
            self._store.ids.new(),
            invoice.sale_id,
            sale.booking_id,
            date.fromisoformat(day),
            actor.shift_id,
            self._store.ids.new(),
            number,
            receipt,
            refunds,
            charges,
            tuple(ticket.ticket_id for ticket in tickets),
            tuple(sorted({ticket.session for ticket in tickets if ticket.session})),
            reason,
            approver_id,
        )
        recording.print("receipt", number, recording.add(voided).receipt)
        currency = receipt.gross.currency
        cash = total((part.amount for part in refunds if part.method == "cash"), currency)
        return Voided(number, receipt.gross, cash, receipt.gross - cash)

    def _refunds(self, connection: Connection, sale_id: str, in_cash: set[str]) -> tuple[op.RefundPart, ...]:
        reversals = {
            found.original_id: found.attempt_id
            for found in read_money.attempts_of_sale(connection, sale_id)
            if found.direction == Direction.REVERSAL and found.state is AttemptState.CAPTURED
        }
        rows: list[Any] = list(read_money.payments_of_sale(connection, sale_id))
        new, parts = self._store.ids.new, list[op.RefundPart]()
        for row in rows:
            amount = Money(row.amount, row.currency)
            if row.method == "cash" or row.attempt_id in in_cash:
                parts.append(op.RefundPart(new(), row.payment_id, "cash", amount))
            else:
                back = reversals.get(row.attempt_id, "")
                parts.append(op.RefundPart(new(), row.payment_id, row.method, amount, row.scheme, back))
        return tuple(parts)

    def _credit_note(
        self,
        recording: Recording,
        actor: Actor,
        invoice: DocumentRow,
        said: tuple[str, str],
        in_cash: Sequence[Attempt],
    ) -> Receipt:
        number, reason = said
        zone = ZoneInfo(invoice.receipt.time_zone)
        zone_day = invoice.receipt.issued_at.astimezone(zone).date().isoformat()
        return replace(
            invoice.receipt,
            kind=DocumentKind.CREDIT,
            number=number,
            issued_at=self._store.now(),
            cashier=read_setup.staff_name(recording.cache, actor.staff_id).en,
            tenders=_paid_back(invoice.receipt.tenders, in_cash),
            original_number=invoice.number,
            original_day=zone_day,
            reason=Words(reason, reason),
            copy=0,
        )


def _paid_back(tenders: Sequence[ReceiptTender], in_cash: Sequence[Attempt]) -> tuple[ReceiptTender, ...]:
    """The ways the money went back, in the order it was paid; `in_cash` are cards that were not taken back."""
    cash = [(each.captured, each.last4, each.approval) for each in in_cash]
    back = []
    for tender in tenders:
        method, card = tender.method, (tender.amount.minor, tender.last4, tender.approval)
        if method == "card" and card in cash:
            cash.remove(card)
            method = "cash"
        back.append(replace(tender, method=method, tendered=None, change=None))
    return tuple(back)


def why_not(connection: Connection, row: DocumentRow, rows: list[DocumentRow], shift_id: str) -> str:
    """Why a document cannot be voided now; empty when it can."""
    voided = void_notes(connection, rows)
    if row.kind == DocumentKind.CREDIT or row.sale_id in voided:
        return Code.VOID_ALREADY
    if _refunded(connection, row.sale_id):
        return Code.VOID_REFUNDED
    if keyed_card(connection, row.sale_id):
        return Code.VOID_KEYED_CARD
    if row.sale_id in begun(connection, row.shift_id):
        return ""  # money went back already: the credit note must follow, whatever came after
    if not shift_id or row.shift_id != shift_id:
        return Code.VOID_OTHER_SHIFT
    standing = [r for r in rows if r.kind == DocumentKind.INVOICE and r.sale_id not in voided]
    if not standing or standing[0].document_id != row.document_id:
        return Code.VOID_NOT_LAST
    if any(
        read_gate.entries_of(connection, ticket.ticket_id, "en")
        for ticket in _tickets(connection, _made_by(connection, row.sale_id))
    ):
        return Code.VOID_TICKET_USED
    return ""


def void_notes(connection: Connection, rows: list[DocumentRow]) -> dict[str, DocumentRow]:
    """The credit notes that voided a sale, by that sale; those of refunds did not."""
    refunds = read_refunds.papers(connection)
    notes = (row for row in rows if row.kind == DocumentKind.CREDIT)
    return {row.sale_id: row for row in notes if row.document_id not in refunds}


def _refunded(connection: Connection, sale_id: str) -> bool:
    """Whether money of it went back already, or is asked for: a void would give it back once more."""
    return any(each.holds or each.paid for each in read_refunds.refunds_of_sale(connection, sale_id))


def begun(connection: Connection, shift_id: str) -> set[str]:
    """Sales of a shift whose card was reversed, or may have been, and whose credit note is missing."""
    attempts = sa.select(t.card_attempt.c.attempt_id, t.card_attempt.c.sale_id).where(
        t.card_attempt.c.shift_id == shift_id,
        t.card_attempt.c.direction == Direction.REVERSAL,
        sa.exists().where(t.sale.c.sale_id == t.card_attempt.c.sale_id),
        ~sa.exists().where(t.sale_void.c.sale_id == t.card_attempt.c.sale_id),
    )
    found = set()
    for attempt_id, sale_id in connection.execute(attempts).all():
        attempt = read_money.attempt(connection, attempt_id)
        if attempt is not None and attempt.state not in (AttemptState.DECLINED, AttemptState.CANCELLED):
            found.add(sale_id)
    return found


def tickets_of(connection: Connection, sale_id: str) -> list[sa.Row[tuple[object, ...]]]:
    """Of what was sold; without those in whose places others are now."""
    booking = sa.select(t.sale.c.booking_id).where(t.sale.c.sale_id == sale_id)
    found = _tickets(connection, connection.execute(booking).scalar() or "")
    moved = sa.select(t.ticket_cancel.c.ticket_id).join(
        t.reservation_change, t.reservation_change.c.change_id == t.ticket_cancel.c.void_id
    )
    ids = [ticket._mapping["ticket_id"] for ticket in found]
    gone = set(connection.execute(moved.where(t.ticket_cancel.c.ticket_id.in_(ids))).scalars())
    return [ticket for ticket in found if ticket._mapping["ticket_id"] not in gone]


def _made_by(connection: Connection, sale_id: str) -> str:
    """The booking that ends when a sale is voided; empty where another till was paid for it before: what was booked is
    that one's."""
    made = sa.select(t.sale.c.booking_id).join(
        t.booking,
        sa.and_(t.booking.c.booking_id == t.sale.c.booking_id, t.booking.c.station_id == t.sale.c.station_id),
    )
    return connection.execute(made.where(t.sale.c.sale_id == sale_id)).scalar() or ""


def _ending(
    recording: Recording, booking_id: str, paid_for: str
) -> tuple[tuple[str, ...], list[sa.Row[tuple[object, ...]]]]:
    """The charges and tickets that end with a sale: all of the booking that is this till's, `booking_id`. Where another
    till was paid for it as it was before or after a change, what this one was `paid_for`."""
    charges, tickets = _charges(recording.cache, paid_for), _tickets(recording.cache, paid_for)
    made = _made_here(recording.journal, paid_for)
    mine = {line.charge_id for line in made.lines} if made else set(charges)
    if made is not None and mine < set(charges):
        printed = {ticket.ticket_id for ticket in made.tickets}
        return tuple(sorted(mine)), [ticket for ticket in tickets if ticket.ticket_id in printed]
    return (charges, tickets) if booking_id else ((), [])


def _made_here(journalled: Connection, booking_id: str) -> op.BookingMade | None:
    """What this till recorded of a booking, as far as its journal goes back."""
    said = sa.select(journal.entry.c.public).where(
        journal.entry.c.kind == op.BookingMade.__name__, journal.entry.c.public.contains(booking_id)
    )
    public = journalled.execute(said.order_by(journal.entry.c.row.desc()).limit(1)).scalar()
    return codec.loads(op.BookingMade, public) if public else None


def _tickets(connection: Connection, booking_id: str) -> list[sa.Row[tuple[object, ...]]]:
    of_it = sa.select(t.ticket).where(t.ticket.c.booking_id == booking_id)
    return list(connection.execute(of_it.order_by(t.ticket.c.ticket_id)))


def _charges(connection: Connection, booking_id: str) -> tuple[str, ...]:
    return tuple(
        connection.execute(
            sa.select(t.charge.c.charge_id).where(t.charge.c.booking_id == booking_id)
        ).scalars()
    )
