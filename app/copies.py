"""The copies of a station's journal: which there are, and whether one tells that the journal has lost its end.

A journal that fell back together with its cache agrees with it; only a copy knows what came after. A copy that cannot
be read, is of another station or venue, or was made before a recovery or a new enrolment tells nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from app import files
from domain.errors import Code, Refused
from ledger import journal
from ledger.database import open_sqlite

log = logging.getLogger(__name__)
T = TypeVar("T")
STEM = "journal-"
_UNREADABLE = (ValueError, TypeError, OSError, sa.exc.DatabaseError)


def copies(folder: Path | None) -> tuple[Path, ...]:
    """The backups in a folder, the one made last first; none while it cannot be reached."""
    with suppress(OSError):
        return tuple(sorted(folder.glob(f"{STEM}*.db"), key=made_ms, reverse=True)) if folder else ()
    return ()


def made_ms(path: Path) -> int:
    """When it was made (ms since 1970); in the order in which they were made, whatever the clock said then."""
    digits = path.stem.removeprefix(STEM)
    return int(digits) if digits.isdigit() else 0


@dataclass(frozen=True, slots=True, order=True)
class End:
    """Where a journal ends: the station's `incarnation`, the last `row`, and the operation there (empty: none yet).
    Stations of two venues may be called the same; their servers' certificates differ."""

    incarnation: int
    row: int
    op_id: str
    station_id: str
    certificate: str


def check_end(kept: Engine, beside: Iterable[Path]) -> None:
    """Refuses `journal_damaged` when one of the copies `beside` knows an operation that the journal has lost."""
    with kept.begin() as connection:
        mine = _end(connection)
        if mine is None:
            return
        for path in beside:
            if _knows_more(path, mine, connection):
                log.error("the journal lacks what its copy %s knows", path.name)
                raise Refused(Code.JOURNAL_DAMAGED, file=files.JOURNAL)


def _knows_more(path: Path, mine: End, journalled: Connection) -> bool:
    """Under a later incarnation it must hold our last operation: else a clone of this station has made it."""
    theirs = _asked(path, _end)
    if theirs is None or theirs.station_id != mine.station_id or _holds(journalled, theirs.op_id):
        return False
    if theirs.incarnation == mine.incarnation:
        return theirs.certificate == mine.certificate
    later = theirs.incarnation > mine.incarnation and bool(mine.op_id)
    return later and bool(_asked(path, partial(_holds, op_id=mine.op_id)))


def apart(paths: Iterable[Path]) -> list[Path]:
    """Those that tell of something no other does, the one that knows most first; last, those that only a salvage may
    read."""
    ends = {path: end_of(path) for path in paths}
    chosen = list[Path]()
    for path in sorted(ends, key=lambda each: ends[each] or _NOWHERE, reverse=True):
        end = ends[path]
        if end is None or not _is_in(end, chosen):
            chosen.append(path)
    return chosen


def is_held(old: Path, others: Iterable[Path]) -> bool:
    """Whether one of the others knows all that `old` does; true for one that cannot be read."""
    end = end_of(old)
    return end is None or _is_in(end, others)


def _is_in(end: End, others: Iterable[Path]) -> bool:
    return any(_asked(other, partial(_holds, op_id=end.op_id)) for other in others)


def end_of(path: Path) -> End | None:
    """None when the copy cannot be read, or no station was enrolled in it."""
    return _asked(path, _end)


def _asked(path: Path, question: Callable[[Connection], T]) -> T | None:
    """None when the copy cannot be read."""
    engine = open_sqlite(path, read_only=True)
    try:
        with engine.connect() as connection:
            return question(connection)
    except _UNREADABLE as error:
        log.info("the copy %s cannot be read: %s", path.name, error)
        return None
    finally:
        engine.dispose()


_OF = journal.entry.c
_LAST = sa.select(_OF.row, _OF.op_id).order_by(_OF.row.desc()).limit(1)
_FIND = sa.select(_OF.row).where(_OF.op_id == sa.bindparam("wanted"))
_NOWHERE = End(-1, -1, "", "", "")


def _end(connection: Connection) -> End | None:
    known = files.identities(journal.settings(connection, ["identity"]).values())
    last = connection.execute(_LAST).first()
    row, op_id = (int(last.row), str(last.op_id)) if last else (0, "")
    if not known:
        return None
    return End(known[0].incarnation, row, op_id, known[0].station_id, known[0].certificate)


def _holds(connection: Connection, op_id: str) -> bool:
    """Nothing is in every journal."""
    return not op_id or connection.execute(_FIND, {"wanted": op_id}).first() is not None
