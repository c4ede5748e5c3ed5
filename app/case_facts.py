"""The facts of a case with names in the place of ids, as far as this station holds the rows.

A fact is looked up by its own name, whatever the kind of case: a new kind needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown_attention import Closing, Fact, Named, Passed, Slot
from domain import codec
from domain import operation as op
from domain.aside import Aside, kind_of
from domain.attention import GONE
from domain.catalogue import Words
from domain.errors import Refused
from domain.money import Money
from domain.receipt import ShiftReport
from domain.ticket import short_code
from ledger import read_setup
from ledger import tables as t
from ledger.case_carried import Done
from ledger.clock import from_ms
from ledger.read_gate import gate_name

Facts = Iterator[Fact]
_FIRST_YEAR, _LAST_YEAR = 1971, 9000
_AMOUNTS = (
    "kept_minor", "paid_minor", "kept_vat", "paid_vat", "short", "asked_minor", "sold_minor", "gave_minor",
    "card_minor", "books_minor", "beyond_minor", "till_minor", "listed_minor", "beside_minor",
)  # fmt: skip


def facts_of(connection: Connection, facts: tuple[tuple[str, str], ...]) -> tuple[Fact, ...]:
    """What a person reads of a case, nothing twice: entries that are all named are not counted too."""
    found = dict.fromkeys(fact for name, value in facts for fact in _fact(connection, name, value))
    entries = sum(fact.name == "entry" for fact in found)
    found.pop(Fact("entries", str(entries)), None)
    return tuple(found)


def _fact(connection: Connection, name: str, value: str) -> Facts:
    if (not value and name != "why") or (name, value) == GONE:
        return
    look = _LOOK.get(name)
    if look is None:
        yield Fact(name, value)
    else:
        with suppress(Refused):  # of a newer server, say
            yield from look(connection, value)


def of_paper(connection: Connection, number: str, payload: str) -> tuple[Fact, ...]:
    """Who made a paper and for how much, by the number of its document; a report names who worked."""
    found = sa.select(t.document).where(t.document.c.number == number)
    row = connection.execute(found).first()
    if row is not None:
        return *_staff(connection, row.staff_id), Fact("total", Money(row.gross, row.currency))
    with suppress(Refused):
        return (Fact("staff", codec.loads(ShiftReport, payload).cashier),)
    return ()


def said_in(operation: op.Operation) -> tuple[Fact, ...]:
    """The document and the amount of an operation that this station made itself."""
    facts: list[Fact] = []
    number = getattr(operation, "number", "")
    if isinstance(number, str) and number:
        facts.append(Fact("document", number))
    receipt = getattr(operation, "receipt", None)
    amount = receipt.gross if receipt is not None else getattr(operation, "amount", None)
    if isinstance(amount, Money) and amount:
        facts.append(Fact("amount", amount))
    return tuple(facts)


# what each name stands for ---------------------------------------------------------------------------------------


def _session(connection: Connection, number: str) -> Facts:
    found = read_setup.session(connection, int(number))
    if found is None:
        yield Fact("session", number)
        return
    names = {one.activity_id: one.name for one in read_setup.activities(connection)}
    name = names.get(found.activity_id, Words(found.activity_id, found.activity_id))
    yield Fact("session", Slot(name, found.starts_at, found.ends_at))


def _ticket(connection: Connection, ticket_id: str) -> Facts:
    yield Fact("ticket", _short(ticket_id))
    row = connection.execute(sa.select(t.ticket).where(t.ticket.c.ticket_id == ticket_id)).first()
    if row is not None:
        yield Fact("product", read_setup.product_name(connection, row.product))
        yield from _session(connection, str(row.session)) if row.session else ()
    yield from _passages(connection, ticket_id)


def _passages(connection: Connection, ticket_id: str) -> Facts:
    """Who came in and who took that back; an entry that was taken back is named as that alone."""
    undo = t.admission_undo.c
    found = (
        sa.select(t.admission, undo.at.label("undone_at"), undo.staff_id.label("undone_by"))
        .join(t.admission_undo, undo.admission_id == t.admission.c.admission_id, isouter=True)
        .where(t.admission.c.ticket_id == ticket_id, t.admission.c.again == 0)
        .order_by(t.admission.c.at)
    )
    for row in connection.execute(found).all():
        stands = row.undone_at is None
        at, who = (row.at, row.staff_id) if stands else (row.undone_at, row.undone_by)
        passed = Passed(from_ms(at), gate_name(row.gate), read_setup.staff_name(connection, who))
        yield Fact("entry", passed) if stands else Fact("taken_back", passed)


def _short(ticket_id: str) -> str:
    try:
        return short_code(UUID(ticket_id))
    except ValueError:
        return ticket_id


def _by_whom(connection: Connection, done: Any) -> Passed:
    """When and where something was done, and by whom."""
    label = read_setup.station_label(connection, done.station_id)
    return Passed(from_ms(done.at), label, read_setup.staff_name(connection, done.staff_id))


def _said(_connection: Connection, moment: str) -> Facts:
    """What a clock showed, if that was a time at all."""
    with suppress(ValueError, OverflowError):
        showed = datetime.fromisoformat(moment)
        if _FIRST_YEAR < showed.year < _LAST_YEAR:
            yield Fact("showed", showed)


def _staff(connection: Connection, staff_id: str) -> Facts:
    yield Fact("staff", read_setup.staff_name(connection, staff_id))


def _station(connection: Connection, station_id: str) -> Facts:
    yield Fact("station", read_setup.station_label(connection, station_id))


def _minor(connection: Connection, minor: str) -> Facts:
    yield Fact("amount", Money(int(minor), read_setup.venue(connection).currency))


def _money(name: str) -> Callable[[Connection, str], Facts]:
    """Reads minor units of the venue's currency."""
    return lambda connection, minor: iter(
        (Fact(name, Money(int(minor), read_setup.venue(connection).currency)),)
    )


