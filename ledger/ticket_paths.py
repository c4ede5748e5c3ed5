"""What the tickets of a booking were before they were moved or reissued, and when their sessions start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.booking import INSTEAD, Booked, charged_with
from ledger import read_setup
from ledger import tables as t
from ledger.clock import from_ms


class Starts:
    """When sessions start; what has none, or one that is not here, with the `day`."""

    def __init__(self, connection: Connection, day: datetime) -> None:
        self._connection, self._day = connection, day
        self._known: dict[int, datetime] = {0: day}

    def of(self, number: int) -> datetime:
        if number not in self._known:
            session = read_setup.session(self._connection, number)
            self._known[number] = session.starts_at if session else self._day
        return self._known[number]


@dataclass(frozen=True, slots=True)
class Path:
    """Of a ticket: the session that it was `charged` for, and those that it `left`, each with the moment."""

    charged: int
    left: tuple[tuple[datetime, int], ...] = ()


def paths_of(connection: Connection, booking_id: str) -> tuple[dict[str, Path], set[str]]:
    """The paths of a booking of which tickets were moved or reissued, and the tickets in whose places others are."""
    c = t.reservation_change.c
    moves = sa.select(c.at, c.was).where(
        c.booking_id == booking_id, c.how.in_([how.value for how in INSTEAD])
    )
    earlier = [(from_ms(at), codec.loads(Booked, was)) for at, was in connection.execute(moves.order_by(c.n))]
    if not earlier:
        return {}, set()
    body = sa.select(t.reservation.c.body).where(t.reservation.c.booking_id == booking_id)
    now = codec.loads(Booked, connection.execute(body).scalar_one())
    charged = charged_with(now)
    left = _left(earlier, now)
    paths = {key: Path(line.session, left[key]) for key, line in charged.items()}
    before = {ticket.ticket_id for _, each in earlier for ticket in each.tickets}
    return paths, before - charged.keys()


def _left(earlier: list[tuple[datetime, Booked]], now: Booked) -> dict[str, tuple[tuple[datetime, int], ...]]:
    """Of each ticket of now the sessions that were left in its place: all that it was has the tickets in one order."""
    found = {}
    for at, ticket in enumerate(now.tickets):
        turns = [(when, was.tickets[at].session) for when, was in earlier]
        then = [session for _, session in turns[1:]] + [ticket.session]
        pairs = zip(turns, then, strict=True)
        found[ticket.ticket_id] = tuple(turn for turn, session in pairs if turn[1] != session)
    return found
