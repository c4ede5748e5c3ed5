"""Stations that push what they are given, over the real line: real ones, enrolled, without a loop of their own."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.server_api import ServerApi
from benchmarks.meters import Meter, timed
from benchmarks.venue import Till, till
from domain import codec
from domain import operation as op
from domain.catalogue import Venue
from domain.envelope import Envelope
from domain.errors import Unavailable
from ledger.clock import Ids
from ledger.wire import PROTOCOL, PushBatch, Sent
from tests.helpers.running import RunningServer

_TRIES = 10


@dataclass
class Pusher:
    """Pushes operations of a stream of its own, under an enrolled station's token."""

    api: ServerApi
    station_id: str
    epoch: str
    ids: Ids
    server: RunningServer
    stream: str
    _n: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def sent(self, operation: op.Operation) -> Sent:
        envelope = Envelope(
            self.ids.new(), type(operation).__name__, op.VERSION, self.station_id, 1, "reem", "shift",
            self.server.clock.now(), 0, codec.dumps(operation),
        )  # fmt: skip
        return Sent(next(self._n), envelope.digest().hex(), envelope)

    def push(self, sent: Sequence[Sent]) -> None:
        reply = self.api.push(PushBatch(PROTOCOL, self.epoch, self.stream, tuple(sent)))
        assert reply.state == "ok" and all(answer.answer == "applied" for answer in reply.answers), reply


def pusher(server: RunningServer, one: Till) -> Pusher:
    identity = one.store.identity
    assert identity is not None
    page, _ = one.api.pull("keys", "", "")
    stream = f"bench-{identity.station_id}"
    return Pusher(one.api, identity.station_id, page.epoch, Ids(server.clock), server, stream)


@contextlib.contextmanager
def pushers(folder: Path, server: RunningServer, names: Sequence[str]) -> Iterator[list[Pusher]]:
    with contextlib.ExitStack() as stack:
        tills = [stack.enter_context(contextlib.closing(till(folder / name, server, name))) for name in names]
        yield [pusher(server, one) for one in tills]


def venue_of(one: Pusher) -> Venue:
    """The venue's own record, as the server sends it."""
    page, _ = one.api.pull("global", "", "")
    records = page.tables["record"]
    kind, body = (records.columns.index(name) for name in ("kind", "body"))
    return codec.loads(Venue, next(str(row[body]) for row in records.rows if row[kind] == "venue"))


def at_once(work: Sequence[tuple[Pusher, Sequence[Sequence[Sent]]]], cpu: Meter) -> tuple[float, list[float]]:
    """CPU ms by `cpu` of it all, and wall ms of each push. Each line is open before; all stations begin together, and
    each sends its batches one after the other."""
    taken: list[list[float]] = [[] for _ in work]
    faults: list[BaseException] = []
    begun: list[float] = []
    barrier = threading.Barrier(len(work), lambda: begun.append(cpu()))

    def run(number: int) -> None:
        one, batches = work[number]
        try:
            _open_line(one)
            barrier.wait()
            taken[number] = [timed(partial(one.push, batch)) for batch in batches]
        except BaseException as fault:
            barrier.abort()  # or the others would wait for it
            faults.append(fault)

    _together([partial(run, number) for number in range(len(work))])
    if faults:
        raise faults[0]
    return cpu() - begun[0], [each for some in taken for each in some]


def _open_line(one: Pusher) -> None:
    """As long as others open theirs, it may take more than one try."""
    for left in reversed(range(_TRIES)):
        try:
            one.api.pull("keys", "", "")
        except Unavailable:
            if not left:
                raise
        else:
            return


def _together(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
