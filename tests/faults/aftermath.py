"""When all faults are over: every till is opened here on what its processes left, finishes what was begun, syncs until
nothing moves, and what came of it is judged by the invariants of the simulation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from app.hardware.ports import CardKind
from app.parts import Station
from domain.errors import Refused, Unavailable
from ledger import journal
from ledger.clock import FileClock
from server.database import Database
from tests.faults.counter import enter, finish, open_till
from tests.faults.processes import Till
from tests.hardware.simulator import CardProcess
from tests.helpers.running import RunningServer
from tests.helpers.shop import Shop
from tests.simulation.card_oracle import Charged
from tests.simulation.evidence import Evidence, gather
from tests.simulation.invariants import CHECKS
from tests.simulation.quiet import is_settled

_ROUNDS = 12
_FULL = ("disk is full", "disk_full", "disk I/O error")


@dataclass
class Opened:
    """A till after its last process, as the invariants look at a machine."""

    till: Till
    station: Station
    shut_out: bool = False  # nobody enrols it anew

    @property
    def host(self) -> str:
        return self.till.folder.name

    @property
    def acked(self) -> set[str]:
        return self.till.told

    @property
    def copied(self) -> bool:
        return self.till.copied

    @property
    def up(self) -> Station:
        return self.station

    @property
    def forked_at(self) -> int:
        """The journal's last row before this station wrote under another prefix; -1 when it never did."""
        rows = sa.select(journal.entry.c.row, journal.entry.c.incarnation).order_by(journal.entry.c.row)
        with self.station.store.read_journal() as connection:
            found = connection.execute(rows).all()
        own = found[0].incarnation if found else 0
        return next((row.row - 1 for row in found if row.incarnation != own), -1)


@dataclass
class Venue:
    """The server's database. No station of these plays ever lost what it was told (`silently`)."""

    database: Database
    restored: bool
    silently: bool = False
    looked_at: int = 0  # ms: of what is alone for a day it was never asked in these minutes


@dataclass
class Terminal:
    """What a terminal's own list says was moved."""

    arrived: dict[str, Charged]


@dataclass
class Remains:
    """All that is left, in the shape that the invariants ask of."""

    server: Venue
    machines: list[Opened]
    terminals: list[Terminal]
    violations: list[str] = field(default_factory=list)
    lies: bool = False  # the software of tills never does here
    post: None = None  # what the peers of messages had, nobody counted here


def judge(
    server: RunningServer, tills: list[Till], cards: dict[str, CardProcess], *, restored: bool = False
) -> tuple[list[str], Evidence]:
    """All that must not be, in sentences, and what it was found in. The tills' processes have ended, the server's
    runs."""
    with _opened(server, tills, cards, restored) as remains:
        for machine in remains.machines:
            _quietly_finish(remains, machine)
        _settle(remains)
        evidence = gather(remains)  # type: ignore[arg-type] # the same shape, of real processes
        found = [sentence for check in CHECKS for sentence in check(evidence)]
    return remains.violations + found + faults_in([server.log, *(till.log for till in tills)]), evidence


@contextmanager
def _opened(
    server: RunningServer, tills: list[Till], cards: dict[str, CardProcess], restored: bool
) -> Iterator[Remains]:
    with ExitStack() as stack:
        database = Database(server.database, server.clock)
        stack.callback(database.close)
        machines = []
        for till in tills:
            shop = open_till(
                till.folder, FileClock(till.clock_file), server=server.url, terminal=till.terminal
            )
            stack.callback(shop.station.close)
            enter(shop, till.staff)
            machines.append(Opened(till, shop.station))
        yield Remains(Venue(database, restored), machines, [_read(one) for one in cards.values()])


def _quietly_finish(remains: Remains, machine: Opened) -> None:
    try:
        finish(Shop(machine.station))
    except AssertionError:
        remains.violations.append(f"{machine.host} cannot finish a sale")


def _settle(remains: Remains) -> None:
    for _ in range(_ROUNDS):
        for machine in remains.machines:
            with suppress(Unavailable, Refused):
                machine.station.sync.once()
                machine.station.requests.settle_open()
                machine.station.leases.take()
        if all(is_settled(remains, machine) for machine in remains.machines):  # type: ignore[arg-type]
            return
    remains.violations.append("it does not settle")


def _read(process: CardProcess) -> Terminal:
    entries = process.entries()
    return Terminal(
        {
            attempt: Charged(
                attempt,
                str(entries[str(entry["original"])]["order"] if entry["original"] else entry["order"]),
                str(entry["original"]),
                CardKind.APPROVED if entry["kind"] == "approved" else CardKind.CANCELLED,
                int(str(entry["approved_minor"])) if entry["kind"] == "approved" else 0,
                str(entry["currency"]),
            )
            for attempt, entry in entries.items()
        }
    )


def faults_in(logs: list[Path]) -> list[str]:
    """Failures of the programs themselves that their logs tell of; a full disk is none of theirs."""
    found = []
    for log in logs:
        text = log.read_text(errors="replace") if log.exists() else ""
        for part in text.split("Traceback (most recent call last)")[1:]:
            last = next(
                (line for line in part.splitlines()[1:] if line and not line.startswith((" ", "\t"))), ""
            )
            if not any(words in last for words in _FULL):
                found.append(f"{log.name}: {last[:200]}")
    return sorted(set(found))
