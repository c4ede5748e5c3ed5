"""Whether somebody is banned: by what was said of them, of whoever goes on as them, or of another record with a contact
that is proved. A ban goes with the person, under whichever name they come."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.guest import Guest
from ledger import read_guests
from ledger import tables as t

_C = t.guest_ban.c
_OF = _C.guest_id.in_(sa.bindparam("guests", expanding=True))
_SAID = sa.select(sa.func.max(_C.at)).where(
    _OF, _C.op_id != ""
)  # what has no operation is the server's conclusion
_BANNED = sa.select(sa.func.max(_C.at)).where(_OF, _C.banned != 0)
_YES = sa.select(t.sign_in.c.event_id).where(
    t.sign_in.c.kind == "OverrideGiven",
    t.sign_in.c.facts.contains(sa.bindparam("about")),
    t.sign_in.c.at >= sa.bindparam("since"),
)


def is_banned(connection: Connection, guest: Guest) -> bool:
    """Of a guest as they are now: them, or a record that shares a phone or an address which either of both proved."""
    return _is_said(connection, guest) or any(
        _is_said(connection, other) for other in same_person(connection, guest)
    )


def same_person(connection: Connection, guest: Guest) -> list[Guest]:
    """Others who are known, and reached where the guest is, by proof of either."""
    others = {
        other.guest_id: other
        for value in (guest.phone, guest.email)
        for other in read_guests.by_contact(connection, value)
        if other.guest_id != guest.guest_id and value in guest.verified | other.verified
    }
    return list(others.values())


def _is_said(connection: Connection, guest: Guest) -> bool:
    """Also what was said late, by who did not know yet, of somebody who goes on as the guest."""
    if guest.is_banned:
        return True
    if not (before := read_guests.merged_into(connection, guest.guest_id)):
        return False
    last = _at(connection, _SAID, [guest.guest_id])
    return _at(connection, _BANNED.where(_C.op_id != ""), before) > last


def is_allowed(connection: Connection, booking_id: str, guest_ids: list[str]) -> bool:
    """Whether a second person said yes to a booking here since its guest was banned."""
    since = _at(connection, _BANNED, guest_ids)
    return connection.execute(_YES, {"about": booking_id, "since": since}).first() is not None


def _at(connection: Connection, wanted: sa.Select[Any], guest_ids: list[str]) -> int:
    return int(connection.execute(wanted, {"guests": guest_ids}).scalar() or 0)
