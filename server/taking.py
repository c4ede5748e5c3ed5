"""A batch as it is taken: what is known already is answered again, the rest put in and judged, and all of it kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.aside import MISMATCH
from domain.free_text import names, parted
from ledger import feed
from ledger import tables as t
from ledger.case_cards import tried_for
from ledger.case_carried import renew_sold
from ledger.case_rights import judge_permissions
from ledger.cases import (
    copy_goes_on,
    judge_clocks,
    may_go_along,
    quarantine,
    station_copied,
    subjects,
)
from ledger.clock import told_at
from ledger.puts import station_bucket
from ledger.read_guests import are_forgotten
from ledger.rows import add_rows, replace_row
from ledger.wire import Answer, Sent
from server import bans
from server import tables as own
from server.access import Station
from server.beside import lay_beside
from server.erased import are_erased
from server.inbox import Row, inbox_row, rows_of
from server.named import named_in
from server.passing import passes
from server.refund_holds import note_paid
from server.roles import Roles
from server.set_aside import FOREIGN_WHY, give_way, keep_aside, marked, unmarked
from server.standing import holding_under, judge, told_before, watched
from server.told_alone import judge_alone
from server.unkept import note_unkept
from server.yeses import Yeses


@dataclass(frozen=True, slots=True)
class Position:
    n: int
    op_id: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the inbox holds of an operation."""

    hash: bytes
    cases: tuple[str, ...]
    is_foreign: bool = False  # set aside: it was not what it claimed to be


def stored_as(kept: bytes, cases: str) -> Stored:
    digest, is_foreign = unmarked(kept)
    return Stored(digest, tuple(cases.split()), is_foreign)


@dataclass(frozen=True, slots=True)
class Known:
    """What was known before the batch: the roles of those who acted, what the inbox holds by operation, whether any of
    the things that it is about ever had a case, and of which of them nothing was heard."""

    stream: str
    roles: dict[str, str]
    stored: dict[str, Stored]
    has_cases: bool
    unheard: frozenset[str]


@dataclass(frozen=True, slots=True)
class New:
    """An operation that was read and waits to be applied; `about` are its subjects and itself."""

    sent: Sent
    digest: bytes
    operation: op.Operation
    about: frozenset[str]

    def blank(self) -> New:
        """Without its private part, and what was written in it; its digest stays what it is."""
        envelope = replace(self.sent.envelope, private="")
        sent = replace(self.sent, envelope=envelope)
        return replace(self, sent=sent, operation=parted(self.operation)[0])

    def rows(self, now_ms: int) -> Iterator[tuple[sa.Table, Row]]:
        yield from rows_of(self.sent.envelope, self.operation, now_ms)


class Letters(Protocol):
    """What guests are told of what stations recorded."""

    def locked_with(self, connection: Connection, operations: Iterable[op.Operation]) -> set[str]: ...
    def queue(self, connection: Connection, operations: Iterable[op.Operation], now_ms: int) -> set[str]: ...


