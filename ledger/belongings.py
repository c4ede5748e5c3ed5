"""What belongs to a guest: what they booked, what was sold and paid for it, asked back, allowed or told about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import NUMBERED
from domain.free_text import mentioned, references
from domain.ticket import short_code
from ledger import tables as t
from ledger.case_carried import read_facts

_SOME = 500


@dataclass(frozen=True, slots=True)
class About:
    """Ids of a kind each; `others` are also what people call them by: numbers, the short codes of tickets."""

    bookings: list[str]
    sales: list[str]
    asks: list[str]
    told: list[str]
    cases: list[str]
    others: list[str]

    def ids(self) -> set[str]:
        return set().union(self.bookings, self.sales, self.asks, self.told, self.cases, self.others)


def of_guest(connection: Connection, guest_id: str) -> About:
    return of_bookings(
        connection, found(connection, t.reservation.c.booking_id, t.reservation.c.guest_id, [guest_id])
    )


def of_bookings(connection: Connection, bookings: list[str]) -> About:
    def of(wanted: sa.Column[str], by: sa.Column[str], ids: Collection[str]) -> list[str]:
        return found(connection, wanted, by, ids)

    tries = of(t.booking_try.c.attempt_id, t.booking_try.c.booking_id, bookings)
    begun = of(t.card_attempt.c.sale_id, t.card_attempt.c.attempt_id, tries)
    sales = sorted({*of(t.sale.c.sale_id, t.sale.c.booking_id, bookings), *begun})
    asks = of(t.refund_ask.c.ask_id, t.refund_ask.c.booking_id, bookings)
    attempts = of(t.card_attempt.c.attempt_id, t.card_attempt.c.sale_id, sales)
    numbers = of(t.document.c.number, t.document.c.sale_id, sales)
    overrides = of(t.booking.c.override_id, t.booking.c.booking_id, bookings)
    payments = of(t.payment.c.payment_id, t.payment.c.sale_id, sales)
    discounts = of(t.discount.c.discount_id, t.discount.c.booking_id, bookings)
    tickets = of(t.ticket.c.ticket_id, t.ticket.c.booking_id, bookings)
    called = {*numbers, *of(t.reservation.c.number, t.reservation.c.booking_id, bookings)} - {""}
    short = (each.removeprefix(NUMBERED) for each in called)  # as many people say it
    names = references(*called, *short, *_short(tickets))
    told = _told(connection, {*names, *tickets})
    things = {*bookings, *sales, *asks, *attempts, *called, *told, *tickets}
    others = {*attempts, *called, *names, *overrides, *payments, *discounts, *tickets} - {""}
    return About(bookings, sales, asks, told, _cases(connection, things), sorted(others))


def _short(tickets: Iterable[str]) -> list[str]:
    """As they stand on paper; an id that no station of ours makes has none."""
    found = list[str]()
    for each in tickets:
        with suppress(ValueError):
            found.append(short_code(UUID(each)))
    return found


def _told(connection: Connection, names: Collection[str]) -> list[str]:
    """What staff put on the list under one of the names, or wrote one of them into."""
    if not names:
        return []
    rows = connection.execute(sa.select(t.case_told.c.told_id, t.case_told.c.number, t.case_told.c.text))
    said = ((row.told_id, {row.number} | references(row.number) | mentioned(row.text)) for row in rows)
    return sorted(told_id for told_id, named in said if not named.isdisjoint(names))


def _cases(connection: Connection, things: set[str]) -> list[str]:
    """Those about one of them, or that name one."""
    if not things:
        return []
    rows = connection.execute(sa.select(t.case_item.c.case_id, t.case_item.c.subject, t.case_item.c.facts))
    return [row.case_id for row in rows if not named_by(row.subject, row.facts).isdisjoint(things)]


def named_by(subject: str, facts: str) -> set[str]:
    """What a case is about, and what its facts name."""
    parts = (part for _, value in read_facts(facts) for part in value.split(", "))
    return {subject.partition(":")[2], *parts}


def found(
    connection: Connection, wanted: sa.Column[str], by: sa.Column[str], ids: Collection[str]
) -> list[str]:
    """What stands in the column `wanted` of rows that have one of the `ids` in `by`."""
    there = set[str]()
    for some in chunks(ids):
        there |= set(connection.execute(sa.select(wanted).where(by.in_(some))).scalars())
    return sorted(there)


def chunks(ids: Collection[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _SOME] for start in range(0, len(every), _SOME))
