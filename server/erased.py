"""Guests who were erased: what is said of them late, by a station that did not know yet, is not kept."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.guest import Said
from ledger import tables as t

_ERASED = sa.select(t.guest_entry.c.guest_id).where(
    t.guest_entry.c.guest_id.in_(sa.bindparam("guests", expanding=True)),
    t.guest_entry.c.kind == Said.ERASED.value,
)


def are_erased(connection: Connection, guest_ids: Iterable[str]) -> set[str]:
    """Those of the guests who were erased."""
    wanted = sorted(set(guest_ids))
    return set(connection.execute(_ERASED, {"guests": wanted}).scalars()) if wanted else set()
