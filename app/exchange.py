"""What goes to and fro between this station and the server, once: the journal there, the server's changes here.

Staff never wait for it: it holds the writer for one small page at a time and gives way to them.
"""

from __future__ import annotations

import logging

from app import stream as streams
from app.forgetting import forget_erased
from app.server_api import Busy, ServerApi
from app.snapshot import NotWhole
from app.store import Store
from app.wanted import keep_verifiers, wanted_buckets
from domain.errors import Code, Refused, Unavailable
from ledger import cache, journal, setup_copy
from ledger import tables as t
from ledger.clock import to_ms
from ledger.wire import PROTOCOL, PUSH_MOST, Page, PushBatch, PushReply, Sent, Standing

log = logging.getLogger(__name__)
PUSH_BYTES = 1_000_000
_ANEW_SECONDS = 1.0
_ALL = frozenset(str(table.name) for table in t.SYNCED)


class Exchange:
    """One thread at a time."""

    def __init__(self, store: Store, api: ServerApi) -> None:
        self._store = store
        self._api = api
        self._wanted = ""  # buckets, for the length of a round
        self._ours = ("", 0, "")  # a place of a stream that was found to be ours
        self._pulled_as = ""  # the stream that the last pull was asked under
        self.fetched = 0  # rows of whole copies, since the start
        self._came: set[str] = set()  # tables of which something came, until what hangs on it is seen to
        self._is_level = False  # all was fetched once since the start
        self._not_before = float("-inf")  # monotonic: when everything may be fetched anew at the earliest

    def once(self) -> None:
        """Sends all that waits, fetches all that changed. Raises Unavailable or Refused; what was done stays done."""
        self._wanted = wanted_buckets(self._store)
        self._push_all()
        self._pull_all()
        if (
            wanted := wanted_buckets(self._store)
        ) != self._wanted:  # a new station learns only now what it deals with
            self._wanted = wanted
            self._pull_all()
        if self._push_all():  # what a new epoch or a first pull has put into the queue
            self._pull_all()  # it is told with a pull that this was all; there need be nothing new to call for one

    def _push_all(self) -> bool:
        """Whether anything was sent."""
        sent = False
        while batch := self._next_batch():
            sent = True
            if not self._digest(self._api.push(batch), batch):
                break
        return sent

    def _next_batch(self) -> PushBatch | None:
        with self._store.sync_cache() as connection:
            at = cache.level(connection)
        if self._is_foreign(at.stream, at.n, at.op_id):
            self._fork()  # the line broke before, or everything was fetched anew
        with self._store.sync_journal() as connection:
            now = journal.current_stream(connection)
            if not at.epoch or now.epoch != at.epoch:
                return None
            if now.stream not in (at.stream, self._pulled_as):
                return None  # an older copy would have what comes later without what it forgot
            had = at.n if at.stream == now.stream else 0
            kept = journal.queue(connection, had, PUSH_MOST)
        if now.last_n > had and (not kept or kept[0].n != had + 1):
            self._mend_stream()
            return self._next_batch()
        going = streams.within(kept, PUSH_BYTES)
        sent = tuple(Sent(item.n, item.hash.hex(), item.envelope) for item in going)
        return PushBatch(PROTOCOL, at.epoch, now.stream, sent) if sent else None

    def _mend_stream(self) -> None:
        log.error("the journal misses an operation of its stream; what waits goes on in a new one")
        self._store.renumber()

    def _digest(self, reply: PushReply, batch: PushBatch) -> bool:
        """True when the next batch may go."""
        if reply.state == "epoch":
            return False  # the pull that follows fetches all of it
        if reply.state == "fork" or self._is_foreign(reply.stream, reply.n, reply.op_id):
            self._fork()
            return True
        if reply.n < batch.operations[0].n - 1:
            return False  # it has less than it said it had: the next pull tells it so
        with self._store.sync_cache() as connection:
            cache.note_position(connection, reply.stream, reply.n, reply.op_id)
        return reply.state == "ok"

    def _fork(self) -> None:
        log.warning("this station's stream is used by another copy of it; going on under a new prefix")
        new = self._api.incarnation(self._incarnation, forked=True)
        self._store.fork(new)

    def _pull_all(self) -> None:
        """Whoever breaks it off, what hangs on what came is seen to: what is in the cache does not come again."""
        try:
            self._pull_pages()
        finally:
            self._see_to_what_came()

    def _pull_pages(self) -> None:
        while True:
            with self._store.sync_cache() as connection:
                at = cache.level(connection)
            page = self._next_page(at)
            if page is None or page.epoch != at.epoch:
                if not self._fetch_beside(page.epoch if page else at.epoch):
                    break
                self._came |= _ALL
                continue
            if self._is_foreign(page.stream, page.n, page.op_id):
                self._fork()
            self._came |= self._take(page)
            if page.complete:
                self._store.clocks.confirmed()
                self._level()
                self._fill()
                break

    def _level(self) -> None:
        """The first time since the start: the program may have been stopped between what came and what hangs on it."""
        if not self._is_level:
            self._came |= setup_copy.NAMES
            self._is_level = True

    def _see_to_what_came(self) -> None:
        came = frozenset(self._came)
        if t.staff.name in came:
            keep_verifiers(self._store)
        if {t.guest_entry.name, t.forgotten.name} & came:
            forget_erased(self._store)
        if came & setup_copy.NAMES:
            self._store.keep_setup()
        self._came -= came
        if came:
            self._store.tell(came)

    def _next_page(self, at: cache.Level) -> Page | None:
        """None when this station was away for so long that the server cannot tell any more what went away since."""
        stream, standing = self._standing(at)
        asked = self._store.clock.monotonic()
        try:
            page, time_ms = self._api.pull(at.buckets or self._wanted, at.cursor, stream, standing)
        except Refused as refused:
            if refused.code is not Code.RESNAPSHOT:
                raise
            self._pulled_as = stream
            return None
        self._store.clocks.heard(time_ms, asked)
        if page.epoch == at.epoch:
            self._pulled_as = stream
        return page

    def _fetch_beside(self, epoch: str) -> bool:
        """Fetches all that there is into a new cache, beside the old one that staff go on with, then changes over.
        False when that is for later: others are first, or it came out wrong."""
        clock, snapshot, whole = self._store.clock, self._store.snapshot, False
        try:
            while not whole and clock.monotonic() >= self._not_before:
                page = self._next_of_all(epoch)
                epoch = page.epoch
                snapshot.begin(epoch, self._wanted)
                whole = snapshot.take(page, to_ms(clock.now()))
                self.fetched += sum(len(rows.rows) for rows in page.tables.values())
        except Busy as busy:
            self._not_before = clock.monotonic() + busy.seconds
        except NotWhole:
            self._not_before = clock.monotonic() + _ANEW_SECONDS
        if whole and not self._store.adopt_snapshot():
            raise Unavailable("cache", "it is being read without a pause")
        return whole

    def _next_of_all(self, epoch: str) -> Page:
        snapshot, buckets = self._store.snapshot, self._wanted
        while True:
            snapshot.begin(epoch, buckets)
            with snapshot.open() as connection:
                after = cache.level(connection).cursor
            try:
                return self._api.pull(buckets, after, *self._standing(cache.Level()), whole=True)[0]
            except Refused as refused:
                if refused.code is not Code.RESNAPSHOT or after == cache.START:
                    raise
                snapshot.drop()  # it was begun too long ago

    def _take(self, page: Page) -> set[str]:
        with self._store.sync_cache() as connection:
            taken = cache.take_page(connection, page, to_ms(self._store.clock.now()))
        return page.changed if taken else set()

    def _fill(self) -> None:
        """Fetches buckets that are wanted and not held yet (a new day), each from its beginning."""
        wanted = self._wanted
        with self._store.sync_cache() as connection:
            at = cache.level(connection)
            missing = [name for name in wanted.split(",") if name not in at.buckets.split(",")]
            if missing and at.fill != ",".join(missing):
                cache.begin_fill(connection, ",".join(missing))
        while missing:
            with self._store.sync_cache() as connection:
                at = cache.level(connection)
            page = self._next_of_fill(at)
            if page is None:
                return
            with self._store.sync_cache() as connection:
                taken = cache.take_fill(connection, page, wanted)
            if not taken:
                return
            self._came |= page.changed
            if page.complete:
                return

    def _next_of_fill(self, at: cache.Level) -> Page | None:
        """None when it was begun too long ago: the next round begins it again."""
        try:
            return self._api.pull(at.fill, at.fill_cursor, *self._standing(at))[0]
        except Refused as refused:
            if refused.code is not Code.RESNAPSHOT:
                raise
        with self._store.sync_cache() as connection:
            cache.begin_fill(connection, at.fill)
        return None

    def _standing(self, at: cache.Level) -> tuple[str, Standing]:
        with self._store.sync_journal() as connection:
            return streams.standing(at, connection, self._store.identity)

    @property
    def _incarnation(self) -> int:
        identity = self._store.identity
        return identity.incarnation if identity else 0

    def _is_foreign(self, stream: str, n: int, op_id: str) -> bool:
        """Somebody copied this station. Asked of push answers too: a batch may be what both copies did, and the next
        number follow the other's."""
        if n == 0 or (stream, n, op_id) == self._ours:
            return False
        with self._store.sync_journal() as connection:
            foreign = streams.is_foreign(stream, n, op_id, connection)
        if not foreign:
            self._ours = (stream, n, op_id)
        return foreign
