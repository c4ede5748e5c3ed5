"""The server without HTTP: what an operation costs in one transaction with inbox, effects, judging and change feed."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from benchmarks.crowd import Crowd, family_sale, fill
from benchmarks.meters import Meter, cpu_of_family, own_cpu
from benchmarks.rows import Row, Scale, Skipped
from domain.catalogue import Words
from domain.operation import GuestAdmitted, Operation
from ledger.read_setup import venue
from ledger.wire import Sent
from tests.helpers import core as helper
from tests.helpers import postgres

T = TypeVar("T")
BATCH = 50
ALONE = {"sqlite": 1.2, "postgresql": 1.8}


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of database to measure on; `cpu` counts every process that works for it, in ms."""

    name: str
    url: str
    cpu: Meter


@contextlib.contextmanager
def places(folder: Path) -> Iterator[list[Place]]:
    """Embedded SQLite, and PostgreSQL where it can be run."""
    embedded = Place("sqlite", f"sqlite:///{folder / 'venue.db'}", own_cpu)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.running())
        except pytest.skip.Exception:
            yield [embedded]
            return
        pid = postmaster(server)
        yield [
            embedded,
            Place("postgresql", server.url(server.fresh()), lambda: own_cpu() + cpu_of_family(pid)),
        ]


def postmaster(server: postgres.Postgres) -> int:
    """The process id of a running PostgreSQL, which writes it into its folder."""
    file = Path(server.host) / "data" / "postmaster.pid"
    if not file.exists():
        raise Skipped("the process of PostgreSQL is not known here")
    return int(file.read_text().split()[0])


def measure(scale: Scale) -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="gatehouse-bench-", ignore_cleanup_errors=True) as folder,
        places(Path(folder)) as found,
    ):
        rows = [row for place in found for row in _on(place, Path(folder), scale)]
    if len(found) == 1:
        rows.append(Row("PostgreSQL is not here, its rows are missing", "", {"rows": 0}))
    return rows


def _on(place: Place, folder: Path, scale: Scale) -> list[Row]:
    core = helper.Core(place.url, folder)
    try:
        return _Bench(core, place).rows(scale)
    finally:
        core.close()


class _Bench:
    def __init__(self, core: helper.Core, place: Place) -> None:
        self.core, self.place = core, place
        self.station = core.enrol("POS1")
        self.venue = core.database.look(venue)
        self._names = (f"{number:06d}" for number in itertools.count(1))

    def rows(self, scale: Scale) -> list[Row]:
        alone, batches, sales = scale.of(300, 60), scale.of(12, 4), scale.of(80, 20)
        crowd = Crowd(scale.of(20_000, 2_000), helper.DAY)
        few = self._admissions([f"early-{n}" for n in range(alone)], 1)
        self.core.database.transact(lambda c: fill(c, crowd, self.core.clock, published=True))
        self._analyse()
        ids = crowd.ticket_ids(alone + batches * BATCH)
        floor = self._floor(alone)
        one, many = self._admissions(ids[:alone], 1), self._admissions(ids[alone:], BATCH)
        sold = self._sales(sales, 1)
        together = 10
        sold_many = self._sales(together * 4, together)
        name, beside = self.place.name, "one statement in a transaction"
        return [
            Row(f"{name}: {beside}", "CPU ms", {"mean": floor}),
            Row(
                f"{name}: admission alone",
                "CPU ms",
                {"mean": one},
                "mean",
                ALONE[name],
                ratio=one / floor,
                beside=beside,
            ),
            Row(
                f"{name}: admission in a batch of {BATCH}",
                "CPU ms",
                {"mean": many},
                "mean",
                0.5,
                ratio=many / floor,
                beside=beside,
            ),
            Row(
                f"{name}: sale of 3 tickets, paid",
                "CPU ms",
                {"mean": sold},
                "mean",
                6.0,
                ratio=sold / floor,
                beside=beside,
            ),
            Row(f"{name}: the same, {together} in a batch", "CPU ms", {"mean": sold_many}),
            Row(
                f"{name}: admission with {crowd.tickets:,} tickets",
                "CPU ms",
                {"mean": one},
                ratio=one / few,
                beside="with none",
            ),
        ]

    def _analyse(self) -> None:
        """As autovacuum would have after so many rows."""
        with self.core.database.engine.begin() as connection:
            connection.execute(sa.text("ANALYZE"))

    def _floor(self, times: int) -> float:
        table = sa.Table(
            "floor", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), sa.Column("words", sa.Text)
        )
        statement = sa.insert(table)
        engine = self.core.database.engine
        with engine.begin() as connection:
            table.create(connection)

        def once(number: int) -> None:
            with engine.begin() as connection:
                connection.execute(statement, {"n": number, "words": "x" * 200})

        return self._cpu(once, list(range(times)))

    def _admissions(self, ticket_ids: list[str], at_once: int) -> float:
        sent = [self.station.sent(_admission(self.core, ticket_id)) for ticket_id in ticket_ids]
        return self._pushed(sent, at_once)

    def _sales(self, times: int, at_once: int) -> float:
        """CPU ms a sale; each is two operations."""
        operations: list[Operation] = []
        for number in range(times):
            operations += family_sale(
                self.venue, (helper.DAY, 60_000 + number // 50), next(self._names), self.core.clock
            )
        return self._pushed([self.station.sent(operation) for operation in operations], 2 * at_once) * 2

    def _pushed(self, sent: list[Sent], at_once: int) -> float:
        batches = [sent[start : start + at_once] for start in range(0, len(sent), at_once)]

        def push(batch: list[Sent]) -> None:
            reply = self.station.push(*batch)
            assert reply.state == "ok" and all(answer.answer == "applied" for answer in reply.answers), reply

        return self._cpu(push, batches) / at_once

    def _cpu(self, work: Callable[[T], None], pieces: list[T]) -> float:
        """CPU ms of each call; the first tenth warms up and is not counted."""
        warm = max(1, len(pieces) // 10)
        for piece in pieces[:warm]:
            work(piece)
        before = self.place.cpu()
        for piece in pieces[warm:]:
            work(piece)
        return (self.place.cpu() - before) / max(1, len(pieces) - warm)


def _admission(core: helper.Core, ticket_id: str) -> GuestAdmitted:
    return GuestAdmitted(
        core.database.ids.new(), ticket_id, 1, 7, helper.DAY, Words("Gate 1", "البوابة 1"), False
    )
