"""Steps 12 to 16 of the family's day, where the front desk loses its power in between: the server is cut off, food is
sold, the desk is killed with -9 and started again, the gate goes on, and the first answer that comes back is lost.

The windows play the same outage, without the kill, in the visit. Here the desk and the gate are processes of their own.
As there it is two hours earlier, while the family's session runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger import journal
from ledger import tables as t
from ledger.database import open_sqlite
from server import tables as own
from tests.faults.processes import Till
from tests.faults.proxy import Fault, Proxy
from tests.faults.scene import Scene, opened
from tests.helpers.line import on_server
from tests.helpers.running import MORNING
from tests.helpers.shop import FAMILY, TUBE
from tests.helpers.waiting import wait_for

FOOD = (30, 30, 31, 32, 33, 33, 33)  # 2 burgers, a kids' meal, fries, 3 water: 98.90
NUMBERS = sa.select(t.document.c.number).order_by(t.document.c.number)
PAID = sa.select(t.payment.c.amount).order_by(t.payment.c.payment_id)
OFFLINE = sa.select(t.sign_in.c.facts).where(t.sign_in.c.facts.contains('"offline":true'))
ADMITTED = sa.select(t.admission.c.admission_id)


class Day:
    """The desk and the gate, each with a line of its own to the server."""

    def __init__(self, scene: Scene, lines: list[Proxy]) -> None:
        self.scene = scene
        self.lines = lines
        self.at(10, 6)
        self.desk, self.gate = (
            scene.till(name, url=line.url, still=True)
            for name, line in zip(("POS1", "LK1"), lines, strict=True)
        )
        for till in scene.tills:
            till.wait_ready()

    def at(self, hour: int, minute: int) -> None:
        """The venue's clock, everywhere; moved only while no answer is on its way, which would seem as old."""
        self.scene.server.clock.set(MORNING + timedelta(hours=hour - 10, minutes=minute + 10))

    def has(self, statement: sa.Select[tuple[object]]) -> list[object]:
        return on_server(self.scene.server, statement)

    def has_all_of(self, *tills: Till) -> bool:
        """Whether the server has all that their staff were told."""
        return set().union(*(till.told for till in tills)) <= set(self.has(sa.select(own.inbox.c.op_id)))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with opened(tmp_path, seed=14) as scene, ExitStack() as stack:
        lines = [Proxy([scene.server.port], scene.server.folder, seed) for seed in (1, 2)]
        for line in lines:
            stack.callback(line.stop)
        yield Day(scene, lines)


def kept(till: Till) -> tuple[list[str], ...]:
    """What lies in a station's journal: operations, print jobs, sales that are not fully paid."""
    engine = open_sqlite(till.folder / "journal.db", read_only=True)
    wanted = (
        sa.select(journal.entry.c.op_id).order_by(journal.entry.c.row),
        sa.select(journal.print_job.c.job_id).order_by(journal.print_job.c.job_id),
        sa.select(journal.open_sale.c.sale_id),
    )
    with engine.connect() as connection:
        found = tuple([*connection.execute(each).scalars()] for each in wanted)
    engine.dispose()
    return found


def words(what: str, cash: str, products: tuple[int, ...]) -> str:
    return " ".join((what, cash, *map(str, products)))


def test_a_desk_that_is_killed_while_the_server_is_cut_off_loses_and_doubles_nothing(day: Day) -> None:
    desk, gate = day.desk, day.gate
    assert desk.answer("there") == "there"
    desk.does(words("sell", "450", FAMILY))
    wait_for(lambda: day.has_all_of(desk, gate))
    father, mother = desk.codes[:2]
    gate.does(f"scan {father}")
    wait_for(lambda: day.has_all_of(gate))
    without = len(day.has(OFFLINE))

    for line in day.lines:  # step 12
        line.cut()
    assert [till.answer("away") for till in (desk, gate)] == ["away", "away"]
    day.at(11, 0)
    assert [desk.answer(f"enter {who}") for who in ("salem", "reem")] == ["salem", "reem"]

    day.at(11, 5)  # step 13
    desk.does(words("sell", "100", FOOD))
    desk.does(words("begin", "20", (TUBE,)))

    day.at(11, 7)  # step 14
    desk.kill()
    operations, papers, begun = kept(desk)
    assert desk.told <= set(operations)
    assert papers
    assert len(begun) == 1
    desk.start("again").wait_ready()
    after, *rest = kept(desk)
    assert after[: len(operations)] == operations
    assert rest == [papers, begun]
    assert desk.answer("settle") == "settled"  # the guest pays the rest

    day.at(11, 10)  # step 15
    gate.does(f"scan {mother}")
    day.at(11, 18)
    gate.does(f"again {father}")
    assert (day.has(NUMBERS), len(day.has(ADMITTED))) == (["POS1-000001"], 1)

    day.at(11, 20)  # step 16
    day.lines[0].lose = b"POST /v1/sync/push"
    for line in day.lines:
        line.open()
    wait_for(lambda: day.has_all_of(desk, gate))
    wait_for(lambda: day.lines[0].faults[Fault.LOST] == 1)
    assert day.has(NUMBERS) == ["POS1-000001", "POS1-000002", "POS1-000003"]
    assert day.has(PAID) == [42550, 9890, 2000, 1450]
    assert len(day.has(ADMITTED)) == 3
    wait_for(lambda: len(day.has(OFFLINE)) >= without + 3)  # nobody was told of these: they may come last
    assert len(day.has(OFFLINE)) == without + 3  # Salem, Reem, and she again after the kill
    assert day.scene.end() == []
