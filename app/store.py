"""The station's two files behind one gate: decide, append to the journal, apply to the cache, tell what changed.

The journal's commit is the moment after which something is done. The cache follows; should it fail, it is brought level
from the journal before the next decision, or rebuilt. All that is written under the one lock stands here, so that what
excludes what is seen on one page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from app import copies, files, stream
from app.cache_file import CacheFile
from app.clocks import Clocks
from app.disk import Disk
from app.files import is_damage, is_full, meaning
from app.locking import Readers, WriterLock, lock_folder
from app.recording import Actor as Actor  # the store's words are had from here
from app.recording import Identity as Identity
from app.recording import Moment
from app.recording import Recording as Recording
from app.shown_status import Room
from app.snapshot import Snapshot
from domain import codec
from domain.errors import Code, Refused
from ledger import cache, journal
from ledger.clock import Clock, Ids, from_ms
from ledger.database import open_sqlite, try_to_settle
from ledger.wire import Incarnation

log = logging.getLogger(__name__)
T = TypeVar("T")
Topics = frozenset[str]
_CLOSING_SECONDS = 5.0
_SETTLING_MS = 50


class Store:
    """Opens and holds the data folder. `changed` is called with topics after each commit, from any thread; `beside`
    are copies of the journal: one that knows more tells that it has lost its end."""

    def __init__(
        self, folder: Path, clock: Clock, changed: Callable[[Topics], None], beside: Iterable[Path] = ()
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.ids = Ids(clock)
        self.lock = WriterLock()
        self._journal_readers = Readers()
        self.snapshot = Snapshot(folder)
        self._changed = changed
        self.disk = Disk(folder, lambda: changed(frozenset(("disk",))))
        self.damaged = False  # the journal: nothing more is recorded here until it was recovered
        self._engines: list[sa.Engine] = []
        self._cache = CacheFile(folder)
        self._folder_lock = lock_folder(folder)
        try:
            self._open(folder, beside)
        except BaseException:
            self.close()
            raise

    def _open(self, folder: Path, beside: Iterable[Path]) -> None:
        self._journal = files.open_whole_journal(folder)
        self._journal_reader = open_sqlite(folder / "journal.db", read_only=True)
        self._engines = [self._journal_reader, self._journal]
        self._cache.open()
        files.check_tails(self._journal, self._cache.engine)
        copies.check_end(self._journal, beside)
        files.forget_wal(folder)
        self.identity = self._load_identity()
        self.clocks = self._load_clocks()
        if self.identity is not None:
            files.keep_identity(folder, self.identity)
        with self.lock.staff():
            self._follow_epoch()
            self._level()

    @property
    def offset_ms(self) -> int:
        """Server time minus this computer's, as far as is known."""
        return self.clocks.offset_ms

    def now(self) -> datetime:
        """The time by the server's clock, as far as is known: what is valid, which day it is and what papers say go by
        it. Operations keep this computer's own time, as evidence, with the offset beside it."""
        return self.clock.now() + timedelta(milliseconds=self.offset_ms)

    def close(self, *, settled: bool = False) -> None:
        """What is being done is done to its end; whoever comes later, on whatever thread, meets Unavailable. `settled`:
        as `settle`."""
        quiet = [part.shut(_CLOSING_SECONDS) for part in (self.lock, self._cache, self._journal_readers)]
        if not all(quiet):
            log.warning("a file is still in use; it stays open until the program has ended")
            return
        try:
            if settled:
                self._settle()
            self.snapshot.close()
            self._cache.close()
            for engine in self._engines:
                engine.dispose()
        finally:
            self._folder_lock.release()

    def settle(self) -> None:
        """Of what was overwritten nothing is left in a log beside the files; a reader that takes long keeps it until
        the station is stopped, or until the next time."""
        with self.lock.sync():
            self._settle()

    def _settle(self) -> None:
        for engine in (self._cache.engine, self._journal):
            try_to_settle(engine, _SETTLING_MS)

    # staff ----------------------------------------------------------------------------------------------------------

    def transact(self, work: Callable[[Recording], T], actor: Actor) -> T:
        """Runs a staff action: `work` decides and adds; a refusal changes nothing; a return means durable.

        Refuses `disk_full` when the journal cannot be written, `journal_damaged` when it cannot be read any more.
        """
        self._check_whole()
        if self.identity is None:
            raise Refused(Code.STATION_UNKNOWN)
        moment = Moment(self.clock, self.ids, self.identity, actor, self.offset_ms)
        with self.lock.staff():
            self._cache.mend()
            result, topics = self._transact(work, moment)
        if topics:
            self._changed(frozenset(topics))
        return result

    def check_room(self) -> None:
        """Refuses `disk_nearly_full`: nothing new is begun any more, what was begun is finished; `disk_full` where that
        cannot be recorded either."""
        if self.disk.room is Room.FULL:
            self.disk.measure()  # whoever made room presses again at once
        if self.disk.room is Room.FULL:
            raise Refused(Code.DISK_FULL)
        if self.disk.room is Room.NO_SALES:
            raise Refused(Code.DISK_NEARLY_FULL)

    def _transact(self, work: Callable[[Recording], T], moment: Moment) -> tuple[T, set[str]]:
        try:
            self._level()
            return self._once(work, moment)
        except sa.exc.DatabaseError as error:
            if is_damage(error):
                self._heal(error)
            elif not (is_full(error) and self.disk.give_up_ballast()):
                raise meaning(error) from error
        with self._guarded():
            self._level()
            return self._once(work, moment)

    def _check_whole(self) -> None:
        if self.damaged:
            raise Refused(Code.JOURNAL_DAMAGED, file="journal.db")

    def _heal(self, error: sa.exc.DatabaseError) -> None:
        """Something reads as damaged. The cache is made anew; a journal is not: refuses `journal_damaged` from now on.
        Under the writer's lock."""
        self.check_journal()
        if self.damaged:
            raise Refused(Code.JOURNAL_DAMAGED, file="journal.db") from error
        log.warning("the cache is damaged and is made anew", exc_info=True)
        self._cache.rebuild()

    def check_journal(self) -> None:
        """Somebody has read what cannot be: if the journal is damaged, nothing more is recorded."""
        if not self.damaged and not files.journal_is_sound(self.folder):
            log.error("the journal is damaged; nothing more is recorded until it was recovered")
            self.damaged = True
            self._changed(frozenset(("damage",)))

    def _once(self, work: Callable[[Recording], T], moment: Moment) -> tuple[T, set[str]]:
        """Journal first: when it has committed, the action has succeeded, whatever becomes of the cache."""
        with self._cache.engine.connect() as cached:
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
        with self._cache.engine.begin() as connection, self._journal.begin() as reader:
            if cache.level(connection).applied_row != journal.last_row(reader):
                cache.apply(connection, cache.unsettled(connection, journal.kept_since(reader, 0)))
                cache.note_applied(connection, journal.last_row(reader))

    def keep_setup(self) -> None:
        """Saves the set-up beside the cache."""
        self._cache.keep_setup()

    # questions -------------------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """The cache, read-only, in one snapshot. One that reads as damaged is made anew before the next action."""
        with self._cache.read() as connection:
            yield connection

    @contextmanager
    def read_journal(self) -> Iterator[Connection]:
        """The journal, read-only. Refuses `journal_damaged` when it cannot be read any more."""
        try:
            with self._journal_readers.reading(), self._journal_reader.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            if is_damage(error):
                self.check_journal()
                self._check_whole()
            raise

    @contextmanager
    def local(self, *topics: str) -> Iterator[Connection]:
        """Writes what is local to this station (parked carts, print jobs, verifiers), durably, and tells `topics`.

        Refuses `disk_full` and `journal_damaged`.
        """
        self._check_whole()
        with self.lock.staff(), self._guarded(), self._journal.begin() as connection:
            yield connection
        if topics:
            self._changed(frozenset(topics))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Says what a database's trouble means, and heals what can be healed for the next try."""
        try:
            yield
        except sa.exc.DatabaseError as error:
            if is_damage(error):
                self._heal(error)
            if is_full(error):
                self.disk.give_up_ballast()  # for the next try: what was to be written is gone
            raise meaning(error) from error

    def waiting(self) -> int:
        """How many operations the server does not have yet."""
        with self.read() as connection:
            at = cache.level(connection)
        with self.read_journal() as connection:
            return stream.waiting(at, connection)

    def data_from(self) -> datetime | None:
        """When the cache last held everything the server had."""
        with self.read() as connection:
            at = cache.level(connection).complete_at
        return from_ms(at) if at else None

    def days_held(self) -> frozenset[str]:
        """The buckets that are here from their beginning: days, and what is shared."""
        with self.read() as connection:
            return frozenset(cache.level(connection).buckets.split(","))

    # identity and epochs ----------------------------------------------------------------------------------------------

    def _load_identity(self) -> Identity | None:
        with self._journal.begin() as connection:
            found = journal.settings(connection, ["identity"]).get("identity")
        return codec.loads(Identity, found) if found else None

    def _load_clocks(self) -> Clocks:
        with self._journal.begin() as connection:
            kept = journal.settings(connection, ["clock"]).get("clock", "")
        return Clocks(self.clock, kept, self._save_clock, lambda: self._changed(frozenset(("clock",))))

    def _save_clock(self, text: str) -> None:
        with self.sync_journal() as connection:
            journal.save_setting(connection, "clock", text)

    def save_identity(self, identity: Identity) -> None:
        with self.lock.staff(), self._journal.begin() as connection:
            journal.save_setting(connection, "identity", codec.dumps(identity))
        files.keep_identity(self.folder, identity)
        self.identity = identity

    def adopt_snapshot(self) -> bool:
        """The cache that was fetched beside takes the place of this one, with all of ours that the server has not
        answered. If it is of another epoch, all kept operations go out again in a new stream. False when the cache was
        being read for too long: then nothing has changed."""
        with self.lock.sync(), self._cache.nobody_reads() as nobody:
            if not nobody:
                return False
            with self.snapshot.open() as fresh, self._journal.begin() as reader:
                cache.apply(fresh, cache.unsettled(fresh, journal.kept_since(reader, 0)))
                cache.note_applied(fresh, journal.last_row(reader))
            self._cache.exchange(self.snapshot)
            self._follow_epoch()
        self._changed(frozenset(("everything",)))
        return True

    def _follow_epoch(self) -> None:
        with self._cache.engine.begin() as connection:
            epoch = cache.level(connection).epoch
        with self._journal.begin() as connection:
            stream.follow_epoch(epoch, connection)

    def fork(self, given: Incarnation) -> None:
        """This stream is not ours alone: unanswered operations go on in a new one, documents under a new prefix."""
        assert self.identity is not None
        self.go_on_as(self.identity.going_on(given))

    def go_on_as(self, new: Identity) -> None:
        """Under this identity from now on: unanswered operations go on in a stream of its own."""
        assert self.identity is not None
        with self.lock.sync():
            with self._cache.engine.begin() as cached, self._journal.begin() as connection:
                stream.reopen(cached, connection)
                journal.save_setting(connection, "identity", codec.dumps(new))
            self.identity = new
        files.keep_identity(self.folder, new)

    def renumber(self) -> None:
        """The stream has a hole that nothing will fill: what the server has not answered goes on in a new one."""
        with self.lock.sync(), self._cache.engine.begin() as cached, self._journal.begin() as connection:
            stream.reopen(cached, connection)

    # sync ------------------------------------------------------------------------------------------------------------

    @contextmanager
    def sync_cache(self) -> Iterator[Connection]:
        """The cache for a short piece of sync work; staff go first."""
        self._check_whole()
        with self.lock.sync(), self._guarded():
            self._cache.mend()
            with self._cache.engine.begin() as connection:
                yield connection

    @contextmanager
    def sync_journal(self) -> Iterator[Connection]:
        self._check_whole()
        with self.lock.sync(), self._guarded(), self._journal.begin() as connection:
            yield connection

    def tell(self, topics: Topics) -> None:
        self._changed(topics)
