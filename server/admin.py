"""`gatehouse-server admin …`: importing a venue's data and making enrolment codes, from the command line."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from documents.words import texts
from domain.errors import Code, Refused
from domain.staff import check_pin
from ledger import feed
from ledger import tables as t
from ledger.clock import Clock, FileClock, SystemClock, to_ms
from ledger.read_cases import open_cases
from server import access, importing, recovery, trying, venue_file
from server.database import Database
from server.message_kinds import Channel
from server.settings import Settings, load_secrets
from server.setup import SetUp
from server.templates import TemplateWrong
from server.tls import ensure_certificate, fingerprint


def add_commands(commands: Any) -> None:
    """Adds `admin import FILE` and `admin enrol STATION` to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser("admin", help="set the venue up")
    kinds = parser.add_subparsers(dest="admin", required=True)
    importer = kinds.add_parser("import", help="save a venue's own data")
    importer.add_argument("file", type=Path)
    enrol = kinds.add_parser("enrol", help="print a one-time code for each station that is named")
    enrol.add_argument("station", nargs="+")
    for name, words, what in (
        ("fence", "shut a lost or stolen station out for good, until it is enrolled anew", "station"),
        ("pin", "give a person a new first PIN, asked for at the prompt", "staff"),
    ):
        kinds.add_parser(name, help=words).add_argument(what)
    waiver = kinds.add_parser("waive", help="do not wait for a station that cannot send what it has")
    waiver.add_argument("station")
    waiver.add_argument("--by", required=True, metavar="STAFF", help="who decides so: a person who may")
    kinds.add_parser("restored", help="after a backup was put back: stations send again what it lost")
    kinds.add_parser("cases", help="list what a person must look at")
    trial = kinds.add_parser("try", help="send a sample by mail or SMS, to see that it is set up")
    trial.add_argument("address", help="an e-mail address, or a number such as +966551234567")


def run(given: argparse.Namespace, settings: Settings) -> int:
    clock: Clock = FileClock(settings.clock_file) if settings.clock_file else SystemClock()
    match given.admin:
        case "import":
            return import_file(given.file, settings, clock)
        case "enrol":
            return max(print_code(station, settings, clock) for station in given.station)
        case "fence":
            return fence(given.station, settings, clock)
        case "pin":
            return new_pin(given.staff, getpass.getpass("New PIN: "), settings, clock)
        case "waive":
            return waive(given.station, given.by, settings, clock)
        case "try":
            return try_address(given.address, settings, clock)
        case "restored":
            return restored(settings, clock)
        case _:
            return list_cases(settings, clock)


def import_file(path: Path, settings: Settings, clock: Clock) -> int:
    """Imports a venue file; prints each mistake as FILE:LINE and changes nothing when there is one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{path}: cannot be read: {error}", file=sys.stderr)
        return 2
    try:
        content = venue_file.read(text, clock.now())
        secrets = load_secrets(settings.data)
        with opened(settings, clock) as database:
            saved = database.transact(lambda c: importing.save(c, content, secrets, clock, database.ids))
    except venue_file.VenueFileWrong as wrong:
        for mistake in wrong.mistakes:
            print(f"{path}:{mistake.line}: {mistake.what}", file=sys.stderr)
        print("Nothing was changed.", file=sys.stderr)
        return 1
    print(f"{path}: {saved.changed} records changed.")
    _tell(saved, content.venue.currency)
    return 0


def _tell(saved: importing.Saved, currency: str) -> None:
    """What an import took off sale and brought back, which stations it leaves to be shut out, and whose limits should
    be looked at."""
    for words, products in (("Not sold any more", saved.withdrawn), ("Sold again", saved.back)):
        if products:
            print(f"{words}: {', '.join(f'{each.number} {each.name.en}' for each in products)}.")
    if saved.unnamed:
        print(
            f"Not named, and still let in: {', '.join(saved.unnamed)}. `admin fence STATION` shuts one out."
        )
    if saved.unsaid:
        print(
            f"No limits are given for {', '.join(saved.unsaid)}. The usual ones are counted in units of {currency}, "
            "but made for money about the worth of a riyal: see [limits.ROLE] in the manual."
        )


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Database]:
    database = Database(settings.database, clock)
    try:
        yield database
    finally:
        database.close()


def fence(station: str, settings: Settings, clock: Clock) -> int:
    """The station's token is dead from now on. What it did is still missing if the server was restored."""
    with opened(settings, clock) as database:
        found = database.transact(lambda c: access.fence(c, station))
        is_awaited = station in database.look(recovery.awaited)
    print(f"{station} is shut out." if found else f"No enrolled station is called {station}.")
    if is_awaited:
        print(f"It is still awaited; `admin waive {station} --by STAFF` ends that.")
    return 0 if found else 1


