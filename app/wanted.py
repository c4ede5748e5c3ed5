"""What a station wants of the server, and what of it must outlive the cache."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.store import Store
from domain.errors import Refused
from domain.timing import DAYS_AHEAD, DAYS_KEPT
from ledger import journal
from ledger import tables as t
from ledger.clock import to_ms
from ledger.puts import GUESTS, MESSAGES, UNDATED
from ledger.read_money import open_shift
from ledger.read_setup import day_at
from ledger.read_setup import station as station_info

_SHIFT_DAYS = 31  # nobody leaves a shift open for longer


def wanted_buckets(store: Store) -> str:
    """The buckets to be held now, joined by commas: what is shared, the station's own, the days around today and all
    days of an open shift, since its drawer is counted from their sales."""
    station = store.identity.station_id if store.identity else ""
    with store.read() as connection:
        today = _today(store, connection)
        sells = _sells(connection, station)
        first = min(today - timedelta(days=DAYS_KEPT), _shift_began(connection, station, today))
    count = (today - first).days + DAYS_AHEAD + 1
    days = [f"day:{first + timedelta(days=n)}" for n in range(count)]
    shared = ["global", "keys", "staff", UNDATED, MESSAGES, *([GUESTS] if sells else [])]
    return ",".join([*shared, f"station:{station}", *days])


def _sells(connection: Connection, station: str) -> bool:
    """Whether staff deal with guests here: only there is it kept who they are."""
    try:
        return "sell" in station_info(connection, station).places
    except Refused:
        return False


def _today(store: Store, connection: Connection) -> date:
    """Before the venue is here, in UTC."""
    now = store.now()
    try:
        return day_at(connection, now)
    except Refused:
        return now.date()


def _shift_began(connection: Connection, station: str, today: date) -> date:
    shift = open_shift(connection, station)
    if shift is None:
        return today
    try:
        began = day_at(connection, shift.opened_at)
    except Refused:
        began = today
    return max(began, today - timedelta(days=_SHIFT_DAYS))


def keep_verifiers(store: Store) -> None:
    """Sign-in verifiers live in the journal too, so that a lost cache locks nobody out."""
    with store.read() as connection:
        rows = connection.execute(sa.select(t.staff)).all()
    now = to_ms(store.clock.now())
    with store.sync_journal() as connection:
        for row in rows:
            _keep_verifier(connection, row, now)


def find_verifiers(store: Store) -> None:
    """A program that was stopped at its first start may have the people in its cache alone; never later than that,
    for an older cache would undo what the journal knows."""
    with store.read_journal() as connection:
        known = connection.execute(sa.select(journal.verifier.c.staff_id).limit(1)).first()
    if known is None:
        keep_verifiers(store)


def _keep_verifier(connection: Connection, row: sa.Row[tuple[object, ...]], now_ms: int) -> None:
    """Tries and lock-out stay as they are."""
    m = row._mapping
    mine = journal.verifier.c.staff_id == m["staff_id"]
    if not m["active"]:
        connection.execute(sa.delete(journal.verifier).where(mine))
        return
    body = "\x1f".join((m["name"], m["role"], m["language"]))
    values = {"body": body, "verifier": m["verifier"], "synced_at": now_ms}
    if connection.execute(sa.update(journal.verifier).where(mine).values(**values)).rowcount == 0:
        connection.execute(
            sa.insert(journal.verifier).values(staff_id=m["staff_id"], failures=0, locked_until=0, **values)
        )
