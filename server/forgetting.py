"""What is forgotten with a guest: what was said of them, and what staff wrote about whatever they booked, in rows and
in the private parts of operations. The chain stays whole, and stations are told the ids of what is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.envelope import Envelope
from domain.free_text import without_words
from domain.receipt import Receipt
from ledger import belongings
from ledger import tables as t
from ledger.belongings import About, chunks, found
from ledger.case_carried import read_facts
from ledger.puts import UNDATED
from ledger.read_guests import are_forgotten
from ledger.rows import add_rows
from server import tables as own
from server.bans import of_guests
from server.setup import SetUp
from server.standing import judge

_WRITTEN = ("reason", "note", "text")  # facts of cases that repeat what somebody wrote


def forget(setup: SetUp, guest_id: str) -> None:
    """Takes what was said and written from wherever it is kept, and notes that it is to be taken everywhere."""
    connection = setup.connection
    banned = t.guest_ban.c.guest_id == guest_id, t.guest_ban.c.banned != 0
    if connection.execute(sa.update(t.guest_ban).where(*banned).values(banned=0, seq=0)).rowcount:
        setup.touch(t.guest_ban, t.case_item)
        judge(connection, (), setup.now_ms, if_told=sorted(of_guests(connection, [guest_id])))
    forget_about(setup, belongings.of_guest(connection, guest_id), guest_id)


def forget_about(setup: SetUp, about: About, guest_id: str = "") -> None:
    """The same of what belongs to a guest."""
    ids = about.ids() | ({guest_id} - {""})
    ops = found(setup.connection, own.named.c.op_id, own.named.c.about, ids)
    _blank_parts(setup.connection, ops)
    _blank_rows(setup, about, ops)
    _note(setup, ids)


def forget_with(setup: SetUp, booking_id: str, new_id: str) -> None:
    """What comes of a booking whose guest was erased is forgotten from the start."""
    if are_forgotten(setup.connection, [booking_id]):
        _note(setup, {new_id})


def _note(setup: SetUp, ids: set[str]) -> None:
    row = {"at": setup.now_ms, "bucket": UNDATED, "seq": 0}
    fresh = sorted(ids - are_forgotten(setup.connection, ids))
    add_rows(setup.connection, [(t.forgotten, {"about": each, **row}) for each in fresh])
    if fresh:
        setup.touch(t.forgotten)


# where it is taken from -----------------------------------------------------------------------------------------------


def _blank_parts(connection: Connection, ops: Collection[str]) -> None:
    """Private parts, also of what was set aside."""
    aside = own.set_aside
    for some in chunks(ops):
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
        for some in chunks(ids):
            mine = key.in_(some), table.c[name] != ""
            if setup.connection.execute(sa.update(table).where(*mine).values({name: "", "seq": 0})).rowcount:
                setup.touch(table)


def _rewrite_papers(setup: SetUp, sales: Collection[str]) -> None:
    """Credit notes, of which copies may be printed."""
    c = t.document.c
    for some in chunks(sales):
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
    for some in chunks(ops):
        given = c.event_id.in_(some), c.kind == op.OverrideGiven.__name__
        for row in setup.connection.execute(sa.select(c.event_id, c.facts).where(*given)).all():
            bare = codec.dumps(replace(codec.loads(op.OverrideGiven, row.facts), reason=""))
            if bare != row.facts:
                _change(setup, c.event_id, row.event_id, facts=bare)


def _of_operations(connection: Connection, ops: Collection[str]) -> list[str]:
    subjects = [f"operation:{op_id}" for op_id in ops]
    return found(connection, t.case_item.c.case_id, t.case_item.c.subject, subjects)


def _rewrite_cases(setup: SetUp, cases: Collection[str]) -> None:
    c = t.case_item.c
    for some in chunks(cases):
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
