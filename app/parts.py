"""Builds a station without its windows: files, line, devices, services. Shared by the client, the demo and tests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app import secrets
from app.apart import Apart, Here
from app.asking import Asking
from app.backup import Backup
from app.cards import Cards
from app.closing import Closing, Signer
from app.copies import copies
from app.devices import network_printer, terminal_of
from app.enrolment import enrol, enrol_anew
from app.files import telling_a_full_disk
from app.granted import Granted
from app.hardware.file_printer import FilePrinter
from app.leases import TOPICS, Leases
from app.line import Line
from app.looking import Looking
from app.lost import tell_office
from app.moving import MOVED, Mover
from app.places import Places
from app.print_queue import PrintQueue
from app.proofs import Proofs
from app.refusals_seen import RefusalsSeen
from app.requests import Requests
from app.server_api import ServerApi
from app.services.attention import Attention, OpenHere
from app.services.bookings import Bookings
from app.services.checkout import Checkout
from app.services.gate import Gate
from app.services.guests import Guests
from app.services.health import Health
from app.services.messages import Messages
from app.services.people import People
from app.services.readiness import Known, Readiness
from app.services.records import Records
from app.services.refunds import Refunds
from app.services.selling import Selling
from app.services.shifts import Shifts
from app.session import Session
from app.session_tiles import SessionTiles
from app.store import Store, Topics
from app.sync import Sync
from app.terminal_look import TerminalLook
from app.wanted import find_verifiers
from app.watch import Watch
from documents.escpos_picture import png_of
from domain.catalogue import StationInfo, Words
from domain.errors import Code, Refused, Unavailable
from ledger import read_setup
from ledger import tables as t
from ledger.clock import Clock

log = logging.getLogger(__name__)
_TABLES = t.BY_NAME.keys()  # what is told of these came from the server: there is nothing to send


@dataclass(frozen=True, slots=True)
class Config:
    """How a station is started. `code` and `server` are needed once, to enrol. `terminal` HOST:PORT overrides the
    set-up's; `card_window` is how long a guest and a bank may take (seconds); `keyring` False keeps secrets in a
    private file (demo, tests); `draws_apart` draws paper in a child process, as every station with a window does;
    `backup` is where the journal is copied to."""

    data: Path
    server: str = ""
    code: str = ""
    terminal: str = ""
    keyring: bool = True
    query_seconds: float = 5.0
    card_window: float = 130.0
    sample_pins: dict[str, str] = field(default_factory=dict)
    draws_apart: bool = False
    backup: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of changes, from any thread; `fetching`: a new station begins to fetch everything."""

    changed: Callable[[Topics], None] = lambda topics: None
    line: Callable[[Line], None] = lambda line: None
    fetching: Callable[[Sync], None] = lambda sync: None


