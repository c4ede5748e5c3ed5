"""What a refund that was asked for is made of: price, fee and VAT, by the rules that worked it out before it was."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.refunding import earlier
from app.shown_refunds import Figures
from domain.credit import credited, summary
from domain.money import Money, total
from domain.operation_refund import GivenUp, RefundAsked
from domain.refund_offer import sums_of
from domain.vat import VatLine
from ledger import read_sold
from ledger import tables as t


def figures_of(connection: Connection, asked: RefundAsked) -> Figures:
    """From what was told with it, so at any station, with or without the server."""
    sums = sums_of(asked.quotes, asked.amount.currency)
    vat = _vat(connection, asked)
    return Figures(sums.price, sums.fee, sums.allowed, asked.amount, vat, asked.stays)


def vat_lines(
    connection: Connection, sale_id: str, lines: Iterable[GivenUp], rates: dict[str, int]
) -> tuple[VatLine, ...]:
    """The VAT of what goes back, as its credit note will say it; `rates` by charge."""
    taxed = [(line.gross, rates[line.charge_id]) for line in lines if line.gross]
    return summary(taxed, credited(earlier(connection, sale_id)))


def _vat(connection: Connection, asked: RefundAsked) -> Money | None:
    """What its credit note says; before there is one, what that will say."""
    c = t.refund_line.c
    mine = c.booking_id == asked.booking_id, c.ask_id == asked.ask_id
    said = connection.execute(sa.select(c.vat).where(*mine)).scalars().all()
    if said:
        return Money(sum(said), asked.amount.currency)
    booked = read_sold.booked_lines(connection, asked.booking_id)
    rates = {line.charge_id: line.rate for line in booked}
    if not rates.keys() >= {line.charge_id for line in asked.lines}:
        return None
    lines = vat_lines(connection, asked.sale_id, asked.lines, rates)
    return total((line.vat for line in lines), asked.amount.currency)
