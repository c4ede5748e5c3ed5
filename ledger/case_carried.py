"""What a case carries of rows that not every station has: documents, shifts and card attempts stay with the station
that made them, bookings and sales with their day. So it says at any station who did what, where, when, for how much.

The things are those that its other facts name; what is added is a fact of its own name, one for each thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.attention import CARRIED
from ledger import tables as t

MOST = 5  # of a kind; more would be a list, not a case
Pair = tuple[str, str]
_BOOKINGS: sa.BindParameter[str] = sa.bindparam("bookings", expanding=True)
# Of bookings, as subjects: their tickets with their sessions, and what charged for them.
_THINGS = sa.union_all(
    *(
        sa.select(sa.literal(f"{kind}:").concat(sa.cast(column, sa.String))).where(
            column.table.c.booking_id.in_(_BOOKINGS)
        )
        for kind, column in (
            ("ticket", t.ticket.c.ticket_id),
            ("session", t.ticket.c.session),
            ("operation", t.charge.c.op_id),
        )
    )
)
_CARD = (
    sa.select(t.card_outcome.c.scheme, t.card_outcome.c.last4, t.card_outcome.c.approval)
    .where(t.card_outcome.c.attempt_id == sa.bindparam("attempt"), t.card_outcome.c.approval != "")
    .order_by(t.card_outcome.c.at, t.card_outcome.c.outcome_id)
    .limit(1)
)
_CARDS = sa.union(
    *(
        sa.select(table.c.attempt_id).where(table.c.sale_id.in_(sa.bindparam("sales", expanding=True)))
        for table in (t.card_attempt, t.payment)
    )
)
_OPEN = (
    sa.select(t.case_item.c.case_id, t.case_item.c.facts)
    .where(t.case_item.c.closed_at == 0)
    .order_by(t.case_item.c.case_id)
    .with_for_update()
)
_OPEN_OF = _OPEN.where(t.case_item.c.subject.in_(sa.bindparam("subjects", expanding=True)))
_OPEN_OF_BOOKINGS = _OPEN.where(t.case_item.c.subject.in_(_THINGS))


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done: `numbers` of its documents, what it came to (`minor` units), who, where, when (ms since
    1970). What is not known, or is told elsewhere, is empty."""

    numbers: tuple[str, ...] = ()
    minor: int = 0
    currency: str = ""
    station_id: str = ""
    staff_id: str = ""
    at: int = 0
    terminal: str = ""
    scheme: str = ""
    last4: str = ""
    approval: str = ""


