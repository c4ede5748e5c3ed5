"""The machines of a venue: a server that dies and is restored, stations that stop, lose files and are copied."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import Connection

import app.enrolment
import app.parts
from app.apart import Here
from app.cards import Cards
from app.cards import Terminal as CardsTerminal
from app.hardware.ports import InPrinter, NotPrinted, Printed, PrinterStatus, PrintOutcome, Trouble
from app.line import Line
from app.parts import Config, Station, Told
from app.server_api import ServerApi
from domain.errors import Code, Refused, Unavailable
from domain.money import Money
from ledger import read_setup
from ledger.clock import to_ms
from server import access, guest_bookings, guest_cancelling, recovery
from server.bookings import look_after
from server.database import Database
from server.goods import judge_goods
from server.holding import row_of
from server.jobs import look_for_halves
from server.looking import Looking
from server.parts import Parts
from server.proofs import Proofs
from server.replanning import plan_anew
from server.requests import Door
from server.settings import Settings, load_secrets
from server.setup import SetUp
from server.web import build
from tests.simulation.card_oracle import Terminal
from tests.simulation.chance import CHANCE, SkewedClock, Time
from tests.simulation.disk import Fuse, Stopped, copy_folder, fuse_for, image, put_back

WINDOW = 120.0


class Server:
    """The venue server's application and database; `stop` is a power cut, `start` comes after it."""

    def __init__(self, folder: Path, time: Time) -> None:
        self.folder = folder
        self.clock = SkewedClock(time)
        self.fuse: Fuse = fuse_for(folder)
        self.settings = Settings(folder, f"sqlite:///{folder / 'venue.db'}")
        self.app: FastAPI = build(self.settings, self.clock)
        self.backups: list[dict[str, bytes]] = []
        self.restored = self.silently = False
        self.looked_at = 0  # ms: when it looked for what came without its other half

    @property
    def database(self) -> Database:
        parts: Parts = self.app.state.parts
        return parts.database

    def restart(self) -> None:
        """After a stop at any moment."""
        self.database.close()
        self.fuse = fuse_for(self.folder)
        database = Database(self.settings.database, self.clock)
        kept = load_secrets(self.folder)
        door = Door(self.clock, database.ids, kept.pepper)
        self.app.state.parts = Parts(
            database, self.clock, kept, door, Proofs(self.clock), Looking(self.clock)
        )

    def new_price(self, number: int, minor: int) -> None:
        """From now on the catalogue has a product at another price."""

        def work(connection: Connection) -> None:
            setup = SetUp(connection, self.clock, self.database.ids)
            known = read_setup.product(connection, number)
            setup.record("product", str(number), replace(known, price=Money(minor, known.price.currency)))
            setup.publish()

        self.database.transact(work)

    def look_after(self) -> None:
        """What it does by itself every few seconds, and now and then."""
        database = self.database
        now = to_ms(self.clock.now())
        look_for_halves(database, self.clock)
        self.looked_at = now
        database.transact(lambda c: look_after(c, SetUp(c, self.clock, database.ids)))
        database.transact(lambda c: plan_anew(c, SetUp(c, self.clock, database.ids)))
        database.transact(lambda c: judge_goods(SetUp(c, self.clock, database.ids)))

    def book_online(self, guest_id: str, key: str, lines: Sequence[tuple[int, int, int]]) -> None:
        """A guest by themselves. Refuses as `guest_bookings.book`; like every refusal of the API, one that is returned
        stays written."""
        database = self.database

        def work(connection: sa.Connection) -> object:
            setup = SetUp(connection, self.clock, database.ids)
            made = guest_bookings.book(setup, guest_id, key, list(lines), "online")
            setup.publish()
            return made

        made = database.transact(work)
        if isinstance(made, Refused):
            raise made

    def call_off(self, booking_id: str) -> None:
        """Its guest does, by themselves, and knows what goes back. Refuses as `guest_cancelling.call_off`."""
        database = self.database

        def work(connection: sa.Connection) -> None:
            setup = SetUp(connection, self.clock, database.ids)
            if (row := row_of(connection, booking_id)) is None:
                raise Refused(Code.BOOKING_UNKNOWN)
            told = guest_cancelling.terms(connection, row.guest_id, booking_id, setup.now)
            guest_cancelling.call_off(setup, row.guest_id, booking_id, "ill", (told.back.minor, ""))
            setup.publish()

        database.transact(work)

    def code(self, name: str) -> str:
        """What an administrator hands to who enrols a station."""
        return self.database.transact(lambda c: access.make_code(c, name, "f" * 64, self.clock))

    def back_up(self) -> None:
        self.backups.append(image(self.folder / "venue.db"))

    def restore(self, kept: dict[str, bytes], *, said: bool = True) -> None:
        """An older backup takes the place of the database. `said`: as the handbook asks, by `admin restored`."""
        self.database.close()
        put_back(self.folder / "venue.db", kept)
        self.restart()
        self.restored = True
        self.silently |= not said
        if said:
            self.database.transact(lambda c: recovery.begin(c, to_ms(self.clock.now())))

    def close(self) -> None:
        self.database.close()


