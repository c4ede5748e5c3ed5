"""A shift's report, X or Z, and the counts and moves it is made of: read from the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown_attention import LeftOpen
from app.shown_shifts import CountShown, MoveRow
from domain import codec
from domain import operation as op
from domain import shift as rules
from domain.money import Money, total
from domain.receipt import DocumentKind, ShiftReport
from domain.shift import Move
from domain.vat import VatLine
from ledger import journal, read_money, read_setup
from ledger import tables as t
from ledger.cache import is_whole
from ledger.clock import from_ms
from ledger.read_money import OpenShift


@dataclass(frozen=True, slots=True)
class Here:
    """The station that prints, when the shift was opened and when this is, both by the server's clock, and how many of
    its records the server does not have."""

    station: str
    opened_at: datetime
    now: datetime
    unsent: int


def begun_at(kept: Connection, shift: OpenShift) -> datetime:
    """When a shift was opened, by the server's clock as far as it was known then; by this computer's where the journal
    does not go back that far."""
    said = journal.find(kept, shift.op_id)
    return said.device_at + timedelta(milliseconds=said.offset_ms) if said else shift.opened_at


def report_of(connection: Connection, shift: OpenShift, here: Here) -> ShiftReport:
    """An X of the shift as it stands: the drawer, and what the documents add up to."""
    venue = read_setup.venue(connection)
    documents = read_money.documents_of_shift(connection, shift.shift_id)
    currency = shift.opening.currency
    vat_lines = _signed_vat([(row.receipt.vat_lines, _sign(row.kind)) for row in documents], currency)
    sums = read_money.tender_sums(connection, shift.shift_id)
    moves = moves_of(connection, shift.shift_id)
    numbers = [row.number for row in documents]
    return ShiftReport(
        number="",
        station=here.station,
        cashier=read_setup.staff_name(connection, shift.staff_id).en,
        opened_at=here.opened_at,
        closed_at=None,
        printed_at=here.now,
        seller=venue.seller,
        time_zone=venue.time_zone,
        sales_count=sum(row.kind == DocumentKind.INVOICE for row in documents),
        credits_count=sum(row.kind == DocumentKind.CREDIT for row in documents),
        gross=total((line.gross for line in vat_lines), currency),
        net=total((line.net for line in vat_lines), currency),
        vat=total((line.vat for line in vat_lines), currency),
        vat_lines=vat_lines,
        tenders=tuple((name, count, Money(minor, currency)) for name, count, minor in sums),
        cash=rules.figures(shift.opening, read_money.cash_events(connection, shift.shift_id)),
        moves=tuple((move.kind, move.reason, move.amount) for move in moves if move.kind != Move.NO_SALE),
        no_sales=sum(move.kind == Move.NO_SALE for move in moves),
        first_document=min(numbers, default=""),
        last_document=max(numbers, default=""),
        open_attempts=len(read_money.open_attempts(connection, shift.shift_id)),
        unsynced=here.unsent,
        about=not is_whole(connection),
        discounts=_discounts(connection, shift),
        corrections=read_money.corrections_of_shift(connection, shift.shift_id),
    )


def _discounts(connection: Connection, shift: OpenShift) -> tuple[int, Money] | None:
    """How many were given in the shift's sales, and what they took off; None where none was."""
    count, off = read_money.discounts_of_shift(connection, shift.shift_id)
    return (count, Money(off, shift.opening.currency)) if count else None


def closed_report(
    connection: Connection, report: ShiftReport, closed: op.ShiftClosed, left: LeftOpen
) -> ShiftReport:
    """The Z: an X that is numbered and counted, and says what was left open."""
    approver = closed.approver_id
    return replace(
        report,
        number=closed.number,
        closed_at=report.printed_at,
        approved_by=read_setup.staff_name(connection, approver).en if approver else "",
        note=closed.note,
        provisional=closed.provisional,
        unsynced=left.unsent,
        open_cases=left.cases,
        open_prints=left.prints,
        open_requests=left.requests,
        pieces=_found(connection, closed),
        counted=closed.counted,
        difference=closed.difference,
        earlier_counts=tuple(
            Money(count.counted, closed.counted.currency)
            for count in counts_of(connection, closed.shift_id)
            if count.count_id != closed.count_id
        ),
    )


def _signed_vat(parts: list[tuple[tuple[VatLine, ...], int]], currency: str) -> tuple[VatLine, ...]:
    """What the documents add up to by rate, credit notes taken off; from the documents' own figures, so that report
    and documents agree to the last unit."""
    sums: dict[int, VatLine] = {}
    zero = Money(0, currency)
    for lines, sign in parts:
        for line in lines:
            had = sums.get(line.rate, VatLine(line.rate, zero, zero, zero))
            sums[line.rate] = VatLine(
                line.rate, had.gross + line.gross * sign, had.net + line.net * sign, had.vat + line.vat * sign
            )
    return tuple(sums[rate] for rate in sorted(sums, reverse=True))


def _sign(kind: str) -> int:
    return -1 if kind == DocumentKind.CREDIT else 1


def _found(connection: Connection, closed: op.ShiftClosed) -> tuple[tuple[Money, int], ...]:
    """The notes and coins of the count that a shift was closed with, largest first."""
    found = sa.select(t.shift_count.c.pieces).where(t.shift_count.c.count_id == closed.count_id)
    pieces = codec.loads(tuple[op.Piece, ...], connection.execute(found).scalar_one())
    return tuple((Money(piece.note, closed.counted.currency), piece.count) for piece in pieces)


def moves_of(connection: Connection, shift_id: str) -> tuple[MoveRow, ...]:
    """Cash that moved besides sales, oldest first."""
    rows = connection.execute(
        sa.select(t.cash_move).where(t.cash_move.c.shift_id == shift_id).order_by(t.cash_move.c.at)
    ).all()
    return tuple(
        MoveRow(
            row.move,
            Money(row.amount, row.currency),
            row.reason,
            from_ms(row.at),
            read_setup.staff_name(connection, row.staff_id),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted and expected then, in minor units."""

    count_id: str
    counted: int
    expected: int


def counts_of(connection: Connection, shift_id: str) -> list[Count]:
    """The counts of a shift, oldest first."""
    found = sa.select(t.shift_count.c.count_id, t.shift_count.c.counted, t.shift_count.c.expected)
    rows = connection.execute(
        found.where(t.shift_count.c.shift_id == shift_id).order_by(
            t.shift_count.c.at, t.shift_count.c.count_id
        )
    )
    return [Count(*row) for row in rows]


def standing_counts(connection: Connection, shift_id: str, expected: Money) -> list[Count]:
    """The last counts against what is expected now, oldest first: none when money has moved since the last one."""
    found = takewhile(
        lambda count: count.expected == expected.minor, reversed(counts_of(connection, shift_id))
    )
    return list(found)[::-1]


def expected_cash(connection: Connection, shift: OpenShift) -> Money:
    """What should be in the drawer now, by the book."""
    return rules.figures(shift.opening, read_money.cash_events(connection, shift.shift_id)).expected


def count_shown(
    connection: Connection, figures: tuple[Money, Money], given: int, left: LeftOpen
) -> CountShown:
    """`figures` are what was counted and what was expected; `given` is how many counts there are."""
    counted, expected = figures
    limit = read_setup.venue(connection).difference_limit
    seen = rules.must_be_seen(counted - expected, expected, limit)
    return CountShown(counted, expected, counted - expected, seen, given < 2, left)
