"""Questions about money: balances, drawers, documents, card attempts; always counted from rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.card import AttemptState, state_of
from domain.money import Money
from domain.receipt import Receipt
from domain.shift import CashEvent
from ledger import tables as t
from ledger.clock import from_ms

STANDS = ~sa.exists().where(t.tender_fix.c.payment_id == t.payment.c.payment_id)
"""A payment is as it was keyed; one that was corrected is in the books no more."""
SALE_STANDS = ~sa.exists().where(t.sale_void.c.sale_id == t.sale.c.sale_id)
"""A sale was not voided."""
CHARGED = ~sa.exists().where(t.charge_void.c.charge_id == t.charge.c.charge_id)
"""A charge was not voided; what went back of it is another matter."""
PIECES_BACK = (
    sa.select(sa.func.coalesce(sa.func.sum(t.refund_line.c.pieces), 0))
    .where(t.refund_line.c.charge_id == t.charge.c.charge_id)
    .scalar_subquery()
)
"""How many pieces of a charge were given up."""
CHARGE_STANDS = sa.and_(CHARGED, t.charge.c.quantity > PIECES_BACK)
"""A charge was not voided, and not all of it was given up."""


def owed_by(booking_id: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """What a booking owes, as part of a statement: charges not voided, less what of them was credited, less payments
    that stand, plus what went back.

    Two tills may have been paid for it, and each sale has an invoice of the same charges. A sale that was credited
    whole while all stays is such a second invoice; whatever else is credited then is for charges that cost less."""
    due = _sum(t.charge.c.gross, t.charge.c.booking_id == booking_id, CHARGED)
    gone = sa.exists().where(t.charge_void.c.charge_id == t.refund_line.c.charge_id)
    of_it = t.refund_line.c.booking_id == booking_id, ~gone
    given_up = _sum(t.refund_line.c.gross, *of_it, t.refund_line.c.pieces > 0)
    reduced = _sum(t.refund_line.c.gross, *of_it, t.refund_line.c.pieces == 0)
    sold = t.sale.c.booking_id == booking_id, SALE_STANDS
    invoiced_again = _beyond(_sum(t.sale.c.gross, *sold) - due)
    taken_back = _least(
        invoiced_again, _sum(t.sale.c.gross, *sold, _reduced_by_its_refunds() >= t.sale.c.gross)
    )
    credited = given_up + sa.case((reduced == 0, 0), else_=_beyond(reduced - taken_back))
    paid = _sum(t.payment.c.amount, t.payment.c.booking_id == booking_id, STANDS)
    back = _sum(t.refund.c.amount, t.refund.c.booking_id == booking_id)
    return due - credited - paid + back


def _reduced_by_its_refunds() -> sa.ScalarSelect[int]:
    """What of a sale was credited while all of it stayed."""
    line, done = t.refund_line.c, t.refund_done.c
    return (
        sa.select(sa.func.coalesce(sa.func.sum(line.gross), 0))
        .join_from(t.refund_line, t.refund_done, done.ask_id == line.ask_id)
        .where(done.sale_id == t.sale.c.sale_id, line.pieces == 0)
        .correlate(t.sale)
        .scalar_subquery()
    )


def _least(one: sa.ColumnElement[int], other: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.case((one < other, one), else_=other)


def _beyond(amount: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Nothing less than nothing."""
    return sa.case((amount > 0, amount), else_=0)


def _sum(column: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*where).scalar_subquery()


# Statements are built once: building one costs more than running it.
_OWED = sa.select(owed_by(sa.bindparam("booking", type_=sa.String)))


def owed(connection: Connection, booking_id: str) -> int:
    """Minor units that a booking still owes."""
    return int(connection.execute(_OWED, {"booking": booking_id}).scalar_one())


@dataclass(frozen=True, slots=True)
class OpenShift:
    """`opened_at` by its station's clock; `op_id` is that of its opening."""

    shift_id: str
    staff_id: str
    opened_at: datetime
    opening: Money
    op_id: str


