"""What came late about guests who were erased: a sale of which nobody had heard, a case about it, what staff wrote
under its number. It is looked for among what the feed has had since the last look, never among all that there is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.free_text import mentioned, references
from ledger import belongings, feed
from ledger import tables as t
from ledger.belongings import About, named_by
from ledger.read_guests import are_forgotten
from server import tables as own
from server.forgetting import forget_about
from server.setup import SetUp

_KEY = "forgotten_to"
_ANY = sa.select(t.forgotten.c.about).limit(1)
_BOOKED = (
    t.sale,
    t.ticket,
    t.refund_ask,
    t.payment,
    t.booking_try,
    t.booking,
    t.discount,
    t.ticket_revoke,
    t.tender_fix,
)
_SOLD = (t.document, t.card_attempt, t.sale_void)


def look_again(setup: SetUp) -> None:
    """Takes it from wherever it is kept, and notes how far it looked."""
    connection = setup.connection
    since, head = _reached(connection), feed.read_head(connection).seq
    if head <= since:
        return
    if connection.execute(_ANY).first() is not None:
        _forget_since(setup, since)
        setup.publish()
    connection.execute(sa.delete(own.setting).where(own.setting.c.name == _KEY))
    connection.execute(sa.insert(own.setting).values(name=_KEY, value=str(head)))


def _reached(connection: Connection) -> int:
    kept = connection.execute(sa.select(own.setting.c.value).where(own.setting.c.name == _KEY)).scalar()
    return int(kept) if kept else 0


def _forget_since(setup: SetUp, since: int) -> None:
    """Of a booking of which something came, all is looked at again: older cases may be about what came."""
    connection = setup.connection
    if bookings := sorted(_bookings(connection, since)):
        forget_about(setup, belongings.of_bookings(connection, bookings))
    told = _told(connection, since)
    cases = _cases(connection, since, told)
    if cases or told:
        forget_about(setup, About([], [], [], told, cases, []))


def _bookings(connection: Connection, since: int) -> set[str]:
    """Those of erased guests of which something came."""
    found = set[str]()
    for table in _BOOKED:
        found |= _gone(
            connection, sa.select(table.c.booking_id).where(table.c.seq > since), table.c.booking_id
        )
    of_sale = sa.select(t.sale.c.booking_id)
    for table in _SOLD:
        mine = of_sale.join(table, table.c.sale_id == t.sale.c.sale_id).where(table.c.seq > since)
        found |= _gone(connection, mine, t.sale.c.booking_id)
    return found | _tried(connection, since)


def _tried(connection: Connection, since: int) -> set[str]:
    """Those that somebody tried to pay for by a card of which something came."""
    found = set[str]()
    for table in (t.card_attempt, t.card_outcome):
        tries = sa.select(t.booking_try.c.booking_id)
        mine = tries.join(table, table.c.attempt_id == t.booking_try.c.attempt_id).where(table.c.seq > since)
        found |= _gone(connection, mine, t.booking_try.c.booking_id)
    return found


def _gone(connection: Connection, wanted: sa.Select[Any], booking_id: sa.Column[str]) -> set[str]:
    forgotten = sa.exists().where(t.forgotten.c.about == booking_id)
    return set(connection.execute(wanted.where(forgotten).distinct()).scalars().all())


def _cases(connection: Connection, since: int, told: list[str]) -> list[str]:
    c = t.case_item.c
    rows = connection.execute(sa.select(c.case_id, c.subject, c.facts).where(c.seq > since)).all()
    named = {row.case_id: named_by(row.subject, row.facts) - {""} for row in rows}
    gone = are_forgotten(connection, set().union(*named.values())).union(told)
    return [case_id for case_id, names in named.items() if names & gone]


def _told(connection: Connection, since: int) -> list[str]:
    c = t.case_told.c
    rows = connection.execute(sa.select(c.told_id, c.number, c.text).where(c.seq > since)).all()
    named = {row.told_id: references(row.number) | mentioned(row.text) for row in rows}
    gone = are_forgotten(connection, set().union(*named.values()))
    return [told_id for told_id, names in named.items() if names & gone]
