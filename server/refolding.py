"""What guests are found by, made anew once this version hears names otherwise than the one that made it. Stations get
the rows like any that changed."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.fold import FOLD
from domain.guest import index, is_ban
from ledger import feed, read_guests
from ledger import tables as t
from ledger.puts import UNDATED, Values
from ledger.rows import add_rows
from server import tables as own
from server.database import Database

_KEY = "fold"
_AT_ONCE = 500
_C = t.guest_entry.c
_NEXT = (
    sa.select(t.guest_entry)
    .where(_C.entry_id > sa.bindparam("after"), _C.said != "")
    .order_by(_C.entry_id)
    .limit(_AT_ONCE)
)


def refold(database: Database) -> None:
    """Some hundreds at a time; one that broke off begins anew."""
    if database.look(_is_done):
        return
    after = ""
    while after := database.transact(partial(_some, after=after)):
        pass
    database.transact(_note)


def _is_done(connection: Connection) -> bool:
    made_by = sa.select(own.setting.c.value).where(own.setting.c.name == _KEY)
    return connection.execute(made_by).scalar() == str(FOLD)


def _some(connection: Connection, after: str) -> str:
    """The last of those that were looked at; empty when there are no more."""
    rows = connection.execute(_NEXT, {"after": after}).all()
    fresh = [(row, index(read_guests.said_in(row))) for row in rows]
    changed = [(row, words) for row, words in fresh if row.words and words != row.words]
    for row, words in changed:
        mine = _C.entry_id == row.entry_id, _C.words == row.words  # not of who was erased meanwhile
        connection.execute(sa.update(t.guest_entry).where(*mine).values(words=words, seq=0))
    add_rows(connection, [(t.guest_ban, ban) for row in rows if (ban := _ban(row))])
    feed.publish(connection, [t.guest_entry.name, t.guest_ban.name])
    return rows[-1].entry_id if rows else ""


def _ban(row: Any) -> Values:
    """What an earlier version did not tell gates of a guest; nothing where no marks were said."""
    banned = is_ban(read_guests.said_in(row))
    if banned is None:
        return {}
    of_it: Values = {"entry_id": row.entry_id, "guest_id": row.guest_id, "banned": int(banned), "at": row.at}
    return {**of_it, "op_id": row.op_id, "bucket": UNDATED, "seq": 0}


def _note(connection: Connection) -> None:
    connection.execute(sa.delete(own.setting).where(own.setting.c.name == _KEY))
    connection.execute(sa.insert(own.setting).values(name=_KEY, value=str(FOLD)))
