"""After the last event: all faults are over, everything starts, and everyone syncs until nothing moves."""

from __future__ import annotations

import sqlalchemy as sa

from ledger import cache, feed
from ledger import tables as t
from ledger.cursor import parse_cursor
from tests.simulation.enrolling import enrol_anew
from tests.simulation.line import CALM
from tests.simulation.machines import Machine
from tests.simulation.world import World

_ROUNDS = 12
_LOCAL = sa.select(
    sum(
        sa.select(sa.func.count()).select_from(table).where(table.c.local == 1).scalar_subquery()
        for table in t.SYNCED
    )
)


def drain(world: World) -> None:
    """All faults are over; what waited arrives, every station starts and syncs until nothing moves."""
    world.cable.odds, world.cable.cut = CALM, set()
    for terminal in world.terminals:
        terminal.calm = True
    world.cable.arrive(everything=True)
    world.time.forward(1000)
    for machine in world.machines:
        machine.skew(0)
        if machine.station is None:
            world.boot(machine)
    machines = [machine for machine in world.machines if machine.station is not None]
    for machine in machines:
        world.run(machine, lambda machine=machine: world.quietly(machine.recover))
        world.new_entries(machine)
    for _ in range(_ROUNDS):
        world.time.forward(1)  # whoever waits to fetch all anew does not wait for ever
        for machine in machines:
            if machine.shut_out:
                enrol_anew(world, machine, calm=True)
            world.cable.asked.clear()
            machine.set_line(online=False)
            world.run(machine, lambda machine=machine: world.round(machine))
        world.server.look_after()
        if world.hopeless or all(is_settled(world, machine) for machine in machines):
            return
    world.violations.append("it does not settle: " + ", ".join(_state(one) for one in machines))


def is_settled(world: World, machine: Machine) -> bool:
    """It is let in, nothing waits, nothing is only local, and the cache is where the server is."""
    head = world.server.database.look(feed.read_head)
    with machine.up.store.read() as connection:
        at = cache.level(connection)
        local = connection.execute(_LOCAL).scalar_one()
    reached = parse_cursor(at.cursor).seq == head.seq and not at.fill
    here = machine.up.store.waiting() == 0 and not local and not machine.shut_out
    return here and reached and at.epoch == head.epoch


def _state(machine: Machine) -> str:
    with machine.up.store.read() as connection:
        at = cache.level(connection)
        local = connection.execute(_LOCAL).scalar_one()
    return (
        f"{machine.host} waiting={machine.up.store.waiting()} local={local} cursor={at.cursor} fill={at.fill}"
    )
