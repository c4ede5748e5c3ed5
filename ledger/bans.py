"""Whether somebody is banned: by what was said of them, of whoever goes on as them, or of another record with a contact
that is proved. A ban goes with the person, under whichever name they come, and with each contact that they gave up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.guest import Guest, is_ban
from domain.staff import Permission
from ledger import overrides, read_guests
from ledger import tables as t

_C = t.guest_ban.c
_THEN = (
    sa.select(_C.banned, _C.at)
    .join_from(t.booking, t.reservation, t.reservation.c.booking_id == t.booking.c.booking_id)
    .join(t.guest_ban, sa.and_(_C.guest_id == t.reservation.c.guest_id, _C.at <= t.booking.c.at))
    .where(t.booking.c.booking_id == sa.bindparam("booking"))
    .order_by(_C.at, _C.entry_id)
)
_NOW = (
    sa.select(_C.banned, _C.at)
    .join(t.reservation, t.reservation.c.guest_id == _C.guest_id)
    .where(t.reservation.c.booking_id == sa.bindparam("booking"))
    .order_by(_C.at, _C.entry_id)
)
_LET_IN = (
    sa.select(_C.banned, _C.at, t.ticket.c.booking_id, t.reservation.c.number)
    .join_from(t.admission, t.ticket, t.ticket.c.ticket_id == t.admission.c.ticket_id)
    .join(t.reservation, t.reservation.c.booking_id == t.ticket.c.booking_id)
    .join(t.guest_ban, sa.and_(_C.guest_id == t.reservation.c.guest_id, _C.at <= t.admission.c.at))
    .where(t.admission.c.admission_id == sa.bindparam("admission"))
    .order_by(_C.at, _C.entry_id)
)
_BANNED = sa.select(sa.func.max(_C.at)).where(
    _C.guest_id.in_(sa.bindparam("guests", expanding=True)), _C.banned != 0
)


def is_banned(connection: Connection, guest: Guest) -> bool:
    """Of a guest as they are now: them, or a record with a phone or an address of theirs that either of both proved;
    also one that has it no more, but proved it or had it while banned."""
    return is_said(connection, guest) or any(
        is_said(connection, other) and _goes_on(connection, other, guest)
        for value in (guest.phone, guest.email)
        for other in read_guests.by_former_contact(connection, value)
        if other.guest_id != guest.guest_id
    )


def _goes_on(connection: Connection, other: Guest, guest: Guest) -> bool:
    """Whether a ban of the other is one of the guest."""
    reach = read_guests.reaches(connection, ids_of(connection, other))
    theirs = reach.had | reach.proved | {other.phone, other.email}
    return bool({guest.phone, guest.email} & (theirs - {""}) & (reach.proved | guest.verified))


def whom_it_may_follow(connection: Connection, guest: Guest) -> list[Guest]:
    """Others who are reached where the guest is or ever was: a ban of the guest may be one of theirs."""
    others = {
        other.guest_id: other
        for value in sorted(read_guests.contacts(connection, ids_of(connection, guest)))
        for other in read_guests.by_contact(connection, value)
        if other.guest_id != guest.guest_id
    }
    return list(others.values())


def is_said(connection: Connection, guest: Guest, without: Collection[str] = ()) -> bool:
    """Of the guest themselves; also what was said late, by who did not know yet, of somebody who goes on as them.
    `without` what these entries said."""
    marks = [
        (row.at, row.entry_id, row.guest_id == guest.guest_id, banned)
        for rows in read_guests.entries(connection, ids_of(connection, guest)).values()
        for row in rows
        if row.entry_id not in without and (banned := is_ban(read_guests.said_in(row))) is not None
    ]
    since, _, _, banned = max((mark for mark in marks if mark[2]), default=(0, "", True, False))
    return banned or any(mark[3] and mark[0] > since for mark in marks if not mark[2])


def ids_of(connection: Connection, guest: Guest) -> list[str]:
    """Theirs, and of everybody who goes on as them."""
    return [guest.guest_id, *read_guests.merged_into(connection, guest.guest_id)]


def is_allowed(connection: Connection, booking_id: str, guest_ids: list[str]) -> bool:
    """Whether a second person let a booking be here, since its guest was banned; a yes to anything else is none."""
    since = int(connection.execute(_BANNED, {"guests": guest_ids}).scalar() or 0)
    return _is_let(connection, booking_id, since)


def is_unasked(connection: Connection, booking_id: str) -> bool:
    """Whether a booking made ahead was paid while its guest was banned, by what gates hear of them, and nobody who may
    has let it be since then."""
    return _is_unlet(connection, booking_id, connection.execute(_THEN, {"booking": booking_id}))


def is_unwelcome(connection: Connection, booking_id: str) -> bool:
    """Whether whoever booked ahead is banned now, as gates hear of it, and nobody who may has let the booking be since
    then, as far as is known here."""
    return _is_unlet(connection, booking_id, connection.execute(_NOW, {"booking": booking_id}))


def let_in_unasked(connection: Connection, admission_id: str) -> str:
    """The number of the booking where somebody came in on what a guest booked who was banned then, by what gates hear
    of them, and nobody who may has let it be since that began; else empty."""
    marks = connection.execute(_LET_IN, {"admission": admission_id}).all()
    is_unlet = bool(marks) and _is_unlet(connection, marks[0].booking_id, marks)
    return str(marks[0].number) if is_unlet else ""


def _is_unlet(connection: Connection, booking_id: str, marks: Iterable[sa.Row[*tuple[Any, ...]]]) -> bool:
    """Whether a guest is banned after these marks, the oldest first, and nobody who may has let the booking be since
    that began."""
    since: int | None = None
    for mark in marks:
        since = (mark.at if since is None else since) if mark.banned else None
    return since is not None and not _is_let(connection, booking_id, since)


def _is_let(connection: Connection, booking_id: str, since: int) -> bool:
    """Whether somebody who might has let a booking be since a moment (ms since 1970)."""
    given = overrides.given_about(connection, booking_id, since)
    return any(yes.permission == Permission.ALLOW_BANNED for yes in given)
