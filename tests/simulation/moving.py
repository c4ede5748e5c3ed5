"""What the administrator and the server do beside the stations: sessions move to other days, old news is forgotten."""

from __future__ import annotations

import random
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.catalogue import Session
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.pruning import prune
from server.setup import SetUp
from tests.simulation.machines import Server

_KEPT_MS = 10_000  # an event or two
_FURTHEST = 3  # days; with the midnights some land where nobody looks


def beside(server: Server, chance: random.Random, what: str) -> None:
    """What a plan calls `moved` or `forgotten`."""
    if what == "moved":
        move_a_session(server, chance)
    else:
        forget(server)


def move_a_session(server: Server, chance: random.Random) -> None:
    """One session goes on, or back, to another day at the same time of it."""

    with server.database.engine.connect() as connection:
        numbers = connection.execute(sa.select(t.session.c.number).order_by(t.session.c.number)).scalars()
        number = chance.choice(list(numbers))
    move(server, number, chance.choice([n for n in range(-_FURTHEST, 20) if n]))


def move(server: Server, number: int, days: int) -> None:
    by = timedelta(days=days)

    def work(connection: Connection) -> None:
        row = connection.execute(sa.select(t.session).where(t.session.c.number == number)).one()
        starts, ends = from_ms(row.starts_at) + by, from_ms(row.ends_at) + by
        day = date.fromisoformat(row.day) + by
        setup = SetUp(connection, server.clock, server.database.ids)
        setup.session(Session(row.number, row.activity_id, starts, ends, row.capacity, day))
        setup.publish()

    server.database.transact(work)


def forget(server: Server) -> None:
    """The hourly job, with a very short memory."""
    server.database.transact(lambda c: prune(c, to_ms(server.clock.now()), _KEPT_MS))
