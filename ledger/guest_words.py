"""What guests are found by (`domain.guest.index`), looked through for pieces, each database in its fastest way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import TSQUERY

from domain.guest import Sought
from ledger import tables as t
from ledger.tables_guests import NAMED, NAMED_LONGEST

Groups = tuple[Sought, ...]  # of domain.guest.wanted
_LONGEST = 5_000  # letters of a piece; nobody has so many, and a pattern has its limit
_MEANS_MORE = re.compile(r"[*?[]")  # in a pattern
_IN_INDEX = re.compile(rf" [|~]\S{{1,{NAMED_LONGEST - 1}}} ?")  # what PostgreSQL has in an index
_NAMES: sa.ColumnElement[Any] = sa.literal_column(NAMED)
_GUEST, _WORDS = t.guest_entry.c.guest_id, t.guest_entry.c.words


def matching(connection: Connection, groups: Groups, most: int) -> Sequence[Any]:
    """Guests' ids and words, of entries in which a piece of each is."""
    found = sa.select(_GUEST, _WORDS).where(*_each(connection, groups)).limit(most)
    return connection.execute(found).all()


def matching_ids(
    connection: Connection, sought: Sought, kinds: Sequence[str], most: int
) -> Sequence[str]:
    """Guests of whom an entry of some kinds has one of the pieces."""
    meant = [*_each(connection, (sought,)), t.guest_entry.c.kind.in_(kinds)]
    return connection.execute(sa.select(_GUEST).where(*meant).distinct().limit(most)).scalars().all()


def has(connection: Connection, piece: str) -> sa.ColumnElement[bool]:
    """SQLite looks for a pattern in half the time that `instr` takes; PostgreSQL is as fast without."""
    if connection.dialect.name != "sqlite":
        return sa.func.strpos(_WORDS, piece) > 0
    if len(piece) > _LONGEST:
        return sa.false()
    plain = _MEANS_MORE.sub(r"[\g<0>]", piece)
    return _WORDS.op("GLOB", is_comparison=True)(f"*{plain}*")


def _each(connection: Connection, groups: Groups) -> list[sa.ColumnElement[bool]]:
    """Of each group one piece; what fewest have is asked first, and mostly alone. SQLite finds a mark sooner without
    the space before it, for spaces are many."""
    fewest = sorted((_needed(sought.pieces) for sought in groups), key=_how_rare)
    if connection.dialect.name == "sqlite":
        return [sa.or_(*(has(connection, piece.lstrip()) for piece in group)) for group in fewest]
    return [_named(connection, group) for group in fewest]


def _named(connection: Connection, group: Sequence[str]) -> sa.ColumnElement[bool]:
    """By the index, where it has all of the pieces."""
    if not all(map(_IN_INDEX.fullmatch, group)):
        return sa.or_(*(has(connection, piece) for piece in group))
    query = " | ".join(_lexeme(piece) for piece in group)
    return _NAMES.op("@@", is_comparison=True)(sa.cast(query, TSQUERY))


def _lexeme(piece: str) -> str:
    letters = piece.strip().replace("\\", "\\\\").replace("'", "''")
    return f"'{letters}'" if piece.endswith(" ") else f"'{letters}':*"


def _needed(pieces: Iterable[str]) -> list[str]:
    """Without those that another is the beginning of."""
    kept: list[str] = []
    for piece in sorted(set(pieces), key=len):
        if not any(piece.startswith(shorter) for shorter in kept):
            kept.append(piece)
    return kept


def _how_rare(group: Sequence[str]) -> tuple[int, int]:
    return -min(map(len, group)), len(group)
