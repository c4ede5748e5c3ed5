"""Rules whose absence few histories show: each as the steps that do, with the rule and without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from app.shown import Approval
from domain.errors import Refused
from tests.helpers.logs import ExpectedLogs
from tests.helpers.shop import vouch
from tests.simulation.bugs import put_in
from tests.simulation.invariants import judge
from tests.simulation.line import CALM
from tests.simulation.machines import Machine
from tests.simulation.moving import move
from tests.simulation.plan import Plan
from tests.simulation.quiet import drain
from tests.simulation.seeded_places import STEPS
from tests.simulation.world import World, opened, simulated

HUDA = Approval("huda", "9513", "as agreed")
_BY_NAME = {bug.name: bug for bug in STEPS}


@pytest.fixture
def venue() -> Iterator[World]:
    """Two tills at work and a gate, over a good line."""
    with simulated(), opened(Plan(1, "plain", 40, 50, ())) as world:
        world.cable.odds = CALM
        for machine, who, pin in zip(
            world.machines, ("reem", "salem", "faisal"), ("2580", "1470", "3690"), strict=True
        ):
            machine.start()
            machine.up.people.sign_in(who, pin)
            machine.set_line(online=True)
        for machine in world.machines[:2]:
            machine.up.shifts.open({10000: 1})
            machine.up.sync.once()
        yield world


def lease(machine: Machine, places: int) -> None:
    body = {"session": session(machine), "places": places, "ahead": False}
    machine.up.requests.ask("LeaseAsked", json.dumps(body), "", about=f"session:{session(machine)}")
    machine.up.sync.once()
    machine.up.leases.take()


def session(machine: Machine) -> int:
    return machine.up.selling.page(0, "").chosen


def revoke(asker: Machine, holder: Machine, number: int = 0) -> None:
    identity = holder.up.store.identity
    assert identity is not None
    body = {"session": number or session(asker), "station_id": identity.station_id, "reason": "a trial"}
    vouch(asker.up, "huda")
    asker.up.requests.ask("LeaseRevoked", json.dumps(body), "huda")


def pay(machine: Machine, tickets: int) -> Callable[[], object]:
    """A cart of so many tickets whose payment is begun; what closes it."""
    selling, checkout = machine.up.selling, machine.up.checkout
    cart = selling.add(selling.empty(), 1, session(machine))
    page = checkout.begin(selling.reserve(selling.set_quantity(cart, cart.lines[0].line_id, tickets)))
    return lambda: checkout.cash(page.sale_id, page.left)


def a_cart_waits(world: World) -> None:
    """While a cart is on the screen the till looks after its leases, of which few are left."""
    desk, other = world.machines[:2]
    pay(other, 8)()
    other.up.sync.once()
    desk.up.sync.once()
    selling = desk.up.selling
    cart = selling.add(selling.empty(), 1, session(desk))
    cart = selling.reserve(selling.set_quantity(cart, cart.lines[0].line_id, 2))
    desk.up.leases.tick()
    desk.up.checkout.begin(cart)


def a_server_is_put_back(world: World) -> None:
    """POS1 holds ten of fourteen places; the server forgets it, and POS2 asks for ten."""
    desk, other = world.machines[:2]
    world.server.back_up()
    lease(desk, 10)
    world.server.restore(world.server.backups[-1])
    other.up.sync.once()
    try:
        lease(other, 10)
    except Refused:
        return


def places_are_taken_back(world: World) -> None:
    desk, other = world.machines[:2]
    lease(desk, 3)
    revoke(other, desk)
    desk.up.sync.once()
    desk.up.leases.take()


def places_of_a_moved_session_are_taken_back(world: World) -> None:
    """The session has moved to a day of which the station that holds places hears nothing."""
    desk, other = world.machines[:2]
    lease(desk, 3)
    number = session(desk)
    move(world.server, number, -3)
    desk.up.sync.once()
    revoke(other, desk, number)
    desk.up.sync.once()
    desk.up.leases.take()


def sold_after_all(world: World) -> None:
    """The places are taken back while a guest pays for them."""
    desk, other = world.machines[:2]
    lease(desk, 3)
    close = pay(desk, 2)
    revoke(other, desk)
    close()


def one_too_many(world: World) -> None:
    """All are sold at one till, and a supervisor lets another that has not heard of it sell one more."""
    desk, other = world.machines[:2]
    pay(desk, 14)()
    selling, checkout = other.up.selling, other.up.checkout
    cart = selling.add(selling.empty(), 1, session(other))
    page = checkout.begin(selling.allow(cart, HUDA))
    checkout.cash(page.sale_id, page.left)


def a_third_entry(world: World) -> None:
    """One ticket at three gates that cannot talk; a person settles it after two have told."""
    pay(world.machines[0], 1)()
    world.new_entries(world.machines[0])
    for machine in world.machines:
        machine.up.gate.scan(world.town.codes[0])
    for machine in (*world.machines[:2], world.machines[0]):
        machine.up.sync.once()
    attention = world.machines[0].up.attention
    item = next(item for item in attention.page().items if item.kind == "double_admission")
    attention.settle(item.thing, ("same_guest", "seen to", item.mark), HUDA)


SCRIPTS: dict[str, Callable[[World], None]] = {
    "what a cart holds is given back": a_cart_waits,
    "a restored server grants at once": a_server_is_put_back,
    "a revocation is not noticed": places_are_taken_back,
    "a revocation goes where its session is": places_of_a_moved_session_are_taken_back,
    "an overdrawn lease is nobody's business": sold_after_all,
    "too many sold is nobody's business": one_too_many,
    "a settled case never opens again": a_third_entry,
}


def outcome(world: World, name: str) -> list[str]:
    try:
        SCRIPTS[name](world)
    except Refused as refused:
        return [f"refused: {refused}"]
    for machine in world.machines:
        world.new_entries(machine)
    drain(world)
    return judge(world)


@pytest.mark.parametrize("name", SCRIPTS)
def test_with_its_rule_nothing_is_wrong(venue: World, name: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    assert outcome(venue, name) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_without_its_rule_it_is_missed(venue: World, name: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    with put_in(_BY_NAME[name]):
        assert outcome(venue, name) != []


def test_each_has_its_script() -> None:
    assert set(SCRIPTS) == set(_BY_NAME)
