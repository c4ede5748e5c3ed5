"""One staff action as it is recorded: who acts where, and what is added in its transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec, free_text
from domain import operation as op
from domain.envelope import Envelope
from domain.incarnations import Been, been_as, been_of
from domain.private import Pairs, sealed
from domain.sound import why_unsound
from ledger import cache, journal
from ledger.clock import Clock, Ids, to_ms
from ledger.read_guests import are_forgotten
from ledger.wire import Enrolled, Incarnation

Said = TypeVar("Said", bound=op.Operation)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this station is, from its enrolment. `been`: the incarnations that its journal answers for, as the text of
    `domain.incarnations`."""

    station_id: str
    name: str
    incarnation: int
    prefix: str
    server_url: str
    certificate: str
    been: str = ""

    def going_on(self, given: Incarnation) -> Identity:
        """As its next incarnation, on the same journal."""
        been = self._been().together(been_as(given.incarnation, given.after)).text
        return replace(self, incarnation=given.incarnation, prefix=given.prefix, been=been)

    def after(self, old: Identity) -> Identity:
        """On the journal that was the `old` one's."""
        return replace(self, been=old._been().together(self._been()).text)

    def _been(self) -> Been:
        return been_of(self.been) if self.been else been_as(self.incarnation)


def identity_of(given: Enrolled, url: str, certificate: str) -> Identity:
    """That of a folder which was a station never before."""
    been = been_as(given.incarnation, given.after).text
    return Identity(given.station_id, given.name, given.incarnation, given.prefix, url, certificate, been)


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

    def add(self, operation: Said, *, shift_id: str | None = None, said: Pairs = ()) -> Said:
        """Appends an operation, and returns it as it is kept; it is durable when the action's transaction commits. What
        is `said` of a guest is its private part, and so is what staff wrote in it; of what is about a guest who was
        erased that is not kept. Raises ValueError, and nothing is kept, for one that the rule book calls impossible:
        that is a fault of this program."""
        if why := why_unsound(operation):
            raise ValueError(f"{type(operation).__name__}: {why}")
        moment = self._moment
        bare, written = free_text.parted(operation)
        public = codec.dumps(bare)
        kept, digest = sealed(secrets.token_hex(16), (*said, *written))
        if written and are_forgotten(self.cache, free_text.names(public)):
            operation, kept = cast(Said, bare), ""  # its digest tells that there was something
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
            public,
            kept,
            digest,
        )
        journal.append(self.journal, envelope, self._tx)
        journal.note_moves(self.journal, envelope, operation)
        cache.add(self.cache, envelope, operation)
        self.topics.add(type(operation).__name__)
        self.added += 1
        return operation

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
