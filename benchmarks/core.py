"""The server without HTTP: what an operation costs in one transaction with inbox, effects, judging and change feed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from benchmarks.crowd import Crowd, fill, on_sale
from benchmarks.databases import ALONE, BATCH, Place, Plain, analyse, floor_row, on_each
from benchmarks.rows import Floor, Row, Scale
from benchmarks.selling import admission, family_sale
from domain.operation import Operation
from ledger.read_setup import venue
from ledger.wire import Sent
from tests.helpers import core as helper

T = TypeVar("T")
_TURNS, _PLAIN = 10, 30


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU ms of one, and the floor in the same turns."""

    cpu: float
    floor: Floor

    def of(self, number: float) -> Cost:
        return replace(self, cpu=self.cpu * number)


def measure(scale: Scale) -> list[Row]:
    return on_each(scale, _on)


def _on(place: Place, folder: Path, scale: Scale) -> list[Row]:
    core, plain = helper.Core(place.url, folder), Plain(place, folder)
    try:
        return _Bench(core, plain).rows(scale)
    finally:
        plain.close()
        core.close()


class _Bench:
    def __init__(self, core: helper.Core, plain: Plain) -> None:
        self.core, self.plain, self.place = core, plain, plain.place
        self.station = core.enrol("POS1")
        self.venue = core.database.look(venue)
        self._numbers = itertools.count()

    def rows(self, scale: Scale) -> list[Row]:
        alone, batches, sales = scale.of(300, 60), scale.of(12, 4), scale.of(80, 20)
        together = 10
        crowd = Crowd(scale.of(20_000, 2_000), helper.DAY, sales=sales + 4 * together)
        few = self._admissions([f"early-{n}" for n in range(alone)], 1)
        self.core.database.transact(lambda c: fill(c, crowd, self.core.clock, published=True))
        analyse(self.core.database.engine)
        ids = crowd.ticket_ids(alone + batches * BATCH)
        one, many = self._admissions(ids[:alone], 1), self._admissions(ids[alone:], BATCH)
        sold = self._sales(sales, 1)
        sold_many = self._sales(together * 4, together)
        name = self.place.name
        return [
            floor_row(self.place, one.floor),
            self._row("admission alone", one, ALONE[name]),
            self._row(f"admission in a batch of {BATCH}", many, 0.5),
            self._row("sale of 3 tickets, paid", sold, 6.0),
            Row(f"{name}: the same, {together} in a batch", "CPU ms", {"mean": sold_many.cpu}),
            Row(
                f"{name}: admission with {crowd.tickets:,} tickets",
                "CPU ms",
                {"mean": one.cpu},
                ratio=(one.cpu / one.floor.here) / (few.cpu / few.floor.here),
                beside="with none",
            ),
        ]

    def _row(self, what: str, cost: Cost, bar: float) -> Row:
        return Row(f"{self.place.name}: {what}", "CPU ms", {"mean": cost.cpu}, "mean", bar, floor=cost.floor)

    def _admissions(self, ticket_ids: list[str], at_once: int) -> Cost:
        sent = [
            self.station.sent(admission(self.core.database.ids, ticket_id, helper.DAY))
            for ticket_id in ticket_ids
        ]
        return self._pushed(sent, at_once)

    def _sales(self, times: int, at_once: int) -> Cost:
        """CPU ms a sale; each is two operations."""
        operations: list[Operation] = []
        for number in itertools.islice(self._numbers, times):
            where = (helper.DAY, on_sale(number))
            operations += family_sale(self.venue, where, f"{number:06d}", self.core.clock)
        return self._pushed([self.station.sent(operation) for operation in operations], 2 * at_once).of(2)

    def _pushed(self, sent: list[Sent], at_once: int) -> Cost:
        batches = [sent[start : start + at_once] for start in range(0, len(sent), at_once)]

        def push(batch: list[Sent]) -> None:
            reply = self.station.push(*batch)
            assert reply.state == "ok" and all(answer.answer == "applied" for answer in reply.answers), reply

        return self._cost(push, batches).of(1 / at_once)

    def _cost(self, work: Callable[[T], None], pieces: list[T]) -> Cost:
        """Of each call, in turns with the floor; the first tenth warms up and is not counted."""
        warm = max(1, len(pieces) // 10)
        for piece in pieces[:warm]:
            work(piece)
        counted, spent = pieces[warm:], 0.0
        turn = max(1, len(counted) // _TURNS)
        for start in range(0, len(counted), turn):
            self.plain.take(_PLAIN)
            before = self.place.cpu()
            for piece in counted[start : start + turn]:
                work(piece)
            spent += self.place.cpu() - before
        return Cost(spent / max(1, len(counted)), self.plain.found().cpu)
