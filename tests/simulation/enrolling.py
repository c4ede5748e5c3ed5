"""A station that is enrolled anew on its own folder or, for a while, on a new PC, while the line and the power do what
they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import journal
from tests.simulation.machines import Machine

if TYPE_CHECKING:
    from tests.simulation.world import World

_STOPS = 0.4
_WRITES = 12
_ROUNDS = 3


def enrol_elsewhere(world: World, machine: Machine) -> None:
    """A new PC takes the station's name, fetches all that there is, and is put away again before anything is done on
    it; the old one comes back with a new code."""
    machine.stop()
    machine.shut_out = True
    world.new_pcs += 1
    folder = world.folder / f"new{world.new_pcs}"
    other = Machine(machine.host, folder, world.time, None, machine.api)
    world.boot(other, world.server.code(machine.host.upper()))
    for _ in range(_ROUNDS):
        if other.station is not None:
            world.run(other, lambda: world.round(other))
    other.stop()


def goes_on(machine: Machine) -> None:
    """The station asks for its next incarnation and goes on as that."""
    identity = machine.up.store.identity
    assert identity is not None
    given = machine.up.sync._api.incarnation(identity.incarnation)
    assert given.incarnation > identity.incarnation, "it would be the same once more"
    machine.up.store.fork(given)
    with machine.up.store.read_journal() as connection:
        machine.forked_at = journal.last_row(connection)


def enrol_anew(world: World, machine: Machine, *, calm: bool = False) -> None:
    """A person comes with a new code. If it is not seen to end well, the next one comes with another."""
    before = machine.up.store.identity
    machine.stop()
    machine.shut_out = True
    stops = world.chance.randint(1, _WRITES) if not calm and world.chance.random() < _STOPS else 0
    world.boot(machine, world.server.code(machine.host.upper()), stops=stops)
    if machine.station is not None and machine.up.store.identity != before:
        machine.shut_out = False
        with machine.up.store.read_journal() as connection:
            machine.forked_at = journal.last_row(connection)
