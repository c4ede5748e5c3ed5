"""A document as the list of sales shows it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from app.correcting import payments
from app.reversing import refused_parts
from app.shown import SaleRow
from app.voiding import why_not
from domain.money import Money, total
from domain.receipt import DocumentKind
from ledger import read_money, read_setup
from ledger import tables as t
from ledger.read_money import DocumentRow


def sale_row(
    connection: Connection,
    row: DocumentRow,
    known: tuple[list[DocumentRow], dict[str, DocumentRow]],
    shift_id: str,
) -> SaleRow:
    """`known` are the station's documents, and its credit notes by the sale they void; `shift_id` is the open shift."""
    rows, voids = known
    voided = voids[row.sale_id].number if row.sale_id in voids and row.kind == DocumentKind.INVOICE else ""
    why = why_not(connection, row, rows, shift_id)
    is_now = row.shift_id == shift_id and row.kind == DocumentKind.INVOICE
    paid = payments(connection, row.sale_id, shift_id) if is_now else ()
    return SaleRow(
        row.sale_id,
        row.document_id,
        row.number,
        row.kind,
        row.at,
        read_setup.staff_name(connection, row.staff_id),
        row.receipt.gross,
        tuple(dict.fromkeys(each.method for each in paid or row.receipt.tenders)),
        sum(line.quantity for line in row.receipt.lines),
        voided,
        read_money.copies(connection, row.document_id),
        why,
        cash_instead=None if why else _cash_instead(connection, row),
        in_cash=_in_cash(row),
        payments=paid,
        tickets=_good(connection, row) if row.kind == DocumentKind.INVOICE else 0,
    )


def _good(connection: Connection, row: DocumentRow) -> int:
    ended = sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id)
    of_sale = t.sale.c.sale_id == row.sale_id, t.ticket.c.booking_id == t.sale.c.booking_id
    return connection.execute(sa.select(sa.func.count()).where(*of_sale, ~ended)).scalar_one()


def _cash_instead(connection: Connection, row: DocumentRow) -> Money | None:
    refused = refused_parts(read_money.attempts_of_sale(connection, row.sale_id))
    currency = row.receipt.gross.currency
    return Money(sum(each.captured for each in refused), currency) if refused else None


def _in_cash(row: DocumentRow) -> Money | None:
    """What a credit note gave back in cash; None for other documents and when it was nothing."""
    parts = [tender.amount for tender in row.receipt.tenders if tender.method == "cash"]
    return total(parts, row.receipt.gross.currency) if row.kind == DocumentKind.CREDIT and parts else None
