"""What is paid and of which nothing goes back is called off as it stands: there is no money that a refund would move.

What of it stood is given up for nothing: its tickets end, its goods are free again, and what was paid stays paid.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from domain.refund_offer import ChargeHeld, SaleHeld, all_that_stands
from ledger import tables as t
from ledger.puts import Values
from ledger.read_sold import paid_sale, sale_held
from ledger.rows import add_rows
from server.database import lock_subjects
from server.ending import end_tickets, tickets_locked
from server.recovery import refuse_scarce
from server.refund_tasks import locks_of
from server.refunds import locked_sale
from server.setup import SetUp


def held_of(connection: Connection, row: Any) -> SaleHeld:
    """All that was sold of a confirmed booking, under its locks; refuses `booking_is` where none of it stands, and
    `recovering`, for a till that is awaited may know of more."""
    refuse_scarce(connection)
    sale_id = paid_sale(connection, row.booking_id)
    if not sale_id:
        raise Refused(Code.BOOKING_IS, life=row.life)
    lock_subjects(connection, locks_of(connection, row.booking_id))
    return sale_held(connection, sale_id, whole=True) or locked_sale(connection, sale_id)


def locks_to_end(connection: Connection, booking_id: str) -> set[str]:
    """What is locked with a booking before it ends: its tickets and its money."""
    return locks_of(connection, booking_id) | tickets_locked(connection, [booking_id])


def give_up(setup: SetUp, sale: SaleHeld) -> None:
    """Ends all that stands of a sale, under the lock of its booking."""
    lines = [_line(setup, sale.booking_id, charge) for charge in sale.charges if charge.pieces]
    add_rows(setup.connection, [(t.refund_line, line) for line in lines])
    setup.touch(t.refund_line)
    end_tickets(setup, all_that_stands(sale).tickets, sale.booking_id, "")


def _line(setup: SetUp, booking_id: str, charge: ChargeHeld) -> Values:
    """Of no refund, and of no money."""
    line = charge.line
    its = sa.select(t.charge.c.bucket).where(t.charge.c.charge_id == line.charge_id)
    return {
        "line_id": setup.ids.new(), "ask_id": "", "charge_id": line.charge_id, "booking_id": booking_id,
        "pieces": charge.pieces, "gross": 0, "vat": 0, "rate": line.rate, "currency": line.gross.currency,
        "bucket": setup.connection.execute(its).scalar_one(), "op_id": "", "seq": 0,
    }  # fmt: skip
