"""The station's two files behind one gate: decide, append to the journal, apply to the cache, tell what changed.

The journal's commit is the moment after which something is done. The cache follows; should it fail, it is brought level
from the journal before the next decision, or rebuilt.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from app.locking import Readers, WriterLock, lock_folder
from app.snapshot import Snapshot
from domain import codec
from domain import operation as op
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.sound import why_unsound
from ledger import cache, journal, setup_copy
from ledger import tables as t
from ledger.clock import Clock, Ids, from_ms, to_ms
from ledger.database import open_sqlite

log = logging.getLogger(__name__)
T = TypeVar("T")
Topics = frozenset[str]
_SETUP = "setup.json"
_READERS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this station is, from its enrolment."""

    station_id: str
    name: str
    incarnation: int
    prefix: str
    server_url: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: written into every operation."""

    staff_id: str = ""
    shift_id: str = ""


_QUEUE_PRINT = sa.insert(journal.print_job)


class Recording:
    """One staff action in progress: read `cache` (and `journal`) to decide, then add what happened."""

    def __init__(self, journal_connection: Connection, cache_connection: Connection, moment: Moment) -> None:
        self.journal = journal_connection
        self.cache = cache_connection
        self.topics: set[str] = set()
        self._moment = moment
        self._tx = journal.last_tx(journal_connection) + 1
        self.added = 0

    def add(self, operation: op.Operation, *, shift_id: str | None = None) -> None:
        """Appends an operation; it is durable when the action's transaction commits. Raises ValueError, and nothing
        is kept, for one that the rule book calls impossible: that is a fault of this program."""
        if why := why_unsound(operation):
            raise ValueError(f"{type(operation).__name__}: {why}")
        moment = self._moment
        envelope = Envelope(
            moment.ids.new(),
            type(operation).__name__,
            op.VERSION,
            moment.identity.station_id,
            moment.identity.incarnation,
            moment.actor.staff_id,
            moment.actor.shift_id if shift_id is None else shift_id,
            moment.clock.now(),
            moment.offset_ms,
            codec.dumps(operation),
        )
        journal.append(self.journal, envelope, self._tx)
        journal.note_moves(self.journal, envelope, operation)
        cache.add(self.cache, envelope, operation)
        self.topics.add(type(operation).__name__)
        self.added += 1

    def number(self, series: str) -> int:
        """The next number of a series; given back if the action fails."""
        return journal.next_number(self.journal, series)

    def print(self, kind: str, title: str, payload: object) -> None:
        """Queues a print job beside the operations."""
        moment = self._moment
        values = {"job_id": moment.ids.new(), "at": to_ms(moment.clock.now()), "kind": kind, "title": title}
        texts = {"payload": codec.dumps(payload), "state": "queued", "reason": "", "attempts": 0}
        self.journal.execute(_QUEUE_PRINT, values | texts)
        self.topics.add("prints")


@dataclass(frozen=True, slots=True)
class Moment:
    """What the envelope needs besides the operation."""

    clock: Clock
    ids: Ids
    identity: Identity
    actor: Actor
    offset_ms: int


def _is_damage(error: sa.exc.DatabaseError) -> bool:
    words = str(error.orig)
    return "malformed" in words or "not a database" in words


def _meaning(error: sa.exc.DatabaseError) -> Exception:
    """A disk that takes nothing more is a refusal; anything else is a fault."""
    words = str(error.orig)
    return Refused(Code.DISK_FULL) if "full" in words or "disk I/O" in words else error


class Store:
    """Opens and holds the data folder. `changed` is called with topics after each commit, from any thread."""

    def __init__(self, folder: Path, clock: Clock, changed: Callable[[Topics], None]) -> None:
        self.folder = folder
        self.clock = clock
        self.ids = Ids(clock)
        self.offset_ms = 0
        self.lock = WriterLock()
        self.snapshot = Snapshot(folder)
        self._readers = Readers()
        self._changed = changed
        self._folder_lock = lock_folder(folder)
        self._journal = journal.open_journal(folder / "journal.db")
        self._cache = cache.open_cache(folder / "cache.db")
        self._cache_reader = open_sqlite(folder / "cache.db", read_only=True)
        self._journal_reader = open_sqlite(folder / "journal.db", read_only=True)
        self.identity = self._load_identity()
        self._restore_setup()
        with self.lock.staff():
            self._follow_epoch()
            self._level()

    def close(self) -> None:
        self.snapshot.close()
        for engine in (self._cache_reader, self._journal_reader, self._cache, self._journal):
            engine.dispose()
        self._folder_lock.release()

    # staff ----------------------------------------------------------------------------------------------------------

    def transact(self, work: Callable[[Recording], T], actor: Actor) -> T:
        """Runs a staff action: `work` decides and adds; a refusal changes nothing; a return means durable.

        Refuses `disk_full` when the journal cannot be written.
        """
        if self.identity is None:
            raise Refused(Code.STATION_UNKNOWN)
        moment = Moment(self.clock, self.ids, self.identity, actor, self.offset_ms)
        with self.lock.staff():
            result, topics = self._transact(work, moment)
        if topics:
            self._changed(frozenset(topics))
        return result

    def _transact(self, work: Callable[[Recording], T], moment: Moment) -> tuple[T, set[str]]:
        try:
            self._level()
            return self._once(work, moment)
        except sa.exc.DatabaseError as error:
            if not _is_damage(error):
                raise _meaning(error) from error
            log.warning("the cache is damaged and is made anew; the action runs again", exc_info=True)
            self._rebuild_cache()
        self._level()
        return self._once(work, moment)

    def _once(self, work: Callable[[Recording], T], moment: Moment) -> tuple[T, set[str]]:
        """Journal first: when it has committed, the action has succeeded, whatever becomes of the cache."""
        with self._cache.connect() as cached:
            transaction = cached.begin()
            try:
                with self._journal.begin() as connection:
                    recording = Recording(connection, cached, moment)
                    result = work(recording)
                    if recording.added:
                        cache.note_applied(cached, journal.last_row(connection))
            except BaseException:
                transaction.rollback()
                raise
            followed = self._commits(transaction)
        if not followed:
            self._catch_up()
        return result, recording.topics

    def _commits(self, transaction: sa.RootTransaction) -> bool:
        try:
            transaction.commit()
        except sa.exc.DatabaseError:
            log.exception("the cache could not follow the journal; it is brought level")
            return False
        return True

    def _catch_up(self) -> None:
        """The action is done, and what its screen reads next is the cache: it follows now if it can, else before the
        next action."""
        try:
            self._level()
        except sa.exc.DatabaseError:
            log.exception("the cache is brought level before the next action")

    def _level(self) -> None:
        """Before any decision the cache has applied all that the journal holds and the server has not answered."""
        with self._cache.begin() as connection, self._journal.begin() as reader:
            if cache.level(connection).applied_row != journal.last_row(reader):
                cache.apply(connection, cache.unsettled(connection, journal.kept_since(reader, 0)))
                cache.note_applied(connection, journal.last_row(reader))

    def _rebuild_cache(self) -> None:
        self._cache.dispose()
        self._cache_reader.dispose()
        cache.discard(self.folder / "cache.db")
        self._cache = cache.open_cache(self.folder / "cache.db")
        self._cache_reader = open_sqlite(self.folder / "cache.db", read_only=True)
        self._restore_setup()

    def _restore_setup(self) -> None:
        """An empty cache gets the last set-up back, so that selling goes on until the server answers."""
        with self._cache.begin() as connection:
            if connection.execute(sa.select(t.record.c.kind).limit(1)).first() is None:
                setup_copy.load(connection, self.folder / _SETUP)

    def keep_setup(self) -> None:
        """Saves the set-up beside the cache."""
        with self.read() as connection:
            setup_copy.save(connection, self.folder / _SETUP)

    # questions -------------------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """The cache, read-only, in one snapshot."""
        with self._readers.reading(), self._cache_reader.begin() as connection:
            yield connection

    @contextmanager
    def read_journal(self) -> Iterator[Connection]:
        with self._journal_reader.begin() as connection:
            yield connection

    @contextmanager
    def local(self, *topics: str) -> Iterator[Connection]:
        """Writes what is local to this station (parked carts, print jobs, verifiers), durably, and tells `topics`."""
        with self.lock.staff():
            try:
                with self._journal.begin() as connection:
                    yield connection
            except sa.exc.DatabaseError as error:
                raise _meaning(error) from error
        if topics:
            self._changed(frozenset(topics))

    def waiting(self) -> int:
        """How many operations the server does not have yet."""
        with self.read() as connection:
            at = cache.level(connection)
        with self.read_journal() as connection:
            row = connection.execute(sa.select(journal.stream)).first()
        if row is None:
            return 0
        return max(0, int(row.last_n) - (at.n if at.stream == row.stream else 0))

    def data_from(self) -> datetime | None:
        """When the cache last held everything the server had."""
        with self.read() as connection:
            at = cache.level(connection).complete_at
        return from_ms(at) if at else None

    # identity and epochs ----------------------------------------------------------------------------------------------

    def _load_identity(self) -> Identity | None:
        with self._journal.begin() as connection:
            found = journal.settings(connection, ["identity"]).get("identity")
        return codec.loads(Identity, found) if found else None

    def save_identity(self, identity: Identity) -> None:
        with self.lock.staff(), self._journal.begin() as connection:
            journal.save_setting(connection, "identity", codec.dumps(identity))
        self.identity = identity

    def adopt_snapshot(self) -> bool:
        """The cache that was fetched beside takes the place of this one, with all of ours that the server has not
        answered. If it is of another epoch, all kept operations go out again in a new stream. False when the cache was
        being read for too long: then nothing has changed."""
        with self.lock.sync(), self._readers.nobody(_READERS_SECONDS) as nobody:
            if not nobody:
                return False
            with self.snapshot.open() as fresh, self._journal.begin() as reader:
                cache.apply(fresh, cache.unsettled(fresh, journal.kept_since(reader, 0)))
                cache.note_applied(fresh, journal.last_row(reader))
            self._exchange()
            self._follow_epoch()
        self._changed(frozenset(("everything",)))
        return True

    def _exchange(self) -> None:
        path = self.folder / "cache.db"
        self._cache_reader.dispose()
        cache.settle_log(self._cache)
        self._cache.dispose()
        self.snapshot.put_in_place(path)
        self._cache = cache.open_cache(path)
        self._cache_reader = open_sqlite(path, read_only=True)

    def _follow_epoch(self) -> None:
        with self._cache.begin() as connection:
            epoch = cache.level(connection).epoch
        with self._journal.begin() as connection:
            now = journal.current_stream(connection)
            if epoch and not now.epoch:
                journal.adopt_epoch(connection, epoch)
            elif epoch and now.epoch != epoch:
                kept = journal.kept_since(connection, 0)
                journal.new_stream(connection, epoch, [item.envelope.op_id for item in kept])

    def fork(self, incarnation: int, prefix: str) -> None:
        """This stream is not ours alone: unanswered operations go on in a new one, documents under a new prefix."""
        with self.lock.sync():
            with self._cache.begin() as cached, self._journal.begin() as connection:
                kept = cache.unsettled(cached, journal.kept_since(connection, 0))
                epoch = journal.current_stream(connection).epoch
                journal.new_stream(connection, epoch, [item.envelope.op_id for item in kept])
                assert self.identity is not None
                new = replace(self.identity, incarnation=incarnation, prefix=prefix)
                journal.save_setting(connection, "identity", codec.dumps(new))
            self.identity = new

    def renumber(self) -> None:
        """The stream has a hole that nothing will fill: what the server has not answered goes on in a new one."""
        with self.lock.sync(), self._cache.begin() as cached, self._journal.begin() as connection:
            kept = cache.unsettled(cached, journal.kept_since(connection, 0))
            epoch = journal.current_stream(connection).epoch
            journal.new_stream(connection, epoch, [item.envelope.op_id for item in kept])

    def wanted_buckets(self) -> str:
        """Set by sync, which knows the day and the station."""
        return self._wanted

    _wanted = ""

    def want_buckets(self, buckets: str) -> None:
        self._wanted = buckets

    # sync ------------------------------------------------------------------------------------------------------------

    @contextmanager
    def sync_cache(self) -> Iterator[Connection]:
        """The cache for a short piece of sync work; staff go first."""
        with self.lock.sync(), self._cache.begin() as connection:
            yield connection

    @contextmanager
    def sync_journal(self) -> Iterator[Connection]:
        with self.lock.sync(), self._journal.begin() as connection:
            yield connection

    def tell(self, topics: Topics) -> None:
        self._changed(topics)
