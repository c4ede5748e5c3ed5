"""What a case says of the people in it: who sold what lies beyond, and which second person allowed it, why."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import overrides
from ledger import tables as t

Facts = tuple[tuple[str, str], ...]
MOST_SALES, LONGEST_REASON = 3, 200
_IN_SESSION = (
    sa.select(t.booking.c.booking_id, sa.func.sum(t.ticket.c.places))
    .join_from(t.ticket, t.booking, t.booking.c.booking_id == t.ticket.c.booking_id)
    .where(
        t.ticket.c.session == sa.bindparam("session"),
        ~sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id),
    )
    .group_by(t.booking.c.booking_id, t.booking.c.at)
    .order_by(t.booking.c.at.desc(), t.booking.c.booking_id.desc())
    .limit(MOST_SALES)
)
_OF_STATIONS = _IN_SESSION.where(
    t.booking.c.override_id == "", t.booking.c.station_id.in_(sa.bindparam("stations", expanding=True))
)


def sold_last(connection: Connection, session: int, beyond: int) -> Facts:
    """The last bookings of a session that `beyond` of its places are in, `MOST_SALES` at most."""
    return named_of(connection.execute(_IN_SESSION, {"session": session}), beyond)


def sold_last_by(connection: Connection, session: int, stations: Iterable[str], beyond: int) -> Facts:
    """As `sold_last`, but only what these stations sold without a supervisor's yes."""
    values = {"session": session, "stations": list(stations)}
    return named_of(connection.execute(_OF_STATIONS, values), beyond)


def named_of(found: Iterable[sa.Row[str, int]], beyond: int) -> Facts:
    """The bookings among those `found`, each with how many it has, that `beyond` of them are in."""
    named: list[str] = []
    for booking_id, places in found:
        if beyond <= 0:
            break
        named.append(booking_id)
        beyond -= int(places)
    return (("bookings", ", ".join(named)),) if named else ()


def allowed_by(connection: Connection, override_id: str, station_id: str) -> Facts:
    """Who gave this yes at a station, and why; nothing while the record of it is not here."""
    said = overrides.given_as(connection, override_id, station_id)
    return (("approver", said.approver_id[:64]), ("reason", said.reason[:LONGEST_REASON])) if said else ()