def carrying(connection: Connection, facts: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """The facts, with what they are about. Of a number that somebody wrote down nothing is added."""
    is_repeated = any(name == "documents" for name, _ in facts)
    more = dict.fromkeys(
        (f"{_NAMED[name][0]}{CARRIED}", codec.dumps(done))
        for name, value in facts
        if name in _NAMED and (name != "number" or is_repeated)
        for done in _NAMED[name][1](connection, value)
    )
    return (*facts, *more)


def paid_by(operations: Iterable[op.Operation]) -> set[str]:
    """The card attempts, as subjects, that these sales were paid by: their cases now name a document."""
    sales = (said for said in operations if isinstance(said, op.SaleClosed))
    return {f"attempt:{part.attempt_id}" for sale in sales for part in sale.tenders if part.attempt_id}


def renew_sold(connection: Connection, operations: Collection[op.Operation], *, had: bool) -> bool:
    """Lets open cases carry what is known only now of sales among `operations`, which are put in; whether that was
    more than before. Without `had` nothing that paid for them ever had a case."""
    bookings = _sold_apart(operations)
    cards = (paid_by(operations) if had else set()) | _cards_given_back(connection, operations)
    changed = bool(bookings) and _renew(connection, _OPEN_OF_BOOKINGS, bookings=sorted(bookings))
    return (bool(cards) and _renew(connection, _OPEN_OF, subjects=sorted(cards))) or changed


def _sold_apart(operations: Collection[op.Operation]) -> set[str]:
    """Bookings whose sale came apart from them, or of which money went back: the cases of their things do not name that
    document yet; a void that names no tickets does not touch them either."""
    made = {said.booking_id for said in operations if isinstance(said, op.BookingMade)}
    late = {said.booking_id for said in operations if isinstance(said, op.SaleClosed)} - made
    return late | {said.booking_id for said in operations if isinstance(said, op.RefundPaid | op.SaleVoided)}


def _cards_given_back(connection: Connection, operations: Collection[op.Operation]) -> set[str]:
    """The card attempts, as subjects, for sales of which money went back, or that are said to have paid them."""
    sales = sorted({said.sale_id for said in operations if isinstance(said, op.RefundPaid | op.SaleVoided)})
    if not sales:
        return set()
    found = connection.execute(_CARDS, {"sales": sales}).scalars()
    return {f"attempt:{attempt_id}" for attempt_id in found if attempt_id}


def _renew(connection: Connection, wanted: sa.Select[str, str], **values: list[str]) -> bool:
    """Whoever judges one of these meanwhile waits."""
    changed = False
    for row in connection.execute(wanted, values).all():
        facts = anew(connection, row.facts)
        if facts != row.facts:
            mine = t.case_item.c.case_id == row.case_id
            connection.execute(sa.update(t.case_item).where(mine).values(facts=facts, seq=0))
            changed = True
    return changed


def anew(connection: Connection, facts: str) -> str:
    """The facts of a case as its row would keep them now."""
    bare = (fact for fact in read_facts(facts) if not fact[0].endswith(CARRIED))
    return codec.dumps(carrying(connection, tuple(bare)))


def read_facts(facts: str) -> tuple[Pair, ...]:
    """The facts of a case as its row keeps them."""
    return codec.loads(tuple[Pair, ...], facts)


def _sale(connection: Connection, sale_id: str) -> Iterator[Done]:
    yield from _sales(connection, t.sale.c.sale_id == sale_id)


def _sales_of(connection: Connection, booking_id: str) -> Iterator[Done]:
    yield from _sales(connection, t.sale.c.booking_id == booking_id)


def _sales(connection: Connection, which: sa.ColumnElement[bool]) -> Iterator[Done]:
    found = sa.select(t.sale).where(which).order_by(t.sale.c.at, t.sale.c.sale_id).limit(MOST)
    for sale in connection.execute(found).all():
        yield Done(
            _numbers(connection, sale.sale_id),
            sale.gross,
            sale.currency,
            sale.station_id,
            sale.staff_id,
            sale.at,
        )


def _numbers(connection: Connection, sale_id: str) -> tuple[str, ...]:
    found = sa.select(t.document.c.number).where(t.document.c.sale_id == sale_id)
    return tuple(connection.execute(found.order_by(t.document.c.number).limit(MOST)).scalars())


def _bookings(connection: Connection, ids: str) -> Iterator[Done]:
    """Of several: each with when and where it was made and by whom."""
    for booking_id in ids.split(", "):
        made = connection.execute(sa.select(t.booking).where(t.booking.c.booking_id == booking_id)).first()
        sales = [*_sales_of(connection, booking_id)]
        if made is not None:
            numbers = tuple(number for sale in sales for number in sale.numbers)
            minor, currency = sum(sale.minor for sale in sales), sales[0].currency if sales else ""
            yield Done(numbers, minor, currency, made.station_id, made.staff_id, made.at)


def _refunds(connection: Connection, ask_id: str) -> Iterator[Done]:
    """Each credit note over one refund."""
    done = t.refund_done.c
    found = sa.select(t.refund_done).where(done.ask_id == ask_id).order_by(done.at, done.paid_id)
    for row in connection.execute(found.limit(MOST)).all():
        yield Done((row.number,), row.amount, row.currency, row.station_id, row.staff_id, row.at)


def _ticket(connection: Connection, ticket_id: str) -> Iterator[Done]:
    """The paper that it was sold on, and nothing of the seller: the case is about who let it in."""
    found = sa.select(t.ticket.c.booking_id).where(t.ticket.c.ticket_id == ticket_id)
    for booking_id in connection.execute(found).scalars().all():
        for sale in _sales_of(connection, booking_id):
            yield Done(sale.numbers, sale.minor, sale.currency)


def _attempt(connection: Connection, attempt_id: str) -> Iterator[Done]:
    """By who sold, or, while there is no sale, whose shift it was; with what the bank's list can be held against."""
    found = sa.select(t.card_attempt).where(t.card_attempt.c.attempt_id == attempt_id)
    for row in connection.execute(found).all():
        card = connection.execute(_CARD, {"attempt": attempt_id}).first() or ("", "", "")
        by = next(iter((*_sale(connection, row.sale_id), *_opened(connection, row.shift_id))), Done())
        yield Done(
            by.numbers, row.amount, row.currency, by.station_id, by.staff_id, row.at, row.terminal, *card
        )


def _opened(connection: Connection, shift_id: str) -> Iterator[Done]:
    found = sa.select(t.shift).where(t.shift.c.shift_id == shift_id)
    for row in connection.execute(found).all():
        yield Done(station_id=row.station_id, staff_id=row.staff_id, at=row.opened_at)


def _shift(connection: Connection, shift_id: str) -> Iterator[Done]:
    """Where and whose it was, then each of its ends with its Z report and what was counted."""
    yield from _opened(connection, shift_id)
    close = t.shift_close.c
    found = sa.select(t.shift_close).where(close.shift_id == shift_id).order_by(close.at, close.close_id)
    for row in connection.execute(found.limit(MOST)).all():
        yield Done((row.number,), row.counted, row.currency, staff_id=row.staff_id, at=row.at)


def _documents(connection: Connection, number: str) -> Iterator[Done]:
    """All that carry one number."""
    found = sa.select(t.document).where(t.document.c.number == number)
    for row in connection.execute(
        found.order_by(t.document.c.at, t.document.c.document_id).limit(MOST)
    ).all():
        yield Done((), row.gross, row.currency, row.station_id, row.staff_id, row.at)


_NAMED: dict[str, tuple[str, Callable[[Connection, str], Iterator[Done]]]] = {
    "sale": ("sale", _sale),
    "booking": ("sale", _sales_of),
    "bookings": ("booking", _bookings),
    "ticket": ("sale", _ticket),
    "attempt": ("attempt", _attempt),
    "shift": ("shift", _shift),
    "number": ("document", _documents),
    "refund": ("refund", _refunds),
}