class Taken:
    """The batch as it is taken: answers so far, what waits to be applied, what waits to be written at the end."""

    def __init__(
        self, connection: Connection, station: Station, known: Known, letters: Letters, now_ms: int
    ) -> None:
        self.connection = connection
        self.station = station
        self._letters = letters
        self.stream, self._stored = known.stream, known.stored
        self._roles = Roles(known.roles, now_ms).of
        self.now_ms = now_ms
        self.answers: list[Answer] = []
        self._touched: set[str] = set()
        self._waiting: list[New] = []
        self._about: set[str] = set()
        self._shared: set[str] = set()  # what more than one that waits is about
        self._last: list[tuple[sa.Table, Row]] = []
        self._has_cases, self._unheard = known.has_cases, known.unheard
        self._left: set[str] = set()  # what earlier incarnations may have left behind

    def take(self, sent: Sent, what: New | str, at: Position) -> tuple[str, Position]:
        """One operation in its order; nothing is taken after a gap or a fork."""
        if sent.n > at.n + 1:
            return "gap", at
        if f"operation:{sent.envelope.op_id}" in self._about:
            self._apply()
        is_good_copy = isinstance(what, New) and self._gives_way(sent.envelope.op_id)
        known = self._known(sent)
        if sent.n <= at.n and known is None and not is_good_copy:
            return "fork", at
        if known is not None:
            self._apply()  # answers keep the order of the batch
            self.answers.append(known)
        elif isinstance(what, str):
            self._apply()
            self._answer(sent, sent.envelope.digest(), "quarantined", (self._quarantine(sent, what),), what)
        else:
            if not may_go_along(what.operation, self._about & what.about):
                self._apply()
            self._shared |= self._about & what.about
            self._waiting.append(what)
            self._about |= what.about
        return "ok", at if sent.n <= at.n else Position(sent.n, sent.envelope.op_id)

    def apply_alone(self, sent: Sent) -> None:
        """Applies what waits in a savepoint of its own, or sets it aside."""
        try:
            with self.connection.begin_nested():
                self._apply()
        except Exception as error:  # whatever an operation brings about, it stops no other
            if passes(error):
                raise
            self._answer(sent, sent.envelope.digest(), "quarantined", (self._quarantine(sent, "database"),))

    def note_fork(self) -> None:
        """The station will ask for its next incarnation: a person must look why."""
        station_copied(self.connection, self.station.station_id, self.station.incarnation + 1, self.now_ms)
        self._touched.add(t.case_item.name)

    def _known(self, sent: Sent) -> Answer | None:
        """The answer to what the inbox has. The same id with another content is never applied; a person must look."""
        op_id = sent.envelope.op_id
        stored = self._stored.get(op_id)
        if stored is None:
            return None
        if stored.hash != sent.envelope.digest():
            keep_aside(self.connection, sent.envelope, self.now_ms)
            return Answer(op_id, "quarantined", (self._quarantine(sent, MISMATCH),))
        return Answer(op_id, "duplicate", stored.cases)

    def _gives_way(self, op_id: str) -> bool:
        """Whether all that is known of an operation is a copy that was not what it claimed; that one is put away."""
        stored = self._stored.get(op_id)
        if stored is None or not stored.is_foreign:
            return False
        self._write_down()
        give_way(self.connection, op_id, self.now_ms)
        self._touched.add(t.case_item.name)
        del self._stored[op_id]
        return True

    def _write_down(self) -> None:
        """What waits for the end, now."""
        self._touched |= {table.name for table, _ in self._last} & t.BY_NAME.keys()
        add_rows(self.connection, self._last)
        self._last = []

    def _quarantine(self, sent: Sent, why: str) -> str:
        self._touched.add(t.case_item.name)
        return quarantine(self.connection, sent.envelope, why, self.station.station_id, self.now_ms)

    def _apply(self) -> None:
        """Puts in what waits and judges it, all at once. If something is wrong with a thing that two of them are about,
        one by one instead: only their order tells whose doing it was."""
        waiting, shared = _without_erased(self.connection, self._waiting), self._shared
        self._waiting, self._shared = [], set()
        self._about.clear()
        if not shared:
            self._tell(waiting, self._put_in(waiting))
            return
        trial = self.connection.begin_nested()
        found = self._put_in(waiting)
        if any(found[subject] for subject in shared):
            trial.rollback()
            for new in waiting:
                self._tell([new], self._put_in([new]))
        else:
            trial.commit()
            self._tell(waiting, found)

    def _put_in(self, waiting: list[New]) -> dict[str, list[str]]:
        """The open cases of each thing that these are about."""
        if not waiting:
            return {}
        self._touched |= add_rows(self.connection, (row for new in waiting for row in new.rows(self.now_ms)))
        given = [(new.sent.envelope, new.operation) for new in waiting]
        lay_beside(self.connection, (operation for _, operation in given))
        note_unkept(self.connection, given)
        note_paid(self.connection, given)
        had = bool(self._has_cases or t.case_item.name in self._touched)
        about = frozenset[str]().union(*(new.about for new in waiting)) - (set() if had else self._unheard)
        about |= tried_for(self.connection, (new.operation for new in waiting))
        about |= bans.concerned(self.connection, given)
        yes = Yeses(given, self.now_ms).use
        permitted = judge_permissions(self.connection, given, self._roles, self.now_ms, yes)
        held = sorted(watched(about, self.station.station_id))
        judged = judge(self.connection, sorted(things(about)), self.now_ms, if_told=held, had=had)
        self._left.update(*(self._left_by(new) for new in waiting))
        self._look_for_a_copy(waiting)
        renewed = renew_sold(self.connection, [operation for _, operation in given], had=had)
        alone = judge_alone(self.connection, self.station.station_id, given, self.now_ms)
        upheld = bans.uphold(self.connection, given, self.now_ms)
        if upheld.changed:
            self._touched |= {t.guest_entry.name, t.case_item.name}
        if bans.level(self.connection, bans.about(given), self.now_ms):
            self._touched.add(t.guest_ban.name)
        clocks = judge_clocks(self.connection, [each for each, _ in given], self.station.name, self.now_ms)
        by_itself = permitted, judged, *alone
        if clocks or renewed or any(each.changed for each in by_itself):
            self._touched.add(t.case_item.name)
        open_now = [each.open for each in (*by_itself, upheld)]
        open_now.append({f"operation:{op_id}": [case] for op_id, case in clocks.items()})
        return _together(open_now)

    def _look_for_a_copy(self, waiting: Iterable[New]) -> None:
        """What records on as an earlier incarnation, after a person said that it is off."""
        said = (new.sent.envelope for new in waiting)
        old = [each for each in said if each.incarnation < self.station.incarnation]
        if old:
            last = max(told_at(each, self.now_ms) for each in old)
            station = self.station.station_id, self.station.incarnation
            if copy_goes_on(self.connection, *station, last):
                self._touched.add(t.case_item.name)

    def _left_by(self, new: New) -> set[str]:
        """What an operation may change of that which an earlier incarnation left behind."""
        incarnation = new.sent.envelope.incarnation
        is_old = incarnation < self.station.incarnation
        return holding_under(new.about, self.station.station_id, incarnation) if is_old else set()

    def _judge_left_behind(self) -> None:
        """At the end: which incarnation sold is known from the inbox."""
        if not (told := told_before(self.connection, sorted(self._left))):
            return
        self._write_down()
        if judge(self.connection, told, self.now_ms).changed:
            self._touched.add(t.case_item.name)

    def _tell(self, waiting: list[New], found: dict[str, list[str]]) -> None:
        said = (new.operation for new in waiting)
        self._touched |= self._letters.queue(self.connection, said, self.now_ms)
        for new in waiting:
            about = subjects(new.operation)
            itself = f"operation:{new.sent.envelope.op_id}"
            cases = tuple(case for subject in (itself, *about) for case in found.get(subject, ()))
            self._answer(new.sent, new.digest, "flagged" if cases else "applied", cases)

    def _answer(self, sent: Sent, digest: bytes, words: str, cases: tuple[str, ...], why: str = "") -> None:
        answer = Answer(sent.envelope.op_id, words, cases)
        self.answers.append(answer)
        self._stored[answer.op_id] = Stored(digest, cases, why in FOREIGN_WHY)
        kept = inbox_row(sent.envelope, digest, (self.stream, sent.n), answer, self.now_ms)
        kept["hash"] = marked(kept["hash"], why)
        result: Row = {
            "result_id": answer.op_id,
            "answer": words,
            "cases": " ".join(cases),
            "at": self.now_ms,
        }
        result["bucket"] = station_bucket(self.station.station_id)
        self._last += [(own.inbox, kept), *named_in(sent.envelope), (t.result, result)]

    def finish(self, at: Position) -> None:
        """Applies what still waits, keeps it, notes the position and, last of all, takes the feed's counter."""
        self._apply()
        self._judge_left_behind()
        place = {"stream": self.stream, "station_id": self.station.station_id, "n": at.n, "op_id": at.op_id}
        moved = (own.position, place | {"moved": self.now_ms})
        if self._touched or self._last:
            feed.publish(self.connection, self._touched, self._last, [moved])
        else:
            replace_row(self.connection, *moved)


def _without_erased(connection: Connection, waiting: list[New]) -> list[New]:
    """The same, without what is said of guests who are forgotten, and written about what they booked."""
    about = [names(new.sent.envelope.public) if new.sent.envelope.private else frozenset() for new in waiting]
    said = frozenset[str]().union(*about)
    if not said or not (gone := are_erased(connection, said) | are_forgotten(connection, said)):
        return waiting
    return [new.blank() if mine & gone else new for new, mine in zip(waiting, about, strict=True)]


def _together(found: Iterable[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """The cases of each subject, whatever they were found by."""
    cases: dict[str, list[str]] = {}
    for each in found:
        for subject, mine in each.items():
            cases[subject] = [*dict.fromkeys((*cases.get(subject, ()), *mine))]
    return cases


def things(about: Iterable[str]) -> Iterator[str]:
    """Those subjects that are judged by what is true now: all but the operations themselves."""
    return (subject for subject in about if not subject.startswith("operation:"))
