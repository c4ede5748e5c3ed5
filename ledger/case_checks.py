"""What is looked at after facts are in, by the kind of subject: each check tells what is wrong with the given keys.

A check looks at the result itself, not at how it came about, so that it may be asked again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import bans, case_alone, case_bookings, case_cards, case_goods, case_refunds, case_voids
from ledger import tables as t
from ledger.case_finding import Finding as Finding
from ledger.case_people import allowed_by, sold_last, sold_last_by
from ledger.lease_book import balances_known, overdrafts, overdrawn
from ledger.read_gate import gate_name
from ledger.read_money import SALE_STANDS, owed_by

Found = Iterator[tuple[str, Finding]]
Check = Callable[[Connection, list[str]], Found]
_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_TOLD = sa.select(t.case_told).where(t.case_told.c.told_id.in_(_KEYS))
_SESSIONS = sa.select(
    t.session.c.number,
    t.session.c.capacity,
    sa.select(sa.func.coalesce(sa.func.sum(t.ticket.c.places), 0))
    .where(
        t.ticket.c.session == t.session.c.number,
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .scalar_subquery()
    .label("sold"),
).where(t.session.c.number.in_(_KEYS))
# Whoever let a refund be knew that its guest had come in: the server had heard of that before.
_WAS_KNOWN = (
    sa.exists()
    .where(
        t.refund_done.c.paid_id == t.ticket_cancel.c.void_id,
        t.refund_decision.c.decision_id == t.refund_done.c.approval_id,
        t.refund_decision.c.ask_id == t.refund_done.c.ask_id,
        t.admission.c.seq > 0,
        t.admission.c.seq < t.refund_decision.c.seq,
    )
    .correlate(t.ticket_cancel, t.admission)
)
_PASSAGES = (
    sa.select(
        t.admission.c.ticket_id,
        t.admission.c.admission_id,
        t.admission.c.gate,
        t.admission.c.again,
        sa.exists()
        .where(t.ticket_cancel.c.ticket_id == t.admission.c.ticket_id, ~_WAS_KNOWN)
        .label("canceled"),
        sa.exists()
        .where(
            t.ticket.c.ticket_id == t.admission.c.ticket_id,
            t.reservation.c.booking_id == t.ticket.c.booking_id,
            t.guest_ban.c.guest_id == t.reservation.c.guest_id,
        )
        .label("marked"),
    )
    .where(
        t.admission.c.ticket_id.in_(_KEYS),
        ~sa.exists().where(t.admission_undo.c.admission_id == t.admission.c.admission_id),
    )
    .order_by(t.admission.c.at, t.admission.c.admission_id)
)
_OWED = sa.select(
    t.booking.c.booking_id,
    owed_by(t.booking.c.booking_id).label("owed"),
    t.booking.c.override_id,
    t.booking.c.station_id,
    sa.or_(
        t.booking.c.held == 1,
        sa.exists().where(t.reservation.c.booking_id == t.booking.c.booking_id),
    ).label("ahead"),
    sa.select(sa.func.coalesce(sa.func.sum(t.ticket.c.places), 0))
    .where(
        t.ticket.c.booking_id == t.booking.c.booking_id,
        t.booking.c.override_id != "",
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .scalar_subquery()
    .label("beyond"),
    sa.or_(
        sa.exists().where(t.refund.c.booking_id == t.booking.c.booking_id),
        sa.exists().where(t.charge_void.c.booking_id == t.booking.c.booking_id),
    ).label("went_back"),
    sa.exists()
    .where(
        t.sale.c.booking_id == t.booking.c.booking_id,
        SALE_STANDS,
    )
    .label("sold"),
).where(t.booking.c.booking_id.in_(_KEYS))
_SESSIONS_OF = (
    sa.select(t.ticket.c.session)
    .where(
        t.ticket.c.booking_id == sa.bindparam("booking"),
        t.ticket.c.session > 0,
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .distinct()
    .order_by(t.ticket.c.session)
)


def _full(connection: Connection, keys: list[str]) -> Found:
    for number, capacity, sold in connection.execute(_SESSIONS, {"keys": [int(key) for key in keys]}):
        if sold > capacity:
            facts = (("session", str(number)), ("sold", str(sold)), ("capacity", str(capacity)))
            last = sold_last(connection, number, sold - capacity)
            yield str(number), Finding("over_capacity", (*facts, *last))


def _drawn(connection: Connection, keys: list[str], overdrawn: Any) -> Found:
    found: dict[int, dict[str, int]] = {}
    for number, station_id, places in overdrafts(connection, overdrawn, [int(key) for key in keys]):
        found.setdefault(number, {})[station_id] = places
    for number, stations in found.items():
        names, beyond = sorted(stations), sum(stations.values())
        facts = (("session", str(number)), ("stations", ", ".join(names)), ("places", str(beyond)))
        last = sold_last_by(connection, number, names, beyond)
        yield str(number), Finding("lease_overdrawn", (*facts, *last))


def sessions_by(overdrawn: Any) -> Check:
    """A check that no more is sold than there are places and leases; `overdrawn` is a statement of `lease_book`."""

    def check(connection: Connection, keys: list[str]) -> Found:
        yield from _full(connection, keys)
        yield from _drawn(connection, keys, overdrawn)

    return check


def _held(connection: Connection, keys: list[str]) -> Found:
    """Places that somebody needed and that a silent station holds; keys are session and station."""
    for key in keys:
        number, _, station_id = key.partition(":")
        places = balances_known(connection, [int(number)])[int(number)].get(station_id, 0)
        called = sa.select(t.lease_call.c.at).where(
            t.lease_call.c.session == int(number), t.lease_call.c.station_id == station_id
        )
        if places > 0 and connection.execute(called).first() is not None:
            facts = (("session", number), ("station", station_id), ("places", str(places)))
            yield key, Finding("places_held", facts)


def _tickets(connection: Connection, keys: list[str]) -> Found:
    passages: dict[str, list[sa.Row[Any]]] = {}
    for row in connection.execute(_PASSAGES, {"keys": keys}):
        passages.setdefault(row.ticket_id, []).append(row)
    for key, rows in passages.items():
        passed = [row for row in rows if not row.again] or rows[:1]  # nobody comes in again who never came
        if len(passed) > 1:
            gates = ", ".join(gate_name(row.gate).en for row in passed)
            facts = (("ticket", key), ("entries", str(len(passed))), ("gates", gates))
            yield key, Finding("double_admission", facts)
        if any(row.canceled for row in rows):
            yield key, Finding("admitted_canceled", (("ticket", key),))
        unasked = (bans.let_in_unasked(connection, row.admission_id) for row in rows if row.marked)
        if number := next(filter(None, unasked), ""):
            yield key, Finding("admitted_banned", (("ticket", key), ("booked_as", number)))


def _bookings(connection: Connection, keys: list[str]) -> Found:
    rows = connection.execute(_OWED, {"keys": keys}).all()
    for row in rows:
        key, owed = row.booking_id, int(row.owed)
        if owed < 0:
            yield key, Finding("over_paid", (("booking", key), ("minor", str(-owed))))
        if row.beyond:
            yield key, Finding("beyond_lease", _beyond_lease(connection, row))
        elif owed > 0 and row.sold and not row.ahead:
            yield key, Finding("sold_short", (("booking", key), ("short", str(owed))))
        if row.ahead:
            yield from ((key, found) for found in case_bookings.paid_ahead(connection, key, owed))
    whole = {row.booking_id for row in rows if not row.went_back}
    back = [key for key in keys if key not in whole]
    yield from case_voids.voids(connection, back) if back else ()
    for key, beyond in case_refunds.beyond_captured(connection, back).items():
        yield key, Finding("over_refunded", (("booking", key), ("minor", str(beyond))))


def _beyond_lease(connection: Connection, row: Any) -> tuple[tuple[str, str], ...]:
    sessions = connection.execute(_SESSIONS_OF, {"booking": row.booking_id}).scalars()
    facts = (*(("session", str(number)) for number in sessions), ("booking", row.booking_id))
    facts += (("places", str(row.beyond)), ("override", row.override_id))
    return *facts, *allowed_by(connection, row.override_id, row.station_id)


def _told(connection: Connection, keys: list[str]) -> Found:
    """What staff put on the list is there until a person settles it."""
    for row in connection.execute(_TOLD, {"keys": keys}):
        facts = (("text", row.text), ("number", row.number), ("staff", row.staff_id))
        yield row.told_id, Finding("told", (*facts, ("station", row.station_id), ("at", str(row.at))))


def _more_than_once(column: sa.ColumnElement[str], kind: str, *names: str) -> Check:
    """A check that `column` says the key once at most. `names`: what the key is called, and the count if told."""
    counted = sa.func.count()
    repeated = sa.select(column, counted).where(column.in_(_KEYS)).group_by(column).having(counted > 1)

    def check(connection: Connection, keys: list[str]) -> Found:
        for key, times in connection.execute(repeated, {"keys": keys}):
            yield key, Finding(kind, tuple(zip(names, (key, str(times)), strict=False)))

    return check


def _none(_connection: Connection, _keys: list[str]) -> Found:
    yield from ()


CHECKS: dict[str, Check] = {
    "guest": _none,  # locked like the others; nothing that is said of one needs a person
    "session": sessions_by(overdrawn()),
    "goods": case_goods.beyond_number,
    "held": _held,
    "ticket": _tickets,
    "booking": _bookings,
    "number": _more_than_once(t.document.c.number, "number_repeated", "number", "documents"),
    "sale": _more_than_once(t.sale_void.c.sale_id, "voided_twice", "sale", "voids"),
    "attempt": case_cards.attempts,
    "alone": case_alone.alone,
    "refund": case_refunds.refunds,
    "told": _told,
    "shift": _more_than_once(t.shift_close.c.shift_id, "closed_twice", "shift"),
}
