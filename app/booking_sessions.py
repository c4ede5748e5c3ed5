"""For which sessions bookings are: asked for together, however many bookings a list has."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from app.shown_bookings import BookedSession
from domain.booking import Booked
from domain.catalogue import Words
from ledger import read_setup


def session_numbers(booked: Booked) -> list[int]:
    """Those that its tickets are for now, or, of what has none, its lines."""
    of_tickets = {place.session for place in booked.tickets}
    return sorted((of_tickets or {line.session for line in booked.lines}) - {0})


def sessions_by_number(connection: Connection, numbers: Iterable[int]) -> dict[int, BookedSession]:
    """Those that are known here."""
    names = {each.activity_id: each.name for each in read_setup.activities(connection)}
    found = {}
    for session in read_setup.sessions(connection, numbers):
        name = names.get(session.activity_id, Words(session.activity_id, session.activity_id))
        times = session.starts_at, session.ends_at
        found[session.number] = BookedSession(session.number, session.activity_id, name, *times)
    return found


def booked_sessions(booked: Booked, known: dict[int, BookedSession]) -> tuple[BookedSession, ...]:
    """The earliest first."""
    return in_order(known[number] for number in session_numbers(booked) if number in known)


def sessions_numbered(connection: Connection, numbers: Iterable[int]) -> tuple[BookedSession, ...]:
    """Those that are known here, the earliest first."""
    return in_order(sessions_by_number(connection, numbers).values())


def in_order(sessions: Iterable[BookedSession]) -> tuple[BookedSession, ...]:
    """The earliest first."""
    return tuple(sorted(sessions, key=lambda session: (session.starts_at, session.number)))
