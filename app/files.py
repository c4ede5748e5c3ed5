"""Opens, checks and heals the files of a data folder. What cannot be healed by itself is refused and left alone."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from app.recording import Identity
from domain import codec
from domain.errors import Code, Refused
from ledger import cache, journal, salvage, wal
from ledger.database import is_damage as is_damage
from ledger.database import open_sqlite

log = logging.getLogger(__name__)
JOURNAL, CACHE, STATION = "journal.db", "cache.db", "station.json"
READY, DAMAGED = "recovered-*.db", "damaged"
CHAIN_MOST = 20_000  # rows whose seals are looked at when the journal is opened: half a second at most

_UNREADABLE = (ValueError, TypeError, OverflowError, sa.exc.DatabaseError)


def is_full(error: sa.exc.DatabaseError) -> bool:
    words = str(error.orig)
    return "full" in words or "disk I/O" in words


def meaning(error: sa.exc.DatabaseError) -> Exception:
    """A disk that takes nothing more is a refusal; anything else is a fault."""
    return Refused(Code.DISK_FULL) if is_full(error) else error


@contextmanager
def telling_a_full_disk() -> Iterator[None]:
    """Around all that a start does. Refuses `disk_full`."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if not is_full(error):
            raise
        raise Refused(Code.DISK_FULL) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(Code.DISK_FULL) from error


def open_whole_journal(folder: Path) -> Engine:
    """The journal, after a recovery that had come to its end was put in place. Refuses `journal_damaged` when it is
    gone though a station lived here, its log has a hole, it does not pass its check, or says something else than was
    sealed."""
    finish_recovery(folder)
    _keep_wal(folder)
    if wal.has_hole(folder / f"{JOURNAL}-wal"):
        log.error("the journal's log has a hole")
        raise Refused(Code.JOURNAL_DAMAGED, file=JOURNAL)
    if (folder / STATION).exists() and not (folder / JOURNAL).exists():
        raise Refused(Code.JOURNAL_DAMAGED, file=JOURNAL)
    engine = journal.open_journal(folder / JOURNAL)
    try:
        with engine.begin() as connection:
            if not _says_what_it_was_told(connection):
                raise Refused(Code.JOURNAL_DAMAGED, file=JOURNAL)
    except Refused:
        engine.dispose()
        raise
    except _UNREADABLE as error:
        engine.dispose()
        raise Refused(Code.JOURNAL_DAMAGED, file=JOURNAL) from error
    return engine


def _says_what_it_was_told(connection: Connection) -> bool:
    """What is sealed, by its seals; of the rest every row is what its table holds, and who this station is can be
    read."""
    if not journal.chain_is_whole(connection, CHAIN_MOST):
        return False
    for table in set(journal.metadata.sorted_tables) - {journal.entry}:
        rows = connection.execute(sa.select(table))
        if not all(salvage.is_sound(table, dict(row)) for row in rows.mappings()):
            return False
    kept = journal.settings(connection, ["identity"]).get("identity", "")
    return not kept or bool(identities([kept]))


def _keep_wal(folder: Path) -> None:
    """After a crash the WAL is copied before it is used: SQLite stops at its first fault without a word and deletes
    what lies behind."""
    log_file, kept = folder / f"{JOURNAL}-wal", folder / f"{JOURNAL}{salvage.KEPT_WAL}"
    if log_file.exists() and log_file.stat().st_size and not kept.exists():
        shutil.copyfile(log_file, kept)


def forget_wal(folder: Path) -> None:
    """All is well with the journal."""
    (folder / f"{JOURNAL}{salvage.KEPT_WAL}").unlink(missing_ok=True)


def check_tails(journal_engine: Engine, cache_engine: Engine) -> None:
    """The cache follows the journal and never leads it: if it does, the journal has lost its end. Refuses
    `journal_damaged`."""
    with cache_engine.begin() as cached, journal_engine.begin() as kept:
        if cache.level(cached).applied_row > journal.last_row(kept):
            log.error("the journal ends before what the cache has applied")
            raise Refused(Code.JOURNAL_DAMAGED, file=JOURNAL)


def journal_is_sound(folder: Path) -> bool:
    """Asked when something reads as damaged and it is not known which file."""
    engine = open_sqlite(folder / JOURNAL, read_only=True)
    try:
        with engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() == "ok"
            return whole and _says_what_it_was_told(connection)
    except _UNREADABLE:
        return False
    finally:
        engine.dispose()


def finish_recovery(folder: Path) -> None:
    """Puts a journal that a recovery has made into place; what was there is kept under `damaged`, cache and all.
    May be cut off anywhere and called again."""
    for ready in sorted(folder.glob(READY)):
        aside = folder / DAMAGED / ready.stem.removeprefix("recovered-")
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (CACHE, JOURNAL):
            for suffix in (salvage.KEPT_WAL, "-shm", "-wal", ""):
                with suppress(FileNotFoundError):
                    (folder / (name + suffix)).replace(aside / (name + suffix))
        ready.replace(folder / JOURNAL)


def keep_identity(folder: Path, identity: Identity) -> None:
    """A copy beside the journal, for the day when it cannot be read. No secret is in it."""
    text = codec.dumps(identity)
    if kept_identity_text(folder) != text:
        beside = folder / f"{STATION}.new"
        beside.write_text(text, encoding="utf-8")
        beside.replace(folder / STATION)


def identities(texts: Iterable[str]) -> list[Identity]:
    """Those that can be read."""
    known = list[Identity]()
    for text in texts:
        with suppress(Refused):
            known.append(codec.loads(Identity, text))
    return known


def kept_identity_text(folder: Path) -> str:
    try:
        return (folder / STATION).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
