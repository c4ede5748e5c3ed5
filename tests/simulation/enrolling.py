"""A station that is enrolled anew on its own folder, while the line and the power do what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import journal
from tests.simulation.machines import Machine

if TYPE_CHECKING:
    from tests.simulation.world import World

_STOPS = 0.4
_WRITES = 12


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
