"""A station whose journal is damaged goes on: what still reads, and what its copies know, become a fresh journal under
the next incarnation, and everything is sent again. The damaged files are kept.

Every step can be cut off: until the new journal is whole nothing is changed, and then `files.finish_recovery` needs no
more than renaming, which it takes up again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from app import files
from app.copies import apart
from app.locking import lock_folder
from app.lost import lost_documents
from app.recording import Identity
from app.secrets import SecretStore
from app.server_api import ServerApi
from app.shown_status import LostDocument, Recovered
from domain import codec
from domain.errors import Code, Refused
from ledger import cache, journal, ruins, salvage
from ledger.clock import Clock, to_ms
from ledger.database import open_sqlite
from ledger.salvage import Ruin

log = logging.getLogger(__name__)
MakeApi = Callable[[str, str, str], ServerApi]
_NEW, _SCRATCH = "recovering.db", "recovering"


class Recovery:
    """Recovers the journal in `folder`. `backups` are copies of it that may be read."""

    def __init__(
        self, folder: Path, clock: Clock, kept: SecretStore, backups: tuple[Path, ...], make_api: MakeApi
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._kept = kept
        self._backups = backups
        self._make_api = make_api

    def run(self) -> Recovered:
        """Raises Unavailable while no server answers: its next incarnation is needed, and nothing was changed. Refuses
        what the server refuses, and `station_unknown` when nothing tells which station this was."""
        with ExitStack() as stack:
            stack.callback(lock_folder(self._folder).release)
            stack.callback(shutil.rmtree, self._folder / _SCRATCH, ignore_errors=True)
            return self._run()

    def _run(self) -> Recovered:
        ruin = salvage.read_ruin(self._folder / files.JOURNAL, self._folder / _SCRATCH)
        ruin, backup = ruins.newer_first(ruin, self._backup(ruin))
        identity = self._identity(ruin, backup)
        loaded = self._kept.load()
        if loaded is None:
            raise Refused(Code.STATION_UNKNOWN)
        api = self._make_api(identity.server_url, identity.certificate, loaded.token)
        try:
            unsent = self._unsent(api, identity.station_id, ruin, backup)
            given = api.incarnation(identity.incarnation)
        finally:
            api.close()
        told = Recovered(0, 0, unsent, self._lost_documents(ruin, backup), str(to_ms(self._clock.now())))
        told = self._rebuild((ruin, backup), identity.going_on(given), told)
        (self._folder / _NEW).replace(self._folder / f"recovered-{told.kept_in}.db")
        files.finish_recovery(self._folder)
        log.info("the journal was recovered: %s", told)
        return told

    def _backup(self, ruin: Ruin) -> Ruin | None:
        """What this station's give together, those first that know most."""
        mine = files.identities([files.kept_identity_text(self._folder), *_identity_texts(ruin)])
        found = list[Ruin]()
        for path in apart(self._backups):
            copy = salvage.read_ruin(path, self._folder / _SCRATCH)
            theirs = files.identities(_identity_texts(copy))
            shared = bool(copy.entries.keys() & ruin.entries.keys())
            if theirs and (not mine or any(_is_same(one, theirs[0], shared) for one in mine)):
                found.append(copy)
        return ruins.together(found) if found else None

    def _identity(self, ruin: Ruin, backup: Ruin | None) -> Identity:
        texts = [files.kept_identity_text(self._folder), *_identity_texts(ruin), *_identity_texts(backup)]
        known = files.identities(texts)
        if not known:
            raise Refused(Code.STATION_UNKNOWN)
        return max(known, key=lambda identity: identity.incarnation)

    def _unsent(self, api: ServerApi, station_id: str, ruin: Ruin, backup: Ruin | None) -> int:
        """Less than 0 when nothing tells which stream was in use, or how far it went."""
        name, _ = ruins.stream_of(ruin, backup)
        if not name:
            return -1
        page, _ = api.pull(f"station:{station_id}", "", name)
        at = self._cache_level()
        if at.stream not in ("", name):  # it went on in another one
            return -1
        return ruins.unsent(ruin, backup, page.n if page.stream == name else 0, at.applied_row)

    def _rebuild(self, read: tuple[Ruin, Ruin | None], identity: Identity, told: Recovered) -> Recovered:
        """The new journal beside the old one, in one transaction, and closed: then it is one file."""
        path = self._folder / _NEW
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        engine = journal.open_journal(path)
        try:
            with engine.begin() as connection:
                found = salvage.rebuild(connection, *read, self._cache_level().applied_row)
                unsent = min(told.unsent, found.missing) if found.sure else -1
                told = replace(told, read=found.read, missing=found.missing, unsent=unsent, sure=found.sure)
                if not told.is_whole:  # it cannot answer for what it has lost
                    identity = replace(identity, been="")
                journal.save_setting(connection, "identity", codec.dumps(identity))
                journal.save_setting(connection, "recovered", codec.dumps(told))
        finally:
            engine.dispose()
        return told

    def _cache_level(self) -> cache.Level:
        """How far the cache has seen the journal; nowhere when it cannot be read either."""
        with self._cache() as connection:
            return cache.level(connection) if connection else cache.Level()

    @contextmanager
    def _cache(self) -> Iterator[sa.Connection | None]:
        """The cache as it lies there; None when it cannot be read either."""
        engine = open_sqlite(self._folder / files.CACHE, read_only=True)
        try:
            connection = engine.connect()
            int(cache.level(connection).applied_row)
        except (sa.exc.DatabaseError, sa.exc.NoResultFound, TypeError, ValueError):
            engine.dispose()
            yield None
            return
        try:
            yield connection
        finally:
            connection.close()
            engine.dispose()

    def _lost_documents(self, ruin: Ruin, backup: Ruin | None) -> tuple[LostDocument, ...]:
        known = {op_id for source in (ruin, backup) if source for op_id in source.entries}
        with self._cache() as connection:
            return lost_documents(connection, known) if connection else ()


def _identity_texts(ruin: Ruin | None) -> list[str]:
    rows = ruin.tables.get(journal.setting.name, []) if ruin else []
    return [str(row["value"]) for row in rows if row["name"] == "identity"]


def _is_same(mine: Identity, theirs: Identity, shared: bool) -> bool:
    """The same station of the same venue. A server with a new certificate is known by operations that are `shared`."""
    return mine.station_id == theirs.station_id and (shared or mine.certificate == theirs.certificate)
