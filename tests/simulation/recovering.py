"""After each restore: no station counts as heard before the server has again all that staff there were told is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from domain.incarnations import Spans, been_of, covers, merged
from ledger import tables as t
from ledger.cases import ITSELF
from server import recovery
from server import tables as own
from tests.simulation.machines import Machine, Server

if TYPE_CHECKING:
    from tests.simulation.world import World

_WAIVED = sa.select(t.case_item.c.facts).where(
    t.case_item.c.kind == recovery.KIND, t.case_item.c.closed_by.not_in(("", ITSELF))
)
Owed = dict[str, set[str]]


def owed(machines: list[Machine]) -> Owed:
    """What each station must send again, by its name; copies of one station owe nothing that could be told apart."""
    return {one.host.upper(): set(one.acked) for one in machines if not one.copied}


def heard_too_early(server: Server, owing: Owed) -> Iterator[str]:
    """Looks at those that are not awaited any more, and asks no more about them; a person may waive one."""
    waits, waived, has = server.database.look(
        lambda c: (
            recovery.awaited(c),
            {row.facts for row in c.execute(_WAIVED)},
            set(c.execute(sa.select(own.inbox.c.op_id)).scalars()),
        )
    )
    for name in [name for name in owing if name not in waits]:
        missing = owing.pop(name) - has
        if missing and not any(f'"{name}"' in facts for facts in waived):
            yield f"heard too early: {name} without {sorted(missing)[:2]}"


def still_waits(world: World) -> set[tuple[str, str]]:
    """(subject, kind) of the waits that only a person can end: some of what is missing is in no folder that there is.
    A PC was put away, or an answer that gave a number was lost."""
    waits, restored = world.server.database.look(
        lambda c: (c.execute(sa.select(own.recovery)).all(), c.execute(sa.select(own.restored)).all())
    )
    given = {row.station_id: row.given for row in restored}
    there = {row.station_id: _been(world, row.name, given.get(row.station_id, 0)) for row in waits}
    return {
        (f"station:{row.station_id}", recovery.KIND)
        for row in waits
        if not covers(there[row.station_id], row.first, abs(row.incarnation))
    }


def _been(world: World, name: str, given: int) -> Spans:
    """What the folders of that name answer for together."""
    found = [machine.up.store.identity for machine in world.machines if machine.station is not None]
    return merged(*(been_of(one.been).spans(given) for one in found if one is not None and one.name == name))