_OPEN_SHIFT = (
    sa.select(t.shift)
    .where(
        t.shift.c.station_id == sa.bindparam("station"),
        ~sa.exists().where(t.shift_close.c.shift_id == t.shift.c.shift_id),
    )
    .order_by(t.shift.c.opened_at.desc())
    .limit(1)
)


def open_shift(connection: Connection, station_id: str) -> OpenShift | None:
    row = connection.execute(_OPEN_SHIFT, {"station": station_id}).first()
    if row is None:
        return None
    opening = Money(row.opening, row.currency)
    return OpenShift(row.shift_id, row.staff_id, from_ms(row.opened_at), opening, row.op_id)


def cash_events(connection: Connection, shift_id: str) -> list[CashEvent]:
    """All that changed the drawer of a shift; `domain.shift.figures` adds it up."""
    moves = connection.execute(sa.select(t.cash_move).where(t.cash_move.c.shift_id == shift_id))
    events = [CashEvent(row.move, Money(row.amount, row.currency)) for row in moves]
    in_cash = t.payment.c.shift_id == shift_id, t.payment.c.method == "cash"
    paid = sa.select(t.payment).where(*in_cash, STANDS)
    events += [CashEvent("sale", Money(row.amount, row.currency)) for row in connection.execute(paid)]
    back = sa.select(t.refund).where(t.refund.c.shift_id == shift_id, t.refund.c.method == "cash")
    return events + [CashEvent("refund", Money(row.amount, row.currency)) for row in connection.execute(back)]


def tender_sums(connection: Connection, shift_id: str) -> list[tuple[str, int, int]]:
    """(cash or scheme, count, minor units less refunds) of a shift, largest first."""
    sums: dict[str, tuple[int, int]] = {}
    for table, sign, which in ((t.payment, 1, STANDS), (t.refund, -1, sa.true())):
        for row in connection.execute(sa.select(table).where(table.c.shift_id == shift_id, which)):
            name = row.scheme or row.method
            count, amount = sums.get(name, (0, 0))
            sums[name] = (count + 1, amount + sign * row.amount)
    return sorted(((name, *pair) for name, pair in sums.items()), key=lambda item: -item[2])


def discounts_of_shift(connection: Connection, shift_id: str) -> tuple[int, int]:
    """How many discounts the sales of a shift have, and what they took off in minor units."""
    given = sa.distinct(t.discount.c.discount_id)
    off = sa.func.coalesce(sa.func.sum(t.discount.c.amount), 0)
    sold = t.discount.join(t.sale, t.sale.c.booking_id == t.discount.c.booking_id)
    found = sa.select(sa.func.count(given), off).select_from(sold).where(t.sale.c.shift_id == shift_id)
    count, minor = connection.execute(found).one()
    return int(count), int(minor)


def corrections_of_shift(connection: Connection, shift_id: str) -> int:
    """How many of its payments were keyed wrongly and put right."""
    counted = sa.select(sa.func.count()).where(t.tender_fix.c.shift_id == shift_id)
    return int(connection.execute(counted).scalar_one())


def payments_of_sale(connection: Connection, sale_id: str) -> list[sa.Row[tuple[object, ...]]]:
    """Those that stand, in the order in which they came."""
    c = t.payment.c
    found = sa.select(t.payment).where(c.sale_id == sale_id, STANDS).order_by(c.at, c.payment_id)
    return list(connection.execute(found))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A card attempt with its present state and, once captured, the card's facts."""

    attempt_id: str
    direction: str
    sale_id: str
    original_id: str
    amount: Money
    terminal: str
    at: datetime
    state: AttemptState
    captured: int = 0
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""
    batch: str = ""
    reason: str = ""
    how: str = ""


_ATTEMPTS = (
    sa.select(t.card_attempt)
    .where(t.card_attempt.c.sale_id == sa.bindparam("sale"))
    .order_by(t.card_attempt.c.at)
)


def attempts_of_sale(connection: Connection, sale_id: str) -> list[Attempt]:
    return [_attempt(connection, row) for row in connection.execute(_ATTEMPTS, {"sale": sale_id}).all()]


