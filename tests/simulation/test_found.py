"""What histories have found, each as the few steps that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from unittest import mock

import pytest
import sqlalchemy as sa

from domain import codec
from domain.errors import Unavailable
from domain.money import Money
from ledger import journal
from ledger import tables as t
from server import tables as own
from tests.helpers.logs import ExpectedLogs
from tests.simulation.bugs import bug, put_in
from tests.simulation.invariants import judge
from tests.simulation.line import CALM
from tests.simulation.machines import Machine
from tests.simulation.plan import Plan
from tests.simulation.quiet import drain
from tests.simulation.world import World, opened, simulated

Open = Callable[..., World]


@pytest.fixture
def venue() -> Iterator[Open]:
    """Opens a venue where nothing happens by itself; `push` operations travel at once."""
    with simulated():

        def make(push: int = 50) -> World:
            context = opened(Plan(1, "plain", 40, push, ()))
            world = context.__enter__()
            contexts.append(context)
            world.cable.odds = CALM
            for machine in world.machines:
                machine.start()
            return world

        contexts: list[object] = []
        yield make
        for context in contexts:
            context.__exit__(None, None, None)  # type: ignore[attr-defined] # a context manager of its kind


def _at_work(world: World) -> Machine:
    """POS1 with Reem and an open shift."""
    desk = world.machines[0]
    desk.up.people.sign_in("reem", "2580")
    desk.up.shifts.open({10000: 1})
    desk.set_line(online=True)
    return desk


def _cash_in(machine: Machine) -> None:
    machine.up.shifts.cash_in(Money(500, "SAR"), "change")


def test_a_copied_station_is_seen_though_its_first_batch_is_what_both_did(
    venue: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("another copy")
    world = venue(push=1)
    desk = _at_work(world)
    desk.up.sync.once()
    _cash_in(desk)
    twin = desk.copy("pos1-2", world.folder / "twin")
    world.machines.append(twin)
    twin.start()
    twin.up.people.sign_in("reem", "2580")
    _cash_in(twin)
    twin.up.sync.once()
    for _ in range(4):
        _cash_in(desk)
    desk.up.sync.once()
    drain(world)
    assert judge(world) == []


def test_a_copy_that_fetched_all_anew_sees_that_its_stream_is_not_its_own(
    venue: Open, expected_logs: ExpectedLogs
) -> None:
    """The line breaks between the fetch, which brings the other's position, and the new prefix."""
    expected_logs.expect("another copy")
    world = venue()
    desk = world.machines[0]
    twin = desk.copy("pos1-2", world.folder / "twin")
    world.machines.append(twin)
    _at_work(world)
    desk.up.sync.once()
    twin.lose_cache()
    twin.start()
    twin.up.people.sign_in("reem", "2580")
    twin.up.shifts.open({10000: 2})
    _cash_in(twin)
    broken = mock.patch.object(twin.up.sync._api, "incarnation", side_effect=Unavailable("server"))
    with broken, pytest.raises(Unavailable):
        twin.up.sync.once()
    twin.up.sync.once()
    drain(world)
    assert judge(world) == []


