"""All that is kept of a guest, as JSON for them to take along: who they are, what they booked, paid and had back, and
what they were told, and what staff wrote about it. Made from rows, so a station has as much of it as it holds, and the
server has all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from documents.bilingual import phrase
from documents.format import Digits, money_named
from domain import codec
from domain import operation as op
from domain.booking import Booked
from domain.catalogue import Words
from domain.guest import FIELDS, Guest
from domain.membership import Membership
from domain.money import Money
from ledger import belongings, read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.belongings import chunks
from ledger.clock import from_ms
from ledger.contact import hidden, masked
from ledger.paper_names import activities_told

_PARTS = (
    "known",
    "memberships",
    "bookings",
    "payments",
    "given_back",
    "refunds",
    "messages",
    "written",
    "said",
)


def copy_of(connection: Connection, guest_id: str, *, complete: bool, whole: bool) -> str:
    """`complete`: whether all rows are here; `whole`: contacts are not masked. Refuses `guest_unknown` and
    `guest_erased`."""
    guest = read_guests.known(connection, guest_id)
    everybody = [guest.guest_id, *read_guests.merged_into(connection, guest.guest_id)]
    booked = _rows(connection, t.reservation, t.reservation.c.guest_id, everybody)
    ids = [row.booking_id for row in booked]
    told = {
        "guest": guest.guest_id,
        "complete": complete,
        "contacts": "whole" if whole else "masked",
        "headings": {part: _words(phrase(f"along.{part}")) for part in _PARTS},
        "known": _known(guest if whole else hidden(guest)),
        "memberships": list(map(_membership, read_guests.memberships(connection, guest.guest_id))),
        "bookings": [_booking(connection, row) for row in booked],
        "payments": [_paid(row) for row in _rows(connection, t.payment, t.payment.c.booking_id, ids)],
        "given_back": [_given(row) for row in _rows(connection, t.refund, t.refund.c.booking_id, ids)],
        "refunds": list(_refunds(connection, ids)),
        "messages": [_message(row) for row in _rows(connection, t.message, t.message.c.guest_id, everybody)],
        "written": _written(connection, ids),
        "said": list(_said(connection, everybody, whole=whole)),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _rows(
    connection: Connection, table: sa.Table, key: sa.Column[Any], ids: Sequence[str]
) -> Sequence[sa.Row[Any]]:
    """The oldest first."""
    return connection.execute(
        sa.select(table).where(key.in_(ids)).order_by(table.c.at, *table.primary_key)
    ).all()


def _known(guest: Guest) -> dict[str, Any]:
    said = {name: getattr(guest, name) for name in FIELDS if getattr(guest, name)}
    return said | {"verified": sorted(guest.verified & {guest.phone, guest.email} - {""})}


def _membership(one: Membership) -> dict[str, Any]:
    days = {"from": one.since.isoformat(), "until": one.until.isoformat()}
    return {"plan": one.plan, "number": one.number, "ended": one.ended} | days


def _written(connection: Connection, bookings: list[str]) -> list[dict[str, Any]]:
    """What staff wrote about what was booked: to each other, on the list of what needs attention, why something was
    allowed; the oldest first."""
    about = belongings.of_bookings(connection, bookings)
    places = (
        (t.discount.c.note, t.discount.c.booking_id, about.bookings),
        (t.ticket_revoke.c.reason, t.ticket_revoke.c.booking_id, about.bookings),
        (t.tender_fix.c.reason, t.tender_fix.c.booking_id, about.bookings),
        (t.sale_void.c.reason, t.sale_void.c.sale_id, about.sales),
        (t.refund_decision.c.note, t.refund_decision.c.ask_id, about.asks),
        (t.card_outcome.c.reason, t.card_outcome.c.attempt_id, about.others),
        (t.case_told.c.text, t.case_told.c.told_id, about.told),
        (t.case_settlement.c.note, t.case_settlement.c.case_id, about.cases),
    )
    found = [
        (*said, text.table.name) for text, key, ids in places for said in _texts(connection, text, key, ids)
    ]
    found += [(*said, "sign_in") for said in _allowed(connection, about.ids())]
    return [
        {"at": _moment(at), "about": _words(phrase(f"along.w_{name}")), "text": text}
        for at, text, name in sorted(found)
    ]


def _texts(
    connection: Connection, text: sa.Column[Any], key: sa.Column[Any], ids: list[str]
) -> Iterable[tuple[int, str]]:
    """When it was written, as far as that is known, and what; nothing twice."""
    at = text.table.c.at if "at" in text.table.c else sa.literal(0)
    wanted = sa.select(at, text).distinct().where(text != "")
    return [
        (row[0], row[1]) for some in chunks(ids) for row in connection.execute(wanted.where(key.in_(some)))
    ]


def _allowed(connection: Connection, ids: set[str]) -> Iterable[tuple[int, str]]:
    """By a second person, with their reason."""
    given = sa.select(t.sign_in.c.at, t.sign_in.c.facts).where(t.sign_in.c.kind == op.OverrideGiven.__name__)
    for row in connection.execute(given):
        said = codec.loads(op.OverrideGiven, row.facts)
        if said.reason and {said.subject, said.override_id} & ids:
            yield row.at, said.reason


def _said(connection: Connection, everybody: Iterable[str], *, whole: bool) -> Iterable[dict[str, Any]]:
    rows = [row for rows in read_guests.entries(connection, everybody).values() for row in rows]
    for row in sorted(rows, key=lambda row: (row.at, row.entry_id)):
        told = dict(read_guests.said_in(row))
        if not whole:
            told |= {name: masked(told[name]) for name in ("phone", "email") if told.get(name)}
        yield {"at": _moment(row.at), "kind": row.kind, **told}


def _booking(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    booked = codec.loads(Booked, row.body)
    seats = [place.ticket_id for place in booked.tickets]
    names = _by_ticket(connection, t.ticket_name.c.name, seats)
    ended = _by_ticket(connection, t.ticket_cancel.c.void_id, seats)
    came = _by_ticket(connection, t.admission.c.at, seats)
    sessions = _sessions(connection, booked)
    lines = [
        {
            "name": _words(line.name),
            "quantity": line.quantity,
            "price": _money(line.gross.minor, line.gross.currency),
        }
        | sessions.get(line.session, {})
        for line in booked.lines
    ]
    tickets = [
        {
            "ticket": place.ticket_id,
            "name": names.get(place.ticket_id, ""),
            "good": place.ticket_id not in ended,
        }
        | sessions.get(place.session, {})
        | ({"came_at": _moment(came[place.ticket_id])} if place.ticket_id in came else {})
        for place in booked.tickets
    ]
    return {
        "number": row.number, "day": row.day, "made_at": _moment(row.at), "state": row.life, "note": row.note,
        "reason": row.reason, "total": _money(row.gross, row.currency), "lines": lines, "tickets": tickets,
    }  # fmt: skip


def _by_ticket(connection: Connection, value: sa.Column[Any], tickets: Sequence[str]) -> dict[str, Any]:
    """What the table of a column says of tickets."""
    key = value.table.c.ticket_id
    found = sa.select(key, value).where(key.in_(tickets)).order_by(value)
    return {row[0]: row[1] for row in connection.execute(found)}


def _sessions(connection: Connection, booked: Booked) -> dict[int, dict[str, Any]]:
    """By their numbers, those that are known; with the activity where they are of several."""
    numbers = {line.session for line in booked.lines} | {place.session for place in booked.tickets}
    found = read_setup.sessions(connection, numbers)
    told = activities_told(connection, (each.activity_id for each in found))
    return {
        each.number: {"starts_at": each.starts_at.isoformat(), "ends_at": each.ends_at.isoformat()}
        | ({"activity": _words(told[each.activity_id])} if told else {})
        for each in found
    }


def _paid(row: sa.Row[Any]) -> dict[str, Any]:
    """Of a card the last four digits, which is all that is known of it."""
    card = {"card": row.scheme, "last4": row.last4} if row.method == "card" else {}
    return {"at": _moment(row.at), "amount": _money(row.amount, row.currency), "tender": row.method, **card}


def _given(row: sa.Row[Any]) -> dict[str, Any]:
    return {"at": _moment(row.at), "amount": _money(row.amount, row.currency), "tender": row.method}


def _refunds(connection: Connection, bookings: Sequence[str]) -> Iterable[dict[str, Any]]:
    for asked in _rows(connection, t.refund_ask, t.refund_ask.c.booking_id, bookings):
        if row := read_refunds.refund(connection, asked.ask_id):
            amount = _money(row.asked.amount.minor, row.asked.amount.currency)
            said = {"asked_at": row.at.isoformat(), "invoice": row.asked.number, "amount": amount}
            yield said | {"state": row.state.value, "reason": row.asked.reason, "note": row.asked.note}


def _message(row: sa.Row[Any]) -> dict[str, Any]:
    sent = {"sent_at": _moment(row.sent_at)} if row.sent_at else {}
    what = {"kind": row.kind, "channel": row.channel, "to": row.address, "state": row.state}
    return {"made_at": _moment(row.at), **what, **sent}


def _money(minor: int, currency: str) -> dict[str, str]:
    """`SAR 1,234.50`, and the same in Arabic with its digits."""
    amount = Money(minor, currency)
    return {"en": money_named(amount, "en"), "ar": money_named(amount, "ar", Digits.ARABIC_INDIC)}


def _words(words: Words) -> dict[str, str]:
    return {"en": words.en, "ar": words.ar}


def _moment(ms: int) -> str:
    return from_ms(ms).astimezone(UTC).isoformat()