class Paper:
    """A printer in memory: `sheets` came out, sometimes it has no paper."""

    def __init__(self) -> None:
        self.sheets: list[bytes] = []

    def print(self, job: bytes) -> PrintOutcome:
        mood = CHANCE.randbelow(20)
        if mood == 0:
            return NotPrinted(Trouble.PAPER_OUT)
        self.sheets.append(job)
        return InPrinter(Trouble.NO_ANSWER) if mood == 1 else Printed()

    def status(self) -> PrinterStatus:
        return PrinterStatus()

    def open_drawer(self) -> PrintOutcome:
        return Printed()


class _Plain(Here):
    """Draws nothing: the job's own text is the paper."""

    def call(self, function: object, *given: object) -> bytes:
        return repr(given).encode()


@dataclass
class Machine:
    """A station's computer. `acked` are operations that staff saw done, `known_row` is the last journal row that was
    looked at, `forked_at` the row after which it goes on under another prefix."""

    host: str
    folder: Path
    time: Time
    terminal: Terminal | None
    api: type[ServerApi]
    clock: SkewedClock = field(init=False)
    fuse: Fuse = field(default_factory=Fuse)
    station: Station | None = None
    paper: Paper = field(default_factory=Paper)
    acked: set[str] = field(default_factory=set)
    known_row: int = 0
    forked_at: int = -1
    images: list[tuple[dict[str, bytes], dict[str, bytes]]] = field(default_factory=list)
    copied: bool = False
    incarnation: int = 0  # as it was when last looked at
    shut_out: bool = False  # the server may have enrolled it anew, and it does not know
    window: float = WINDOW

    def __post_init__(self) -> None:
        self.clock = SkewedClock(self.time)

    def start(self, code: str = "", *, stops: int = 0) -> None:
        """Opens the station as its program does; with a `code` it is enrolled anew. It may stop at a write."""
        self.fuse = fuse_for(self.folder)
        self.fuse.arm(stops)
        config = Config(self.folder, f"http://{self.host}", code, keyring=False, query_seconds=0.0)
        with (
            mock.patch.object(app.parts, "ServerApi", self.api),
            mock.patch.object(app.enrolment, "ServerApi", self.api),
            mock.patch.object(app.enrolment, "fetch_certificate", lambda url, fingerprint: ""),
        ):
            station = Station(config, self.clock, Told())
        self.fuse.arm(0)
        if self.terminal is not None:
            terminal = CardsTerminal(self.terminal.name, self.terminal, 0.0, self.window)
            station.cards._terminal = terminal
        station.printer._printer = station.printer._files = self.paper
        station.printer._workshop = _Plain()
        station.requests._push = self.push_now
        station.places.ask, station.leases.pull = station.leases.tick, self.push_now
        station.leases.pause = 0.0
        station.places.elapsed = station.leases.elapsed = self.clock.monotonic
        self.station = station

    def push_now(self) -> None:
        """What the sync thread does when it is woken."""
        try:
            self.up.sync.once()
        except (Refused, Unavailable, sa.exc.OperationalError):
            return

    def recover(self) -> None:
        """Asks about card attempts that were left open, as the program does at its start."""
        self.up.refunds.recover()
        self.up.checkout.recover()

    @property
    def up(self) -> Station:
        assert self.station is not None
        return self.station

    @property
    def cards(self) -> Cards:
        return self.up.cards

    def set_line(self, *, online: bool) -> None:
        self.up.sync.line = Line(None if online else self.clock.now())

    def stop(self) -> None:
        """The power goes; what is in memory is gone."""
        if self.station is not None:
            self.fuse.blown = True
            station, self.station = self.station, None
            with suppress(Stopped):
                station.store.close()

    def keep_image(self) -> None:
        both = image(self.folder / "cache.db"), image(self.folder / "journal.db")
        self.images = [*self.images[-3:], both]

    def lose_tail(self, kept: tuple[dict[str, bytes], dict[str, bytes]], *, journal: bool) -> None:
        """The cache as it was; only while the machine is down. `journal`: that one too, which must never happen."""
        put_back(self.folder / "cache.db", kept[0])
        if journal:
            put_back(self.folder / "journal.db", kept[1])

    def lose_cache(self) -> None:
        for path in self.folder.glob("cache.db*"):
            path.unlink()
        self.images = []

    def copy(self, host: str, folder: Path) -> Machine:
        """A second computer with a copy of this one's disk."""
        copy_folder(self.folder, folder)
        twin = Machine(host, folder, self.time, self.terminal, self.api)
        twin.known_row, twin.acked = self.known_row, set(self.acked)
        twin.incarnation = self.incarnation
        self.copied = twin.copied = True
        return twin

    def skew(self, seconds: float) -> None:
        self.clock.skew = timedelta(seconds=seconds)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