def waive(station: str, by: str, settings: Settings, clock: Clock) -> int:
    """Nothing scarce waits any longer for what that station would send after a restore; `by` decides so."""
    with opened(settings, clock) as database:
        try:
            database.transact(lambda c: _waived(c, station, by, SetUp(c, clock, database.ids)))
        except Refused as refused:
            may_not = refused.code is Code.NOT_ALLOWED
            print(f"{by} is nobody who may decide that." if may_not else f"{station} is not awaited.")
            return 1
    print(f"{station} is not awaited any more.")
    return 0


def _waived(connection: Connection, station: str, by: str, setup: SetUp) -> None:
    recovery.check_may_waive(connection, by)
    recovery.waive(connection, station, setup, by, setup.now_ms)
    feed.publish(connection, [t.case_item.name])


def new_pin(staff_id: str, pin: str, settings: Settings, clock: Clock) -> int:
    """For somebody who forgot theirs; the station learns it with its next sync."""
    secrets = load_secrets(settings.data)
    with opened(settings, clock) as database:
        try:
            check_pin(pin)
            database.transact(lambda c: importing.save_pin(c, (staff_id, pin), secrets, clock, database.ids))
        except Refused as refused:
            weak = refused.code is Code.PIN_WEAK
            print(
                "4 to 8 digits, no plain run, not all the same." if weak else f"Nobody is called {staff_id}."
            )
            return 1
    print(f"{staff_id} has a new PIN.")
    return 0


def restored(settings: Settings, clock: Clock) -> int:
    """Begins a new epoch: every station fetches everything anew and sends again what the backup lost."""
    with opened(settings, clock) as database:
        database.transact(lambda c: recovery.begin(c, to_ms(clock.now())))
        names = database.look(recovery.awaited)
    print("Done. Start the server; stations send again what they have.")
    print(f"Awaited: {', '.join(names) or 'nobody'}.")
    return 0


def try_address(address: str, settings: Settings, clock: Clock) -> int:
    """Sends the sample of a message in both languages, at once and past the outbox; tells what the peer says."""
    channel = Channel.MAIL if "@" in address else Channel.SMS
    with opened(settings, clock) as database:
        try:
            why = asyncio.run(trying.try_channel(channel, address, settings, database))
        except (TemplateWrong, ValueError) as wrong:
            print(wrong, file=sys.stderr)
            return 1
        except Refused:
            print("There is no venue yet. Import its file first.", file=sys.stderr)
            return 1
    print("Sent." if why is None else texts("messages", "en").get(f"why.{why.value}"))
    return 0 if why is None else 1


def list_cases(settings: Settings, clock: Clock) -> int:
    """One line a case: since when, what kind, about what, the facts."""
    with opened(settings, clock) as database:
        rows = database.look(open_cases)
    for row in rows:
        print(f"{row.opened_at:%Y-%m-%d %H:%M} {row.kind:20} {row.subject} {row.facts}")
    print(f"{len(rows)} open.")
    return 0


def print_code(station: str, settings: Settings, clock: Clock) -> int:
    """Prints a one-time enrolment code, good for a day."""
    certificate, _ = ensure_certificate(settings.data)
    database = Database(settings.database, clock)
    try:
        code = database.transact(lambda c: access.make_code(c, station, fingerprint(certificate), clock))
    except Refused:
        print(
            f"There is no station called {station}. Import the venue file that names it first.",
            file=sys.stderr,
        )
        return 1
    finally:
        database.close()
    print(code)
    return 0
