"""All that is kept of a guest, as JSON for them to take along: who they are, what they booked, paid and had back, and
what they were told. Made from rows, so a station has as much of it as it holds, and the server has all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from documents.bilingual import phrase
from domain import codec
from domain.booking import Booked
from domain.catalogue import Words
from domain.guest import FIELDS, Guest
from domain.membership import Membership
from domain.money import Money
from ledger import read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.clock import from_ms

_PARTS = ("known", "memberships", "bookings", "payments", "given_back", "refunds", "messages", "said")


def copy_of(connection: Connection, guest_id: str, *, complete: bool) -> str:
    """`complete`: whether all rows are here. Refuses `guest_unknown` and `guest_erased`."""
    guest = read_guests.known(connection, guest_id)
    everybody = [guest.guest_id, *read_guests.merged_into(connection, guest.guest_id)]
    booked = _rows(connection, t.reservation, t.reservation.c.guest_id, everybody)
    ids = [row.booking_id for row in booked]
    told = {
        "guest": guest.guest_id,
        "complete": complete,
        "headings": {part: _words(phrase(f"along.{part}")) for part in _PARTS},
        "known": _known(guest),
        "memberships": list(map(_membership, read_guests.memberships(connection, guest.guest_id))),
        "bookings": [_booking(connection, row) for row in booked],
        "payments": [_paid(row) for row in _rows(connection, t.payment, t.payment.c.booking_id, ids)],
        "given_back": [_given(row) for row in _rows(connection, t.refund, t.refund.c.booking_id, ids)],
        "refunds": list(_refunds(connection, ids)),
        "messages": [_message(row) for row in _rows(connection, t.message, t.message.c.guest_id, everybody)],
        "said": list(_said(connection, everybody)),
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


def _said(connection: Connection, everybody: Iterable[str]) -> Iterable[dict[str, Any]]:
    rows = [row for rows in read_guests.entries(connection, everybody).values() for row in rows]
    for row in sorted(rows, key=lambda row: (row.at, row.entry_id)):
        yield {"at": _moment(row.at), "kind": row.kind, **dict(read_guests.said_in(row))}


def _booking(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    booked = codec.loads(Booked, row.body)
    seats = [place.ticket_id for place in booked.tickets]
    names = _by_ticket(connection, t.ticket_name.c.name, seats)
    ended = _by_ticket(connection, t.ticket_cancel.c.void_id, seats)
    came = _by_ticket(connection, t.admission.c.at, seats)
    lines = [
        {
            "name": _words(line.name),
            "quantity": line.quantity,
            "price": _money(line.gross.minor, line.gross.currency),
        }
        | _session(connection, line.session)
        for line in booked.lines
    ]
    tickets = [
        {
            "ticket": place.ticket_id,
            "name": names.get(place.ticket_id, ""),
            "good": place.ticket_id not in ended,
        }
        | _session(connection, place.session)
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


def _session(connection: Connection, number: int) -> dict[str, Any]:
    found = read_setup.session(connection, number) if number else None
    if found is None:
        return {}
    return {"starts_at": found.starts_at.isoformat(), "ends_at": found.ends_at.isoformat()}


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


def _money(minor: int, currency: str) -> str:
    return f"{currency} {Money(minor, currency).decimal()}"


def _words(words: Words) -> dict[str, str]:
    return {"en": words.en, "ar": words.ar}


def _moment(ms: int) -> str:
    return from_ms(ms).astimezone(UTC).isoformat()
