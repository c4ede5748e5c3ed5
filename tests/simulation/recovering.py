"""After each restore: no station counts as heard before the server has again all that staff there were told is done."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from ledger import tables as t
from ledger.cases import ITSELF
from server import recovery
from server import tables as own
from tests.simulation.machines import Machine, Server

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
