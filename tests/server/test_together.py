"""A batch is put in and judged at once where that makes no difference: answers and cases are those of one by one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from domain import operation as op
from ledger import tables as t
from ledger.wire import Sent
from tests.helpers.core import Core, FakeStation, a_booking, a_sale, an_admission

_CASES = sa.select(
    t.case_item.c.kind, t.case_item.c.subject, t.case_item.c.facts, t.case_item.c.closed_by
).order_by(t.case_item.c.subject, t.case_item.c.kind)


def visit(core: Core, name: str, *, tickets: int = 1, number: str = "") -> list[op.Operation]:
    """Bought, paid, all of them admitted."""
    booked = a_booking(core, tickets=tickets, booking=name)
    admitted = [an_admission(each.ticket_id, admission=f"{each.ticket_id}-a") for each in booked.tickets]
    return [booked, a_sale(core, booked, number=number or f"POS1-{name}"), *admitted]


def trouble(core: Core, chance: random.Random) -> Iterator[op.Operation]:
    """Families, now and then one that something is wrong with, or an order that no till keeps."""
    names = [f"family{number}" for number in range(6)]
    for name in names:
        size = chance.choice((1, 3, core.capacity // 2))
        steps = visit(core, name, tickets=size, number=chance.choice(("", "", "POS1-000009")))[:5]
        booked = steps[0]
        assert isinstance(booked, op.BookingMade)
        other = chance.choice(names)
        extra: list[op.Operation] = [
            an_admission(f"{other}-t0", admission=f"{name}-twice"),
            replace(an_admission(f"{other}-t0", admission=f"{name}-again"), again=True),
            op.AdmissionUndone(f"{other}-t0-a", f"{other}-t0", booked.day),
            replace(a_sale(core, booked, number=f"POS1-{name}2"), sale_id=f"{name}-s2"),
            op.CardUnknown(f"{name}-card", "no answer"),
        ]
        steps += chance.sample(extra, chance.choice((0, 1, 2)))
        if chance.random() < 0.3:
            chance.shuffle(steps)
        yield from steps


def told(
    core: Core, pos: FakeStation, batches: Sequence[Sequence[Sent]]
) -> tuple[list[tuple[str, tuple[str, ...]]], list[tuple[object, ...]]]:
    """The answers in order, and all cases."""
    replies = [pos.push(*batch) for batch in batches]
    answers = [(each.answer, each.cases) for reply in replies for each in reply.answers]
    with core.database.engine.begin() as connection:
        return answers, [tuple(row) for row in connection.execute(_CASES)]


@pytest.mark.parametrize("seed", range(12))
def test_a_batch_is_answered_as_its_operations_one_by_one(core: Core, tmp_path: Path, seed: int) -> None:
    alone = Core(f"sqlite:///{tmp_path / 'alone.db'}", tmp_path)
    pos, single = core.enrol("POS1"), alone.enrol("POS1")
    pos.stream = single.stream = "one"
    said = [pos.sent(operation) for operation in trouble(core, random.Random(seed))]
    batches = [said[start : start + 20] for start in range(0, len(said), 20)]
    try:
        assert told(core, pos, batches) == told(alone, single, [[each] for each in said])
    finally:
        alone.close()


def test_many_families_cost_no_more_statements_than_two(core: Core) -> None:
    pos, counts = core.enrol("POS1"), []
    for families in (2, 9):
        names = [f"of{families}-{number}" for number in range(families)]
        batch = [operation for name in names for operation in visit(core, name)]
        statements: list[str] = []
        note = _noted(statements)
        event.listen(core.database.engine, "before_cursor_execute", note)
        try:
            answers = pos.say(*batch).answers
        finally:
            event.remove(core.database.engine, "before_cursor_execute", note)
        assert {answer.answer for answer in answers} == {"applied"}
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 9  # many rows travel table by table, of which there are nine


def _noted(statements: list[str]) -> Callable[..., None]:
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    return note
