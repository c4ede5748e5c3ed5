"""A new cache is fetched beside the old one: staff go on, and whenever the power goes one of the two is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from domain.errors import Unavailable
from ledger import cache
from ledger import tables as t
from tests.helpers.logs import ExpectedLogs
from tests.simulation.bugs import bug, put_in
from tests.simulation.disk import Stopped
from tests.simulation.invariants import judge
from tests.simulation.machines import Machine
from tests.simulation.quiet import drain
from tests.simulation.test_midnight import sell, venue
from tests.simulation.world import World

_MOST = 400
MERGED = bug(
    "a new epoch is merged",
    "Epoch: a cache of another epoch is never gone on with",
    ("app.snapshot:Snapshot.begin", "self.drop()", "self.close()"),
    ("app.snapshot:Snapshot.take", "if wrong:", "if False:"),  # a second guard
    ("ledger.cache:start_over", "connection.execute(sa.delete(table))", "pass"),
)
NOT_LEVEL = bug(
    "a new cache lacks what is not answered",
    "Cache level: what is changed over to is level with the journal",
    (
        "app.store:Store.adopt_snapshot",
        "cache.apply(fresh, cache.unsettled(fresh, journal.kept_since(reader, 0)))",
        "pass",
    ),
)


def rows(machine: Machine) -> int:
    with machine.up.store.read() as connection:
        return len(connection.execute(t.sale.select()).all())


def _sold_and_seen(world: World) -> tuple[int, list[int]]:
    """How many sales there are, and what the till saw after each and once it had changed over."""
    one = world.machines[0]
    sell(world, one)
    one.up.sync.once()
    world.server.restore(world.server.backups[0])
    pulled, seen = one.up.sync._api.pull, []

    def pull(*given: Any, **named: Any) -> Any:
        if named.get("whole") and len(seen) < 5:
            sell(world, one)
            seen.append(rows(one))
        return pulled(*given, **named)

    with mock.patch.object(one.up.sync._api, "pull", pull):
        one.up.sync._pull_all()
    return len(seen) + 1, [*seen, rows(one)]


@pytest.mark.parametrize("page", [2, 40])
def test_staff_sell_while_a_new_epoch_is_fetched(page: int) -> None:
    with venue(page) as world:
        sold, seen = _sold_and_seen(world)
        assert seen == [*range(2, sold + 1), sold]
        drain(world)
        assert judge(world) == []


def test_a_cache_that_is_not_level_when_it_is_changed_over_to_is_missed() -> None:
    with venue(2) as world, put_in(NOT_LEVEL):
        sold, seen = _sold_and_seen(world)
        assert seen[-1] < sold


def _two_restores(world: World) -> list[str]:
    """The second one while the cache of the first is half fetched; it knows of a sale that the last one lost."""
    one, two = world.machines[:2]
    for _ in range(3):
        sell(world, two)
    two.up.sync.once()
    world.server.back_up()
    world.server.restore(world.server.backups[-1])
    pulled, pages = one.up.sync._api.pull, []

    def pull(*given: Any, **named: Any) -> Any:
        page = pulled(*given, **named)
        pages.append(page)
        if "sale" in page[0].tables and not page[0].complete:
            world.server.restore(world.server.backups[0])
        return page

    with mock.patch.object(one.up.sync._api, "pull", pull):
        one.up.sync.once()
    return ["a sale that the server does not know"] * (rows(one) > 0)


def test_a_cache_of_another_epoch_is_never_gone_on_with() -> None:
    with venue(2) as world:
        assert _two_restores(world) == []
        drain(world)
        assert judge(world) == []
    with venue(2) as world, put_in(MERGED):
        assert _two_restores(world) != []


def _stops(world: World, one: Machine, before: int) -> bool:
    unlink, replace = Path.unlink, Path.replace

    def stepped(plain: Any) -> Any:
        def step(self: Path, *given: Any, **named: Any) -> Any:
            if self.parent == one.folder and self.name.startswith("cache"):
                one.fuse.step()
            return plain(self, *given, **named)

        return step

    one.fuse.arm(before)
    with (
        mock.patch.object(Path, "unlink", stepped(unlink)),
        mock.patch.object(Path, "replace", stepped(replace)),
    ):
        try:
            one.up.sync.once()
        except Stopped:
            one.stop()
            return True
        finally:
            one.fuse.arm(0)
    return False


def test_power_cuts_leave_the_old_cache_or_the_new_one(expected_logs: ExpectedLogs) -> None:
    """Before each write and each move of a file, from the first page to the change-over."""
    expected_logs.allow("")
    with venue(40) as world:
        one = world.machines[0]
        sell(world, one)
        one.up.sync.once()
        for before in range(1, _MOST):
            world.server.restore(world.server.backups[0])
            world.cable.asked.clear()
            if not _stops(world, one, before):
                break
            one.fuse.blown = False  # to look at the disk
            assert cache._is_sound(one.folder / "cache.db")
            one.start()
            assert rows(one) == 1
        else:
            raise AssertionError("it never runs through")
        assert before > 20
        drain(world)
        assert judge(world) == []


def test_a_cache_that_is_read_all_the_time_is_not_exchanged() -> None:
    with venue(40) as world, mock.patch("app.cache_file._READERS_SECONDS", 0.01):
        one = world.machines[0]
        world.server.restore(world.server.backups[0])
        with one.up.store.read() as connection:
            with pytest.raises(Unavailable):
                one.up.sync.once()
            assert connection.execute(t.record.select()).first() is not None
        one.up.sync.once()
        drain(world)
        assert judge(world) == []
