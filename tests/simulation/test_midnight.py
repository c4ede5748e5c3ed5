"""A day ends while others go on selling: the new day is fetched page by page beside what is held, the old one goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
import sqlalchemy as sa

from app.wanted import wanted_buckets
from domain.money import Money
from ledger import cache
from ledger import tables as t
from tests.simulation.bugs import Bug, bug, put_in
from tests.simulation.invariants import judge
from tests.simulation.line import CALM
from tests.simulation.machines import Machine
from tests.simulation.plan import Plan
from tests.simulation.quiet import drain
from tests.simulation.world import World, opened, simulated

PAGE_FROM_ELSEWHERE = bug(
    "a page from elsewhere is taken",
    "Page: taken only if it begins where the cache stands",
    ("ledger.cache:take_page", "page.after != at.cursor or ", ""),
)
FILL_FROM_ELSEWHERE = bug(
    "a new day's page from elsewhere is taken",
    "Page: backfill of a bucket needs the same guard",
    ("ledger.cache:take_fill", "page.after != at.fill_cursor or ", ""),
)


@contextmanager
def venue(page: int) -> Iterator[World]:
    """A venue with two tills at work, where nothing happens by itself."""
    with simulated(), opened(Plan(1, "plain", page, 50, ())) as world:
        world.cable.odds = CALM
        for machine, who in zip(world.machines[:2], ("reem", "salem"), strict=True):
            machine.start()
            machine.up.people.sign_in(who, "2580" if who == "reem" else "1470")
            machine.up.shifts.open({10000: 1})
        world.machines[2].start()
        yield world


def sell(world: World, machine: Machine, product: int = 33) -> None:
    """A bottle of water needs no session."""
    selling = machine.up.selling
    page = machine.up.checkout.begin(selling.add(selling.empty(), product, 0))
    machine.up.checkout.cash(page.sale_id, Money(page.left.minor, "SAR"))
    machine.acked.update(world.new_entries(machine))


def buckets(machine: Machine) -> set[str]:
    with machine.up.store.read() as connection:
        return set(connection.execute(sa.select(t.sale.c.bucket)).scalars())


@pytest.mark.parametrize("page", [1, 2, 7, 40])
def test_the_roll_loses_nothing_while_others_sell(page: int) -> None:
    with venue(page) as world:
        one, two = world.machines[:2]
        for _ in range(3):
            sell(world, one)
        one.up.shifts.count({10000: 1, 500: 1, 100: 1, 50: 1, 25: 1, 10: 1, 5: 1})
        one.up.shifts.close("", None)  # the days of an open shift are kept
        one.acked.update(world.new_entries(one))
        one.up.sync.once()
        world.time.forward(15 * 24 * 3600)  # what the other till sells now is of a day that nobody holds yet
        sell(world, two)
        two.up.sync.once()
        pulled, between = one.up.sync._api.pull, []

        def pull(*given: object) -> object:
            if len(between) < 6:
                between.append(given)
                sell(world, two)
                two.up.sync.once()
            return pulled(*given)  # type: ignore[arg-type] # as it was called

        with mock.patch.object(one.up.sync._api, "pull", pull):
            one.up.sync.once()
        assert len(between) >= 2
        assert buckets(one) == {"day:2026-12-11"}
        drain(world)
        assert judge(world) == []


def _stale(world: World, *, filling: bool) -> list[str]:
    """The second page comes, and the first was never stored."""
    one, two = world.machines[:2]
    one.up.sync.once()
    if filling:
        world.time.forward(15 * 24 * 3600)
    for _ in range(4):
        sell(world, two)
    two.up.sync.once()
    store = one.up.store
    wanted = wanted_buckets(store)
    with store.sync_cache() as connection:
        if filling:
            cache.begin_fill(connection, wanted)
        at = cache.level(connection)
    held, after = (at.fill, at.fill_cursor) if filling else (at.buckets, at.cursor)
    first, _ = one.up.sync._api.pull(held, after, "")
    second, _ = one.up.sync._api.pull(held, first.next, "")
    with store.sync_cache() as connection:
        if filling:
            cache.take_fill(connection, second, wanted)
        else:
            cache.take_page(connection, second, 1)
    with store.read() as connection:
        now = cache.level(connection)
    if filling:  # a fill is fetched on from where it is believed to be
        one.up.sync._fill()
        return [] if now == at else ["the fill went on without its first page"]
    drain(world)
    return judge(world)


@pytest.mark.parametrize(("filling", "rule"), [(False, PAGE_FROM_ELSEWHERE), (True, FILL_FROM_ELSEWHERE)])
def test_a_page_is_taken_only_where_it_belongs(filling: bool, rule: Bug) -> None:
    with venue(2) as world:
        assert _stale(world, filling=filling) == []
    with venue(2) as world, put_in(rule):
        assert _stale(world, filling=filling) != []