def attempt(connection: Connection, attempt_id: str) -> Attempt | None:
    row = connection.execute(
        sa.select(t.card_attempt).where(t.card_attempt.c.attempt_id == attempt_id)
    ).first()
    return _attempt(connection, row) if row else None


def open_attempts(connection: Connection, shift_id: str = "") -> list[Attempt]:
    """Attempts whose outcome is not final, of one shift or of all."""
    found = sa.select(t.card_attempt)
    found = found.where(t.card_attempt.c.shift_id == shift_id) if shift_id else found
    all_of_them = [_attempt(connection, row) for row in connection.execute(found).all()]
    return [
        item
        for item in all_of_them
        if item.state in (AttemptState.ASKED, AttemptState.UNKNOWN, AttemptState.PARKED)
    ]


def _attempt(connection: Connection, row: sa.Row[tuple[object, ...]]) -> Attempt:
    m = row._mapping
    found = sa.select(t.card_outcome).where(t.card_outcome.c.attempt_id == m["attempt_id"])
    outcomes = connection.execute(found.order_by(t.card_outcome.c.at)).all()
    state = state_of(AttemptState(outcome.state) for outcome in outcomes)
    head = (
        m["attempt_id"],
        m["direction"],
        m["sale_id"],
        m["original_id"],
        Money(m["amount"], m["currency"]),
    )
    rest = (m["terminal"], from_ms(m["at"]), state)
    for last in reversed(outcomes):
        if last.state == state:
            card = (
                last.amount,
                last.scheme,
                last.wallet,
                last.last4,
                last.approval,
                last.batch,
                last.reason,
                last.how,
            )
            return Attempt(*head, *rest, *card)
    return Attempt(*head, *rest)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    document_id: str
    number: str
    kind: str
    sale_id: str
    shift_id: str
    staff_id: str
    at: datetime
    receipt: Receipt


def documents(connection: Connection, station_id: str, most: int = 200) -> list[DocumentRow]:
    """The documents of a station, newest first."""
    found = sa.select(t.document).where(t.document.c.station_id == station_id)
    rows = connection.execute(found.order_by(t.document.c.number.desc()).limit(most))
    return [_document(row) for row in rows]


def document(connection: Connection, document_id: str) -> DocumentRow | None:
    row = connection.execute(sa.select(t.document).where(t.document.c.document_id == document_id)).first()
    return _document(row) if row else None


def documents_of_shift(connection: Connection, shift_id: str) -> list[DocumentRow]:
    found = sa.select(t.document).where(t.document.c.shift_id == shift_id).order_by(t.document.c.number)
    return [_document(row) for row in connection.execute(found)]


def _document(row: sa.Row[tuple[object, ...]]) -> DocumentRow:
    m = row._mapping
    body = codec.loads(Receipt, m["body"])
    return DocumentRow(
        m["document_id"],
        m["number"],
        m["kind"],
        m["sale_id"],
        m["shift_id"],
        m["staff_id"],
        from_ms(m["at"]),
        body,
    )


def copies(connection: Connection, document_id: str) -> int:
    """The highest COPY number printed of a document."""
    found = sa.select(sa.func.coalesce(sa.func.max(t.reprint.c.copy), 0)).where(
        t.reprint.c.document_id == document_id
    )
    return int(connection.execute(found).scalar_one())


_HEARD = (
    sa.select(sa.func.max(t.card_outcome.c.at))
    .join_from(t.card_outcome, t.card_attempt, t.card_attempt.c.attempt_id == t.card_outcome.c.attempt_id)
    .where(
        t.card_attempt.c.terminal == sa.bindparam("terminal"),
        t.card_outcome.c.state != AttemptState.UNKNOWN.value,
        t.card_outcome.c.how != "manual",
    )
)


def terminal_heard(connection: Connection, terminal: str) -> datetime | None:
    """When a card terminal last said how an attempt ended, as far as is known here."""
    at = connection.execute(_HEARD, {"terminal": terminal}).scalar()
    return from_ms(int(at)) if at else None
