"""Lock first: two gates push the same ticket at one moment, on PostgreSQL, where writers do not wait by themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger import tables as t
from ledger.clock import to_ms
from ledger.wire import PROTOCOL, PushBatch
from server.operations import push
from server.refund_letters import RefundLetters
from tests.helpers.core import Core, FakeStation, an_admission
from tests.helpers.waiting import wait_for
from tests.simulation.bugs import bug, put_in

UNLOCKED = bug(
    "nobody locks",
    "Lock first: what is decided about is locked before it is read",
    ("server.database:lock_subjects", 'connection.dialect.name != "postgresql" or not subjects', "True"),
)
_WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


class _Entry:
    """A gate's push of one admission, in a transaction that is ended by hand."""

    def __init__(self, core: Core, gate: FakeStation, name: str) -> None:
        self._core, self._gate = core, gate
        self._batch = PushBatch(
            PROTOCOL, gate.epoch, gate.stream, (gate.sent(an_admission("ticket", admission=name)),)
        )
        self.pushed, self.end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with self._core.database.engine.begin() as connection:
            letters, now = RefundLetters(self._core.database.ids), to_ms(self._core.clock.now())
            push(connection, self._gate.token, self._batch, now, letters=letters)
            self.pushed.set()
            self.end.wait(30)


def _cases_of_two_entries(core: Core) -> int:
    one, two = core.enrol("POS1"), core.enrol("LK1")
    first = _Entry(core, one, "first")
    wait_for(first.pushed.is_set)
    second = _Entry(core, two, "second")
    second.end.set()
    wait_for(
        lambda: second.pushed.is_set() or core.database.look(lambda c: c.execute(_WAITING).scalar_one()) > 0
    )
    first.end.set()
    for entry in (first, second):
        entry.thread.join(30)
    found = sa.select(sa.func.count()).where(t.case_item.c.kind == "double_admission")
    return core.database.look(lambda c: int(c.execute(found).scalar_one()))


@pytest.fixture
def core(tmp_path: Path, postgres_database: str) -> Iterator[Core]:
    core = Core(postgres_database, tmp_path)
    yield core
    core.close()


def test_the_second_of_two_gates_sees_the_first(core: Core) -> None:
    assert _cases_of_two_entries(core) == 1


def test_without_the_lock_two_gates_miss_each_other(core: Core) -> None:
    with put_in(UNLOCKED):
        assert _cases_of_two_entries(core) == 0