class Station:
    """Everything but windows. `start` begins sync and printing, `close` ends them in order."""

    def __init__(self, config: Config, clock: Clock, told: Told) -> None:
        self.config = config
        self._told = told
        self._aside: list[threading.Thread] = []
        with telling_a_full_disk():
            self.store = Store(config.data, clock, self._changed, copies(config.backup))
            try:
                self._build(config)
            except BaseException:
                self.store.close()
                raise

    def _build(self, config: Config) -> None:
        kept = secrets.choose(config.data, keyring_allowed=config.keyring)
        self._enrol(config, kept)
        loaded = kept.load()
        identity = self.store.identity
        if loaded is None or identity is None:
            raise Refused(Code.STATION_UNKNOWN)
        self.secrets_kept_in = kept.where
        api = self._api = ServerApi(config.server or identity.server_url, identity.certificate, loaded.token)
        self.sync = Sync(self.store, api, self._line)
        self.proofs = Proofs(self.store.clock)
        self.requests = Requests(self.store, api, self.proofs, self.sync.wake)
        self.granted = Granted(self.store, api)
        self._first_fetch()
        self._build_services(config, loaded)

    def _enrol(self, config: Config, kept: secrets.SecretStore) -> None:
        given = bool(config.server and config.code)
        if self.store.identity is not None:
            if given:
                enrol_anew(self.store, kept, config.server, config.code)
            return
        if not given:
            raise Refused(Code.STATION_NOT_ENROLLED)
        try:
            enrol(self.store, kept, config.server, config.code)
        except Unavailable as error:
            raise Refused(Code.START_NEEDS_SERVER) from error

    def _first_fetch(self) -> None:
        """A new station needs the set-up before its first window; an old one starts with what it has."""
        with self.store.read() as connection:
            try:
                read_setup.venue(connection)
            except Refused:
                log.info("fetching the venue for the first time")
            else:
                find_verifiers(self.store)
                return
        self._told.fetching(self.sync)
        try:
            self.sync.fetch_first()
        except Unavailable as error:
            raise Refused(Code.START_NEEDS_SERVER) from error

    def _build_services(self, config: Config, loaded: secrets.StationSecrets) -> None:
        self.session = Session(self.store)
        self._build_devices(config)
        self._build_looks(config)
        self._build_house(config, loaded)
        self._build_counter(loaded)
        self._build_attention()

    def _build_devices(self, config: Config) -> None:
        info = self.info()
        workshop = Apart() if config.draws_apart else Here()
        files = FilePrinter(config.data / "prints", draw=partial(workshop.call, png_of))
        printers = (network_printer(info) or files, files)
        self.printer = PrintQueue(self.store, printers, workshop, self._printer_told)
        given = terminal_of(info, config.terminal, config.query_seconds, config.card_window)
        self.cards = Cards(self.store, given)
        self.terminal_look = TerminalLook(self.cards, self.store.clock)

    def _build_looks(self, config: Config) -> None:
        """What looks at the station itself."""
        self.backup = (
            Backup(config.data, config.backup, self.store.clock, self.store.check_journal)
            if config.backup
            else None
        )
        self.watch = Watch([self.store.disk.look, self.store.clocks.look, lambda: self.people.look()])
        self.health = Health(
            self.store,
            lambda: self.sync.line,
            lambda: self.printer.reason,
            lambda: self.records.unfinished_void(),
            lambda: self.attention.count(),
            lambda: self.refunds.waiting(),
            self.backup.status if self.backup else lambda: None,
            lambda: self.sync.internet_since,
            secrets_in_file=self.secrets_kept_in == "file",
        )

    def _build_house(self, config: Config, loaded: secrets.StationSecrets) -> None:
        """People, and the places that this station may sell."""
        online = self.health.online
        self.people = People(
            self.store,
            self.session,
            loaded.pepper,
            online,
            config.sample_pins,
            self.proofs,
            self.requests.ask,
        )
        self.places = Places(self.store, online)
        self.leases = Leases(self.store, self.session, self.requests, self.places, online, self.sync.wake)
        self.places.ask = self.leases.wake

    def _build_counter(self, loaded: secrets.StationSecrets) -> None:
        """What is done for guests."""
        info, drawer, signer = self.info(), self.printer.open_drawer, Signer(loaded)
        store, session, people, fresh = self.store, self.session, self.people, self.health.is_fresh
        tiles = SessionTiles(store, self.places, fresh)
        self.selling = Selling(store, session, self.places, people, tiles)
        closing = Closing(store, signer)
        self.checkout = Checkout(store, session, self.cards, closing, people, self.places, drawer)
        gate = info.gate if info.gate.en else Words(info.name, info.name)
        asking = Asking(session, self.requests.ask, self.health.online, people)
        self.guests = Guests(store, session, asking, self.requests.copy_of)
        self.looking = Looking(self._api, session.staff_id, self.health.online, self._looked)
        mover = Mover(store, signer, asking)
        self.requests.then[MOVED] = mover.print_granted
        self.bookings = Bookings(store, session, asking, tiles, mover, self.looking, self.requests.letter)
        self.messages = Messages(store, session, asking)
        self.gate = Gate(store, session, gate, fresh, loaded.digest, people)
        self.shifts = Shifts(store, session, people, drawer)
        wake = self.printer.wake
        self.records = Records(store, session, self.cards, people, signer, wake, drawer)
        ask, online = self.requests.ask, self.health.online
        seen = RefusalsSeen(store.folder)
        self.refunds = Refunds(store, session, self.cards, people, ask, online, wake, drawer, seen)

    def _build_attention(self) -> None:
        void, line = self.records.unfinished_void, lambda: self.sync.line
        here = OpenHere(self.checkout.to_resolve, void, line, self.refunds.to_do, self.messages.alerts)
        self.attention = Attention(self.store, self.session, self.people, here, self.requests.ask)
        known = Known(
            self.health.status,
            self.leases.shelves,
            self.people.members,
            lambda: self.printer.seen,
            self.cards.name,
            self.terminal_look.seen,
        )
        self.readiness = Readiness(self.store, self.session, known)

    def info(self) -> StationInfo:
        """This station's own set-up."""
        identity = self.store.identity
        name = identity.name if identity else ""
        with self.store.read() as connection:
            try:
                return read_setup.station(connection, identity.station_id if identity else "")
            except Refused:
                return StationInfo("", name, Words(name, name), ("sell", "checkin"))

    def _changed(self, topics: Topics) -> None:
        if "prints" in topics and hasattr(self, "printer"):
            self.printer.wake()
        if "everything" in topics and hasattr(self, "granted") and self.sync.started:
            self._settle_aside()  # all was fetched anew: of a server that may have forgotten something
        if hasattr(self, "sync") and not topics <= _TABLES:
            self.sync.wake()
        if hasattr(self, "leases"):
            self._places_changed(topics)
        self._told.changed(topics)

    def _places_changed(self, topics: Topics) -> None:
        if "lease_end" in topics:
            self.places.given_back()
        if topics & TOPICS:
            self.leases.wake()

    def _line(self, line: Line) -> None:
        if line.since is None:
            self._settle_aside()
            if hasattr(self, "leases"):
                self.leases.wake()
        if hasattr(self, "looking"):
            self.looking.wake()
        self._told.line(line)

    def _looked(self) -> None:
        self._told.changed(frozenset(("looking",)))

    def _settle_aside(self) -> None:
        thread = threading.Thread(target=self._settle_requests, name="requests", daemon=True)
        thread.start()
        self._aside = [*(other for other in self._aside if other.is_alive()), thread]

    def _settle_requests(self) -> None:
        try:
            self.requests.settle_open()
            self.granted.check()
        except (Refused, Unavailable) as error:
            log.info("open requests wait: %s", error)

    def _printer_told(self) -> None:
        self._told.changed(frozenset(("prints",)))

    def start(self) -> None:
        tell_office(self.store)
        self.printer.start()
        self.sync.start()
        self.leases.start()
        self.looking.start()
        self.watch.start()
        if self.backup:
            self.backup.start()

    def recover_cards(self) -> None:
        """Asks about every card attempt that a crash left open, on a thread of its own."""
        threading.Thread(target=self._recover, name="cards", daemon=True).start()

    def _recover(self) -> None:
        try:
            self.refunds.recover()
            self.checkout.recover()
        except (Refused, Unavailable) as error:
            log.warning("open card attempts stay open: %s", error)

    def close(self) -> None:
        self.watch.stop()
        if self.backup:
            self.backup.stop()
        self.cards.stop()
        self.terminal_look.stop()
        self._api.hang_up()
        self.requests.stop()
        self.leases.stop()
        self.looking.stop()
        for thread in self._aside:
            thread.join(timeout=3)
        self.sync.stop()
        self.printer.stop()
        self.store.close(settled=True)
