"""A copy of the venue's set-up beside the cache: a station that lost its cache still sells while no server answers."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger.database import insert

TABLES = (t.record, t.session, t.staff, t.ticket_key)
NAMES = frozenset(str(table.name) for table in TABLES)


def save(connection: Connection, path: Path) -> None:
    """Writes the set-up rows to `path`, whole or not at all."""
    content = {
        str(table.name): [dict(row._mapping) for row in connection.execute(sa.select(table))]
        for table in TABLES
    }
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def load(connection: Connection, path: Path) -> bool:
    """Puts the saved rows into an empty cache, below whatever the server will send; False when there is no copy."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        for table in TABLES:
            for row in content[str(table.name)]:
                values = {name: value for name, value in row.items() if name in table.c} | {
                    "seq": 0,
                    "local": 0,
                }
                connection.execute(insert(table, connection).values(**values).on_conflict_do_nothing())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sa.exc.DatabaseError):
        return False
    return True
