"""A station whose journal is damaged goes on: what still reads, and the newest backup, become a fresh journal under the
next incarnation, and everything is sent again. The damaged files are kept.

Every step can be cut off: until the new journal is whole nothing is changed, and then `files.finish_recovery` needs no
more than renaming, which it takes up again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import files
from app.locking import lock_folder
from app.recording import Actor, Identity, Recording
from app.secrets import SecretStore
from app.server_api import ServerApi
from app.shown_status import Recovered
from app.store import Store
from app.texts import Texts
from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from ledger import cache, journal, salvage
from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.database import open_sqlite
from ledger.salvage import Ruin

log = logging.getLogger(__name__)
MakeApi = Callable[[str, str, str], ServerApi]
_NAMED = 20  # receipts in the words of the case
_NEW, _SCRATCH = "recovering.db", "recovering"


class Recovery:
    """Recovers the journal in `folder`. `backups` are files that may be read, newest first."""

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
        backup = self._backup()
        identity = self._identity(ruin, backup)
        loaded = self._kept.load()
        if loaded is None:
            raise Refused(Code.STATION_UNKNOWN)
        api = self._make_api(identity.server_url, identity.certificate, loaded.token)
        try:
            unsent = self._unsent(api, identity, ruin, backup)
            given = api.incarnation()
        finally:
            api.close()
        new = replace(identity, incarnation=given.incarnation, prefix=given.prefix)
        told = Recovered(0, 0, unsent, self._lost_documents(ruin, backup), str(to_ms(self._clock.now())))
        told = self._rebuild((ruin, backup), new, told)
        (self._folder / _NEW).replace(self._folder / f"recovered-{told.kept_in}.db")
        files.finish_recovery(self._folder)
        log.info("the journal was recovered: %s", told)
        return told

    def _backup(self) -> Ruin | None:
        """The newest one that gives anything and is this station's."""
        mine = files.identities([files.kept_identity_text(self._folder)])
        for path in self._backups:
            ruin = salvage.read_ruin(path, self._folder / _SCRATCH)
            theirs = files.identities(_identity_texts(ruin))
            if theirs and (not mine or mine[0].station_id == theirs[0].station_id):
                return ruin
        return None

    def _identity(self, ruin: Ruin, backup: Ruin | None) -> Identity:
        texts = [files.kept_identity_text(self._folder), *_identity_texts(ruin), *_identity_texts(backup)]
        known = files.identities(texts)
        if not known:
            raise Refused(Code.STATION_UNKNOWN)
        return max(known, key=lambda identity: identity.incarnation)

    def _unsent(self, api: ServerApi, identity: Identity, ruin: Ruin, backup: Ruin | None) -> int:
        """Less than 0 when nothing tells which stream was in use, or how far it went."""
        name, _ = salvage.stream_of(ruin, backup)
        if not name:
            return -1
        page, _ = api.pull(f"station:{identity.station_id}", "", name)
        return salvage.unsent(ruin, backup, page.n if page.stream == name else 0)

    def _rebuild(self, read: tuple[Ruin, Ruin | None], identity: Identity, told: Recovered) -> Recovered:
        """The new journal beside the old one, in one transaction, and closed: then it is one file."""
        path = self._folder / _NEW
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        engine = journal.open_journal(path)
        try:
            with engine.begin() as connection:
                found = salvage.rebuild(connection, *read, self._last_applied())
                unsent = min(told.unsent, found.missing) if found.sure else -1
                told = replace(told, read=found.read, missing=found.missing, unsent=unsent, sure=found.sure)
                journal.save_setting(connection, "identity", codec.dumps(identity))
                journal.save_setting(connection, "recovered", codec.dumps(told))
        finally:
            engine.dispose()
        return told

    def _last_applied(self) -> int:
        """The last row of the journal that the cache has seen."""
        with self._cache() as connection:
            return int(cache.level(connection).applied_row) if connection else 0

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

    def _lost_documents(self, ruin: Ruin, backup: Ruin | None) -> tuple[str, ...]:
        """Numbers of receipts that only the cache knows: what they say is lost, not that they were given out."""
        known = {op_id for source in (ruin, backup) if source for op_id in source.entries}
        wanted = sa.select(t.document.c.number, t.document.c.op_id).where(t.document.c.local == 1)
        with self._cache() as connection:
            rows = _as_far_as_it_reads(connection, wanted) if connection else []
        return tuple(sorted(str(number) for number, op_id in rows if op_id not in known))


def _as_far_as_it_reads(connection: sa.Connection, wanted: sa.Select[Any]) -> list[tuple[str, str]]:
    rows = list[tuple[str, str]]()
    with suppress(sa.exc.DatabaseError):
        rows.extend((number, op_id) for number, op_id in connection.execute(wanted))
    return rows


def _identity_texts(ruin: Ruin | None) -> list[str]:
    rows = ruin.tables.get(journal.setting.name, []) if ruin else []
    return [str(row["value"]) for row in rows if row["name"] == "identity"]


def tell_office(store: Store) -> None:
    """After a recovery: what could not be read is put on the list of what needs attention, once."""
    with store.read_journal() as connection:
        text = journal.settings(connection, ["recovered"]).get("recovered", "")
    if not text:
        return
    told = codec.loads(Recovered, text)

    def work(recording: Recording) -> None:
        journal.save_setting(recording.journal, "recovered", "")
        if not told.is_whole:
            recording.add(op.CaseOpened(store.ids.new(), _said(told), next(iter(told.documents), "")))

    try:
        store.transact(work, Actor())
    except Refused as refused:  # a full disk, say: told at the next start
        log.warning("the recovery is not on the list yet: %s", refused)


def _said(told: Recovered) -> str:
    numbers = ", ".join(told.documents[:_NAMED]) or "–"
    facts: dict[str, int | str] = {"missing": told.missing, "unsent": told.unsent, "numbers": numbers}
    key = f"recovery.case{_doubt(told)}"
    return "\n".join(Texts(language)(key, **facts) for language in ("en", "ar"))


def _doubt(told: Recovered) -> str:
    if not told.sure:
        return "_lost"
    return "_unsent" if told.unsent < 0 else ""