def _differs(_connection: Connection, kinds: str) -> Facts:
    """In which ways something is otherwise than it was decided."""
    yield from (Fact("differs", Named("differs", kind)) for kind in kinds.split(", "))


def _pieces(fact: str) -> Callable[[Connection, str], Facts]:
    """Reads how many of which product."""

    def read(connection: Connection, said: str) -> Facts:
        quantity, _, number = said.partition(" ")
        name = read_setup.product_name(connection, int(number))
        yield Fact(fact, Words(f"{quantity} × {name.en}", f"{quantity} × {name.ar}"))

    return read


def _rate(name: str) -> Callable[[Connection, str], Facts]:
    """Reads basis points."""
    return lambda _, rate: iter((Fact(name, f"{int(rate) / 100:g}%"),))


def _why(_connection: Connection, said: str) -> Facts:
    """In plain words; what none of our rules says is kept for who helps from afar."""
    kind = kind_of(said)
    yield Fact("why", Named("aside", kind.value))
    if said and kind is Aside.UNREAD:
        yield Fact("support", said)


# what a case carries itself: not every station has the rows ----------------------------------------------------------


def _carried(amount: str) -> Callable[[Connection, str], Facts]:
    """Reads what was done, `amount` being what it came to."""

    def read(connection: Connection, written: str) -> Facts:
        done = codec.loads(Done, written)
        yield from (Fact("document", number) for number in done.numbers)
        if done.currency:
            yield Fact(amount, Money(done.minor, done.currency))
        if done.terminal:
            yield Fact("terminal", done.terminal)
        if done.last4:
            yield Fact("card", f"{done.scheme} •••• {done.last4}".strip())
        if done.approval:
            yield Fact("approval", done.approval)
        if done.station_id:
            yield from (*_station(connection, done.station_id), *_staff(connection, done.staff_id))
            yield Fact("at", from_ms(done.at))

    return read


def _carried_end(connection: Connection, written: str) -> Facts:
    """A shift, or one end of it."""
    done = codec.loads(Done, written)
    if not done.numbers:
        yield from (*_station(connection, done.station_id), *_staff(connection, done.staff_id))
        yield Fact("opened", from_ms(done.at))
        return
    by = read_setup.staff_name(connection, done.staff_id)
    yield Fact("closed", Closing(done.numbers[0], Money(done.minor, done.currency), by, from_ms(done.at)))


def _carried_as(name: str) -> Callable[[Connection, str], Facts]:
    """Reads one of several that were done alike."""

    def read(connection: Connection, written: str) -> Facts:
        done = codec.loads(Done, written)
        yield Fact(name, _by_whom(connection, done))
        yield from (Fact("document", number) for number in done.numbers)
        if done.currency:
            yield Fact("total", Money(done.minor, done.currency))

    return read


def _text(_connection: Connection, said: str) -> Facts:
    """What was put on the list, line by line; what a station says by itself is in both languages."""
    lines = [_line(line) for line in said.split("\n")]
    en, ar = ("\n".join(line.get(language) for line in lines) for language in ("en", "ar"))
    yield Fact("text", said if en == ar else Words(en, ar))


def _line(said: str) -> Words:
    with suppress(Refused):
        return codec.loads(Words, said)
    return Words(said, said)


def _none(_connection: Connection, _value: str) -> Facts:
    yield from ()


_LOOK: dict[str, Callable[[Connection, str], Facts]] = {
    "session": _session,
    "ticket": _ticket,
    **dict.fromkeys(
        ("sale", "booking", "bookings", "attempt", "shift", "refund"), _none
    ),  # what they carry says it
    "goods": lambda connection, number: iter(
        (Fact("goods", read_setup.product_name(connection, int(number))),)
    ),
    "day": lambda _, day: iter((Fact("day", date.fromisoformat(day)),)),
    "gates": _none,  # the entries of the ticket say it better
    "override": _none,  # its own words are `approver` and `reason`
    "offset_ms": _none,  # for support, as the server keeps it
    "approver": lambda connection, who: iter((Fact("approver", read_setup.staff_name(connection, who)),)),
    "said": _said,
    "text": _text,
    "stations": lambda connection, ids: (
        one for each in ids.split(", ") for one in _station(connection, each)
    ),
    "staff": _staff,
    "station": _station,
    "minor": _minor,
    "differs": _differs,
    "charged": _pieces("charged"),
    "issued": _pieces("issued"),
    **{name: _rate(name) for name in ("till_rate", "listed_rate")},
    **{name: _money(name) for name in _AMOUNTS},
    "has_station": lambda connection, station: iter(
        (Fact("has_station", read_setup.station_label(connection, station)),)
    ),
    "number": lambda _, number: iter((Fact("document", number),)),
    "at": lambda _, at: iter((Fact("at", from_ms(int(at))),)),
    "permission": lambda _, name: iter((Fact("permission", Named("permission", name)),)),
    "kind": lambda _, name: iter((Fact("what", Named("operation", name)),)),
    "why": _why,
    "sale_done": _carried("total"),
    "attempt_done": _carried("amount"),
    "shift_done": _carried_end,
    "booking_done": _carried_as("last"),
    "document_done": _carried_as("made"),
    "refund_done": _carried_as("made"),
}
