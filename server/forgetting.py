"""What is forgotten with a guest: what was said of them, and what staff wrote about whatever they booked, in rows and
in the private parts of operations. The chain stays whole, and stations are told the ids of what is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.envelope import Envelope
from domain.free_text import without_words
from domain.guest import Said
from domain.receipt import Receipt
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.puts import UNDATED
from ledger.read_guests import are_forgotten
from ledger.rows import add_rows
from server import tables as own
from server.setup import SetUp

_WRITTEN = ("reason", "note", "text")  # facts of cases that repeat what somebody wrote
_SOME = 500
_LATE = timedelta(days=90)  # no record of a station is on its way for longer


@dataclass(frozen=True, slots=True)
class About:
    """The ids of a guest's own: what they booked, what was sold and paid for it, asked back, allowed or told."""

    bookings: list[str]
    sales: list[str]
    asks: list[str]
    told: list[str]
    cases: list[str]
    others: list[str]

    def ids(self, guest_id: str) -> set[str]:
        parts = (self.bookings, self.sales, self.asks, self.told, self.cases, self.others)
        return {guest_id}.union(*parts)


def forget(setup: SetUp, guest_id: str) -> None:
    """Takes what was said and written from wherever it is kept, and notes that it is to be taken everywhere."""
    connection = setup.connection
    about = _about(connection, guest_id)
    ids = about.ids(guest_id)
    banned = t.guest_ban.c.guest_id == guest_id, t.guest_ban.c.banned != 0
    if connection.execute(sa.update(t.guest_ban).where(*banned).values(banned=0, seq=0)).rowcount:
        setup.touch(t.guest_ban)
    ops = _found(connection, own.named.c.op_id, own.named.c.about, ids)
    _blank_parts(connection, ops)
    _blank_rows(setup, about, ops)
    _note(setup, ids)


def forget_with(setup: SetUp, booking_id: str, new_id: str) -> None:
    """What comes of a booking whose guest was erased is forgotten from the start."""
    if are_forgotten(setup.connection, [booking_id]):
        _note(setup, {new_id})


def look_again(setup: SetUp) -> None:
    """Of those who were erased lately: what came in since may be about them, as a sale of which nobody had heard."""
    since = setup.now_ms - int(_LATE.total_seconds() * 1000)
    erased = t.guest_entry.c.kind == Said.ERASED.value, t.guest_entry.c.at > since
    for guest_id in (
        setup.connection.execute(sa.select(t.guest_entry.c.guest_id).where(*erased)).scalars().all()
    ):
        forget(setup, guest_id)
    setup.publish()


def _note(setup: SetUp, ids: set[str]) -> None:
    row = {"at": setup.now_ms, "bucket": UNDATED, "seq": 0}
    fresh = sorted(ids - are_forgotten(setup.connection, ids))
    add_rows(setup.connection, [(t.forgotten, {"about": each, **row}) for each in fresh])
    if fresh:
        setup.touch(t.forgotten)


# what belongs to a guest ----------------------------------------------------------------------------------------------


def _about(connection: Connection, guest_id: str) -> About:
    def of(wanted: sa.Column[str], by: sa.Column[str], ids: Collection[str]) -> list[str]:
        return _found(connection, wanted, by, ids)

    bookings = of(t.reservation.c.booking_id, t.reservation.c.guest_id, [guest_id])
    tries = of(t.booking_try.c.attempt_id, t.booking_try.c.booking_id, bookings)
    begun = of(t.card_attempt.c.sale_id, t.card_attempt.c.attempt_id, tries)
    sales = sorted({*of(t.sale.c.sale_id, t.sale.c.booking_id, bookings), *begun})
    asks = of(t.refund_ask.c.ask_id, t.refund_ask.c.booking_id, bookings)
    attempts = of(t.card_attempt.c.attempt_id, t.card_attempt.c.sale_id, sales)
    numbers = of(t.document.c.number, t.document.c.sale_id, sales)
    overrides = of(t.booking.c.override_id, t.booking.c.booking_id, bookings)
    payments = of(t.payment.c.payment_id, t.payment.c.sale_id, sales)
    discounts = of(t.discount.c.discount_id, t.discount.c.booking_id, bookings)
    told = of(t.case_told.c.told_id, t.case_told.c.number, numbers)
    tickets = of(t.ticket.c.ticket_id, t.ticket.c.booking_id, bookings)
    things = {*bookings, *sales, *asks, *attempts, *numbers, *told, *tickets}
    others = {*attempts, *numbers, *overrides, *payments, *discounts} - {""}
    return About(bookings, sales, asks, told, _cases(connection, things), sorted(others))


def _cases(connection: Connection, things: set[str]) -> list[str]:
    """Those about one of them, or that name one."""
    rows = connection.execute(sa.select(t.case_item.c.case_id, t.case_item.c.subject, t.case_item.c.facts))
    return [
        row.case_id
        for row in rows
        if row.subject.partition(":")[2] in things
        or any(part in things for _, value in read_facts(row.facts) for part in value.split(", "))
    ]


