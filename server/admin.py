"""`gatehouse-server admin …`: importing a venue's data and making enrolment codes, from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from domain.errors import Refused
from ledger.clock import Clock, FileClock, SystemClock
from server import access, importing, venue_file
from server.database import Database
from server.settings import Settings, load_secrets
from server.tls import ensure_certificate, fingerprint


def add_commands(commands: Any) -> None:
    """Adds `admin import FILE` and `admin enrol STATION` to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser("admin", help="set the venue up")
    kinds = parser.add_subparsers(dest="admin", required=True)
    importer = kinds.add_parser("import", help="save a venue's own data")
    importer.add_argument("file", type=Path)
    enroller = kinds.add_parser("enrol", help="print a one-time code for a station")
    enroller.add_argument("station")


def run(given: argparse.Namespace, settings: Settings) -> int:
    clock: Clock = FileClock(settings.clock_file) if settings.clock_file else SystemClock()
    if given.admin == "import":
        return import_file(given.file, settings, clock)
    return print_code(given.station, settings, clock)


def import_file(path: Path, settings: Settings, clock: Clock) -> int:
    """Imports a venue file; prints each mistake as FILE:LINE and changes nothing when there is one."""
    try:
        content = venue_file.read(path.read_text(encoding="utf-8"), clock.now())
    except (OSError, UnicodeDecodeError) as error:
        print(f"{path}: cannot be read: {error}", file=sys.stderr)
        return 2
    except venue_file.VenueFileWrong as wrong:
        for mistake in wrong.mistakes:
            print(f"{path}:{mistake.line}: {mistake.what}", file=sys.stderr)
        print("Nothing was changed.", file=sys.stderr)
        return 1
    database = Database(settings.database, clock)
    secrets = load_secrets(settings.data)
    try:
        changed = database.transact(lambda c: importing.save(c, content, secrets, clock, database.ids))
    finally:
        database.close()
    print(f"{path}: {changed} records changed.")
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
