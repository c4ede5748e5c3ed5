"""What guests are found by (`domain.guest.index`), looked through for pieces. Whole words and their beginnings are in
an index of words that the database keeps itself; only digits inside a number are looked for in every row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import TSQUERY

from domain.guest import Sought
from ledger import tables as t

Groups = tuple[Sought, ...]  # of domain.guest.wanted
_LONGEST = 5_000  # letters of a piece; nobody has so many, and a pattern has its limit
_MEANS_MORE = re.compile(r"[*?[]")  # in a pattern
_GUEST, _WORDS = t.guest_entry.c.guest_id, t.guest_entry.c.words

# SQLite's has all words. Triggers keep it, so that nobody who writes has to know of it, and what is forgotten is gone.
_TABLE = "guest_named"
_IN = "INSERT INTO guest_named (rowid, words) VALUES (new.rowid, new.words)"
_OUT = "INSERT INTO guest_named (guest_named, rowid, words) VALUES ('delete', old.rowid, old.words)"
_OTHERS = "old.words <> new.words"
_SPACES_PART = "\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\""
_MADE = (
    f"CREATE VIRTUAL TABLE {_TABLE} USING fts5 (words, content='guest_entry', detail=none, tokenize={_SPACES_PART})",
    "INSERT INTO guest_named (guest_named, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO guest_named (guest_named) VALUES ('rebuild')",
    f"CREATE TRIGGER guest_named_in AFTER INSERT ON guest_entry BEGIN {_IN}; END",
    f"CREATE TRIGGER guest_named_out AFTER DELETE ON guest_entry BEGIN {_OUT}; END",
    f"CREATE TRIGGER guest_named_anew AFTER UPDATE OF words ON guest_entry WHEN {_OTHERS} BEGIN {_OUT}; {_IN}; END",
)
_NAMED = sa.table(_TABLE, sa.column("rowid"), sa.column(_TABLE))
_BY_WORD = t.guest_entry.join(_NAMED, _NAMED.c.rowid == sa.literal_column("guest_entry.rowid"))

# PostgreSQL's has names alone, for words stay in such an index after nobody has them any more.
_MOST_LETTERS = 250  # of what is in it
_INDEX = "ix_guest_entry_named"
NAMES = (
    "array_to_tsvector(array_remove(string_to_array(regexp_replace(left(words, 20000), "
    f"' [#@][^ ]*| [^ ]{{{_MOST_LETTERS + 1},}}', '', 'g'), ' '), ''))"
)
_IN_NAMES: sa.ColumnElement[Any] = sa.literal_column(NAMES)
_IN_INDEX = {
    "sqlite": re.compile(rf" [|~@#]\S{{1,{_LONGEST}}} ?"),
    "postgresql": re.compile(rf" [|~]\S{{1,{_MOST_LETTERS - 1}}} ?"),
}


def prepare(connection: Connection) -> None:
    """Makes the index of words where it is missing."""
    if connection.dialect.name == "sqlite":
        there = "SELECT 1 FROM sqlite_master WHERE name = 'guest_named_anew'"
        if connection.exec_driver_sql(there).first() is None:
            for statement in _MADE:
                connection.exec_driver_sql(statement)
    elif _INDEX not in {each["name"] for each in sa.inspect(connection).get_indexes(t.guest_entry.name)}:
        made = f"CREATE INDEX {_INDEX} ON guest_entry USING gin (({NAMES})) WITH (fastupdate = off)"
        connection.exec_driver_sql(made)


def matching(connection: Connection, groups: Groups, most: int) -> Sequence[Any]:
    """Guests' ids and words, of entries in which a piece of each is."""
    return connection.execute(_having(connection, groups, _GUEST, _WORDS).limit(most)).all()


def matching_ids(connection: Connection, sought: Sought, kinds: Sequence[str], most: int) -> Sequence[str]:
    """Guests of whom an entry of some kinds has one of the pieces."""
    found = _having(connection, (sought,), _GUEST).where(t.guest_entry.c.kind.in_(kinds))
    return connection.execute(found.distinct().limit(most)).scalars().all()


def having(connection: Connection, piece: str) -> Sequence[str]:
    """Guests of whom an entry has the piece."""
    return connection.execute(_having(connection, (Sought(piece),), _GUEST).distinct()).scalars().all()


def _having(connection: Connection, groups: Groups, *columns: sa.ColumnElement[str]) -> Any:
    """Of each group one piece."""
    pieces = [_needed(sought.pieces) for sought in groups]
    dialect = connection.dialect.name
    indexed = [group for group in pieces if all(map(_IN_INDEX[dialect].fullmatch, group))]
    others = [sa.or_(*(_has(dialect, piece) for piece in group)) for group in pieces if group not in indexed]
    found = sa.select(*columns).where(*others)
    if not indexed:
        return found
    if dialect == "sqlite":
        words = " AND ".join(f"({' OR '.join(map(_phrase, group))})" for group in indexed)
        return found.select_from(_BY_WORD).where(_NAMED.c[_TABLE].op("MATCH", is_comparison=True)(words))
    query = " & ".join(f"({' | '.join(map(_lexeme, group))})" for group in indexed)
    return found.where(_IN_NAMES.op("@@", is_comparison=True)(sa.cast(query, TSQUERY)))


def _needed(pieces: Iterable[str]) -> list[str]:
    """Without those that another is the beginning of."""
    kept: list[str] = []
    for piece in sorted(set(pieces), key=len):
        if not any(piece.startswith(shorter) for shorter in kept):
            kept.append(piece)
    return kept


def _phrase(piece: str) -> str:
    letters = piece.strip().replace('"', '""')
    return f'"{letters}"' if piece.endswith(" ") else f'"{letters}" *'


def _lexeme(piece: str) -> str:
    letters = piece.strip().replace("\\", "\\\\").replace("'", "''")
    return f"'{letters}'" if piece.endswith(" ") else f"'{letters}':*"


def _has(dialect: str, piece: str) -> sa.ColumnElement[bool]:
    """SQLite looks for a pattern in half the time that `instr` takes; PostgreSQL is as fast without."""
    if dialect != "sqlite":
        return sa.func.strpos(_WORDS, piece) > 0
    if len(piece) > _LONGEST:
        return sa.false()
    plain = _MEANS_MORE.sub(r"[\g<0>]", piece)
    return _WORDS.op("GLOB", is_comparison=True)(f"*{plain}*")
