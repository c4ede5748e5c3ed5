"""After each restore: no station counts as heard before the server has again all that staff there were told is done."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from server import recovery
from server import tables as own
from tests.simulation.machines import Machine, Server

Owed = dict[str, set[str]]


def owed(machines: list[Machine]) -> Owed:
    """What each station must send again, by its name; copies of one station owe nothing that could be told apart."""
    return {one.host.upper(): set(one.acked) for one in machines if not one.copied}


def heard_too_early(server: Server, owing: Owed) -> Iterator[str]:
    """Looks at those that are not awaited any more, and asks no more about them."""
    waits, has = server.database.look(
        lambda c: (recovery.awaited(c), set(c.execute(sa.select(own.inbox.c.op_id)).scalars()))
    )
    for name in [name for name in owing if name not in waits]:
        if missing := owing.pop(name) - has:
            yield f"heard too early: {name} without {sorted(missing)[:2]}"