def _found(
    connection: Connection, wanted: sa.Column[str], by: sa.Column[str], ids: Collection[str]
) -> list[str]:
    """What stands in the column `wanted` of rows that have one of the `ids` in `by`."""
    found = set[str]()
    for some in _chunks(ids):
        found |= set(connection.execute(sa.select(wanted).where(by.in_(some))).scalars())
    return sorted(found)


def _chunks(ids: Collection[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _SOME] for start in range(0, len(every), _SOME))


# where it is taken from -----------------------------------------------------------------------------------------------


def _blank_parts(connection: Connection, ops: Collection[str]) -> None:
    """Private parts, also of what was set aside."""
    aside = own.set_aside
    for some in _chunks(ops):
        connection.execute(sa.update(own.inbox).where(own.inbox.c.op_id.in_(some)).values(private=""))
        for row in connection.execute(sa.select(aside).where(aside.c.op_id.in_(some))).all():
            bare = replace(codec.loads(Envelope, row.envelope), private="")
            mine = aside.c.op_id == row.op_id, aside.c.hash == row.hash
            connection.execute(sa.update(aside).where(*mine).values(envelope=codec.dumps(bare)))
        connection.execute(sa.delete(own.named).where(own.named.c.op_id.in_(some)))


def _blank_rows(setup: SetUp, about: About, ops: Collection[str]) -> None:
    of_bookings = (
        (t.reservation.c.booking_id, ("note", "reason")),
        (t.ticket_revoke.c.booking_id, ("reason",)),
        (t.discount.c.booking_id, ("note",)),
        (t.tender_fix.c.booking_id, ("reason",)),
    )
    for key, names in of_bookings:
        _blank(setup, key, about.bookings, names)
    _blank(setup, t.sale_void.c.sale_id, about.sales, ("reason",))
    _blank(setup, t.refund_decision.c.ask_id, about.asks, ("note",))
    _blank(setup, t.case_told.c.told_id, about.told, ("text",))
    _blank(setup, t.case_settlement.c.case_id, about.cases, ("note",))
    _blank(setup, t.card_outcome.c.outcome_id, ops, ("reason",))
    _rewrite_papers(setup, about.sales)
    _rewrite_asked(setup, about.asks)
    _rewrite_allowed(setup, ops)
    _rewrite_cases(setup, {*about.cases, *_of_operations(setup.connection, ops)})


def _blank(setup: SetUp, key: sa.Column[str], ids: Collection[str], names: Iterable[str]) -> None:
    table = _table(key)
    for name in names:
        for some in _chunks(ids):
            mine = key.in_(some), table.c[name] != ""
            if setup.connection.execute(sa.update(table).where(*mine).values({name: "", "seq": 0})).rowcount:
                setup.touch(table)


def _rewrite_papers(setup: SetUp, sales: Collection[str]) -> None:
    """Credit notes, of which copies may be printed."""
    c = t.document.c
    for some in _chunks(sales):
        rows = setup.connection.execute(sa.select(c.document_id, c.body).where(c.sale_id.in_(some))).all()
        for row in rows:
            paper = codec.loads(Receipt, row.body)
            if (bare := without_words(paper)) is not paper:
                _change(setup, c.document_id, row.document_id, body=codec.dumps(bare))


def _rewrite_asked(setup: SetUp, asks: Collection[str]) -> None:
    c = t.refund_ask.c
    for ask_id in asks:
        body = setup.connection.execute(sa.select(c.body).where(c.ask_id == ask_id)).scalar_one()
        said = codec.loads(op.RefundAsked, body)
        if said.note:
            bare = codec.dumps(replace(said, note=""))
            _change(setup, c.ask_id, ask_id, body=bare)


def _rewrite_allowed(setup: SetUp, ops: Collection[str]) -> None:
    """Yeses of a second person."""
    c = t.sign_in.c
    for some in _chunks(ops):
        given = c.event_id.in_(some), c.kind == op.OverrideGiven.__name__
        for row in setup.connection.execute(sa.select(c.event_id, c.facts).where(*given)).all():
            bare = codec.dumps(replace(codec.loads(op.OverrideGiven, row.facts), reason=""))
            if bare != row.facts:
                _change(setup, c.event_id, row.event_id, facts=bare)


def _of_operations(connection: Connection, ops: Collection[str]) -> list[str]:
    subjects = [f"operation:{op_id}" for op_id in ops]
    return _found(connection, t.case_item.c.case_id, t.case_item.c.subject, subjects)


def _rewrite_cases(setup: SetUp, cases: Collection[str]) -> None:
    c = t.case_item.c
    for some in _chunks(cases):
        for row in setup.connection.execute(sa.select(c.case_id, c.facts).where(c.case_id.in_(some))).all():
            facts = read_facts(row.facts)
            bare = tuple((name, "" if name in _WRITTEN else value) for name, value in facts)
            if bare != facts:
                _change(setup, c.case_id, row.case_id, facts=codec.dumps(bare))


def _change(setup: SetUp, key: sa.Column[str], wanted: str, **values: str) -> None:
    table = _table(key)
    setup.connection.execute(sa.update(table).where(key == wanted).values(**values, seq=0))
    setup.touch(table)


def _table(column: sa.Column[str]) -> sa.Table:
    table = column.table
    assert isinstance(table, sa.Table)
    return table
