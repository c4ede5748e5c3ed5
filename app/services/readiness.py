"""What would work without the server, asked before it is away; and during an outage what works, and until when.

Questions only. Nothing here waits for the network or a device: how devices are is what their threads last saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.leases import Shelf
from app.print_queue import Seen
from app.readiness_lines import (
    backup_line,
    card_line,
    clock_line,
    disk_line,
    items_line,
    people_lines,
    printer_line,
    scanner_line,
    server_line,
    session_line,
    unsent_line,
)
from app.session import Session
from app.shown_attention import Slot
from app.shown_readiness import Fact, ReadinessLine, ReadinessPage, State
from app.shown_status import StationStatus
from app.store import Store
from app.terminal_look import Looked
from domain import timing
from domain.catalogue import StaffMember, Words
from ledger import read_cases, read_money, read_setup
from ledger import tables as t
from ledger.puts import day_bucket

_WORST = {State.MISSING: 0, State.LOOK: 1, State.FINE: 2}
_FRESH = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Known:
    """What other parts of the station know: its status, what it may sell, who may sign in, printer and terminal."""

    status: Callable[[], StationStatus]
    shelves: Callable[[], list[Shelf]]
    members: Callable[[], list[StaffMember]]
    printer: Callable[[], Seen | None]
    terminal: str
    looked: Callable[[], Looked | None]


class Readiness:
    def __init__(self, store: Store, session: Session, known: Known) -> None:
        self._store = store
        self._session = session
        self._known = known

    def page(self) -> ReadinessPage:
        """How ready this station is; asks files only, so never on the GUI thread."""
        status = self._known.status()
        if status.journal_damaged:
            damaged = ReadinessLine("journal", "journal_damaged", State.MISSING)
            return ReadinessPage(_head(status, [damaged], [], None), (damaged,), status.offline_since)
        until = self._store.clocks.sign_in_until()
        shelves = self._known.shelves() if self._sells(status) else []
        lines = [*self._data(status), *self._people(status, until), *self._sales(status, shelves)]
        lines += [*self._devices(status), *self._rest(status)]
        lines.sort(key=lambda line: (not _holds_up(line, status), _WORST[line.state]))
        return ReadinessPage(_head(status, lines, shelves, until), tuple(lines), status.offline_since)

    @staticmethod
    def _sells(status: StationStatus) -> bool:
        return "sell" in status.places

    # data and tickets ------------------------------------------------------------------------------------------------

    def _data(self, status: StationStatus) -> Iterator[ReadinessLine]:
        at, now = status.data_from, self._store.clock.now()
        if at is None:
            yield ReadinessLine("data", "data_none", State.MISSING)
            return
        aged = State.LOOK if self._is_old(now - at) else State.FINE
        fresh = aged is State.FINE and (status.offline_since or now) - at <= _FRESH
        yield ReadinessLine(
            "data", "data_all" if fresh else "data_old", State.FINE if fresh else State.LOOK, (("at", at),)
        )
        yield from self._tickets(at, aged)

    def _is_old(self, by_wall: timedelta) -> bool:
        """By the time that passed, where that is known."""
        clocks = self._store.clocks
        return (clocks.unheard() if clocks.is_known else by_wall) > timing.DATA_OLD

    def _tickets(self, at: datetime, aged: State) -> Iterator[ReadinessLine]:
        with self._store.read() as connection:
            today = read_setup.day_at(connection, self._store.now())
            loaded = _tickets_by_day(connection, today, today + timedelta(days=1))
        here = self._store.days_held()
        if day_bucket(today) not in here:
            yield ReadinessLine("tickets", "tickets_none", State.MISSING)
        else:
            facts: tuple[tuple[str, Fact], ...] = (("n", loaded.get(today, 0)), ("at", at))
            yield ReadinessLine("tickets", "tickets_today", aged, facts)
        if day_bucket(tomorrow := today + timedelta(days=1)) in here:
            n = ("n", loaded.get(tomorrow, 0))
            yield ReadinessLine("tomorrow", "tickets_tomorrow", aged, (n,))
        else:
            yield ReadinessLine("tomorrow", "tickets_not_tomorrow", State.LOOK)

    # people and sales ------------------------------------------------------------------------------------------------

    def _people(self, status: StationStatus, until: datetime | None) -> list[ReadinessLine]:
        now = self._store.clock.now()
        return people_lines(self._known.members(), until, now, sells=self._sells(status))

    def _sales(self, status: StationStatus, shelves: list[Shelf]) -> Iterator[ReadinessLine]:
        if not self._sells(status):
            return
        with self._store.read() as connection:
            if awaited := read_cases.count_awaited(connection):
                yield server_line(awaited)
        if not shelves:
            yield self._no_session()
        if self._session.open_shift() is None:
            yield ReadinessLine("sessions", "shift_none", State.MISSING)
            return
        with self._store.read() as connection:
            names = {each.activity_id: each.name for each in read_setup.activities(connection)}
        for shelf in shelves:
            session = shelf.session
            name = names.get(session.activity_id, Words(session.activity_id, session.activity_id))
            slot = Slot(name, session.starts_at, session.ends_at)
            yield session_line(shelf, slot, given=status.offline_since is not None or not awaited)

    def _no_session(self) -> ReadinessLine:
        """Nothing of today is left to sell: all are over, or there were none."""
        with self._store.read() as connection:
            today = read_setup.day_at(connection, self._store.now())
            over = bool(read_setup.sessions_of(connection, today))
        if over:
            return ReadinessLine("today", "sessions_over", State.FINE)
        return ReadinessLine("today", "sessions_none", State.LOOK)

    # devices and the rest -----------------------------------------------------------------------------------------

    def _devices(self, status: StationStatus) -> Iterator[ReadinessLine]:
        if self._sells(status):
            yield printer_line(self._known.printer())
            with self._store.read() as connection:
                heard = read_money.terminal_heard(connection, self._known.terminal)
            away = status.internet_since is not None
            yield card_line(self._known.terminal, heard, self._known.looked(), internet_away=away)
        yield scanner_line(status.scanner_seen)

    def _rest(self, status: StationStatus) -> Iterator[ReadinessLine]:
        yield backup_line(status.backup)
        yield disk_line(status.room, status.disk_left)
        yield clock_line(status.clock_ahead, uncertain=status.clock_uncertain)
        yield items_line(status.needs_attention)
        away, known = status.offline_since is not None, status.data_from is not None
        yield unsent_line(status.waiting, away=away, known=known)


def _tickets_by_day(connection: Connection, *days: date) -> dict[date, int]:
    """How many tickets that were not cancelled are here for each day."""
    cancelled = sa.exists().where(t.ticket_cancel.c.ticket_id == t.ticket.c.ticket_id)
    found = sa.select(t.ticket.c.day, sa.func.count()).where(
        t.ticket.c.day.in_([day.isoformat() for day in days]), ~cancelled
    )
    return {
        date.fromisoformat(day): count for day, count in connection.execute(found.group_by(t.ticket.c.day))
    }


def _holds_up(line: ReadinessLine, status: StationStatus) -> bool:
    """Whether it is the cause of others: a server that answers and waits for stations gives no places."""
    return line.about == "server" and status.offline_since is None


def _head(
    status: StationStatus, lines: list[ReadinessLine], shelves: list[Shelf], until: datetime | None
) -> ReadinessLine:
    """The one sentence: the worst thing that is missing, else what there is."""
    away = "away_" if status.offline_since is not None else ""
    missing = {line.says for line in lines if line.state is State.MISSING}
    if missing - {"session_awaits"} or until is None:
        return ReadinessLine("head", f"head_{away}not", State.MISSING)
    if _holds_up(lines[0], status):
        return replace(lines[0], about="head", says="head_waits")
    says, facts = "gate", tuple[tuple[str, Fact], ...]()
    if "sell" in status.places:
        says, facts = _sales_left(shelves)
    return ReadinessLine("head", f"head_{away}{says}", lines[0].state, (*facts, ("until", until)))


def _sales_left(shelves: list[Shelf]) -> tuple[str, tuple[tuple[str, Fact], ...]]:
    """How long what is held lasts at the pace of the last quarter of an hour: of the session that is over first."""
    spans = [span for shelf in shelves if shelf.ready and (span := shelf.lasts) is not None]
    if spans:
        return "lasts", (("span", min(spans)),)
    ready = next((shelf.ready for shelf in shelves if shelf.ready), 0)
    return ("places", (("n", ready),)) if ready else ("plain", ())