def test_what_is_done_is_seen_at_once_though_the_cache_refused_its_commit(
    venue: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not follow")
    desk = venue().machines[0]
    desk.up.people.sign_in("reem", "2580")
    desk.fuse.refuse_commit("cache.db")
    assert desk.up.shifts.open({10000: 1}).opening == Money(10000, "SAR")


_FOUND = "sa.select(t.admission).where(t.admission.c.admission_id == new.operation.admission_id)"
_BEGUN = f"(new.sent.envelope.kind != 'AdmissionUndone' or self.connection.execute({_FOUND}).first())"
NO_END_ALONE = bug(
    "no end without its beginning",
    "No foreign keys: an end whose beginning is missing is stored, and counts when it arrives",
    (
        "server.taking:Taken._put_in",
        "for new in waiting for row in new.rows(self.now_ms)",
        f"for new in waiting if {_BEGUN} for row in new.rows(self.now_ms)",
    ),
)


def _an_end_comes_first(world: World) -> list[str]:
    """POS1 lets a guest in, the gate takes it back; a restored server hears of it from the gate first."""
    desk, gate = _at_work(world), world.machines[2]
    selling = desk.up.selling
    cart = selling.add(selling.empty(), 1, selling.page(0, "").chosen)
    page = desk.up.checkout.begin(selling.reserve(cart))
    desk.up.checkout.cash(page.sale_id, page.left)
    world.new_entries(desk)
    inside = desk.up.gate.scan(world.town.codes[0])
    desk.up.sync.once()
    gate.up.sync.once()
    gate.up.people.sign_in("faisal", "3690")
    gate.up.gate.undo(inside.admission_id)
    world.server.restore(world.server.backups[0])
    gate.up.sync.once()
    drain(world)
    return judge(world)


def test_an_end_counts_though_its_beginning_comes_later(venue: Open) -> None:
    assert _an_end_comes_first(venue()) == []


def test_an_end_that_waits_for_its_beginning_is_missed(venue: Open) -> None:
    with put_in(NO_END_ALONE):
        assert _an_end_comes_first(venue()) != []


NO_MENDING = bug(
    "a hole is asked for without end",
    "Stream: what the journal has lost is not waited for",
    ("app.exchange:Exchange._next_batch", "now.last_n > had and (not kept or kept[0].n != had + 1)", "False"),
)


def _a_row_is_lost(world: World, lost: int) -> list[str]:
    """A journal of which a row cannot be read: what is left is numbered anew, and goes out."""
    desk = _at_work(world)
    desk.up.sync.once()
    for _ in range(4):
        _cash_in(desk)
    with desk.up.store.sync_journal() as connection:
        first = journal.current_stream(connection).last_n - 4
        connection.execute(sa.delete(journal.entry).where(journal.entry.c.n == first + lost))
    for _ in range(2):
        desk.up.sync.once()
    found = sa.select(own.inbox.c.kind).where(own.inbox.c.kind == "CashMoved")
    here = world.server.database.look(lambda c: c.execute(found).scalars().all())
    return [f"{desk.up.store.waiting()} wait"] * (desk.up.store.waiting() > 0) + ["lost"] * (len(here) != 3)


@pytest.mark.parametrize("lost", [1, 2, 4])
def test_a_hole_in_a_stream_stops_nobody(venue: Open, expected_logs: ExpectedLogs, lost: int) -> None:
    expected_logs.expect("misses an operation")
    assert _a_row_is_lost(venue(push=2), lost) == []


@pytest.mark.parametrize("lost", [1, 2, 4])
def test_a_hole_that_is_waited_for_is_missed(venue: Open, lost: int) -> None:
    with put_in(NO_MENDING):
        assert _a_row_is_lost(venue(push=2), lost) != []


def test_a_new_epoch_leaves_a_station_its_set_up_until_the_server_has_sent_its_own(venue: Open) -> None:
    world = venue()
    desk = _at_work(world)
    known = len(desk.up.selling.page(0, "tickets").tiles)
    extra = codec.dumps(replace(desk.up.selling.page(0, "tickets").tiles[0].product, number=99))
    values = {
        "kind": "product",
        "record_id": "99",
        "revision": 1,
        "body": extra,
        "bucket": "global",
        "seq": 1,
    }
    with desk.up.store.sync_cache() as connection:
        connection.execute(sa.insert(t.record).values(**values))
    world.server.restore(world.server.backups[0])
    pulled, pages = desk.up.sync._api.pull, []

    def pull(*given: object, **named: object) -> object:
        pages.append(named)
        if len(pages) == 2:
            raise Unavailable("server", "in the midst of it")
        return pulled(*given, **named)  # type: ignore[arg-type] # as it was called

    with mock.patch.object(desk.up.sync._api, "pull", pull), pytest.raises(Unavailable):
        desk.up.sync.once()
    assert len(desk.up.selling.page(0, "tickets").tiles) == known + 1
    desk.up.sync.once()
    assert len(desk.up.selling.page(0, "tickets").tiles) == known
    drain(world)
    assert judge(world) == []
