"""A station's place in the feed, as an opaque text that carries the epoch and a sign of the life it was given in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Table

from ledger.tombstones import END, FEED, RANK

_END = "end"
_OLD_RANKS = 1_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to (`seq`, table `rank`, `key`) has been sent; keys are joined by a tab. `epoch` and `mark` tell
    whose place it is: `mark` is the random number that the server noted with `seq`; 0 where nobody knows it.
    `began` is how far the feed was when this way through it began from nothing: of what went away before, the station
    has never heard."""

    seq: int = 0
    rank: int = -1
    key: str = ""
    epoch: str = ""
    mark: int = 0
    began: int = 0

    def text(self) -> str:
        """Tables are named, since their order and number differ between versions; empty for the beginning."""
        name = FEED[self.rank].name if 0 <= self.rank < END else _END if self.rank >= 0 else ""
        began = f"+{self.began:x}" if self.began >= self.seq and self.rank < END else ""
        return f"{self.epoch}-{self.mark:x}{began}/{self.seq}.{name}.{self.key}" if self.seq else ""


def parse_cursor(text: str) -> Cursor:
    """Reads every cursor ever given; one inside a table that this version does not know goes back to the beginning of
    its `seq`, since rows sent twice change nothing. Raises ValueError for anything that is no cursor."""
    if not text:
        return Cursor()
    sign, slash, place = text.partition("/")
    if not slash or "." in sign:
        return _old(text)
    epoch, _, mark = sign.rpartition("-")
    mark, _, began = mark.partition("+")
    seq, name, key = place.split(".", 2)
    rank = END if name == _END else RANK.get(name, -1)
    cursor = Cursor(_seq(seq), rank, key if rank >= 0 else "", epoch, int(mark, 16), int(began or "0", 16))
    if 0 <= rank < END:
        key_of(key, FEED[rank])
    return cursor


def _old(text: str) -> Cursor:
    """`seq.rank.key` of the first version: its ranks are those of tables that may have moved since."""
    seq, rank, key = text.split(".", 2)
    if not -1 <= int(rank) < _OLD_RANKS:
        raise ValueError("no place in the feed")
    return Cursor(_seq(seq)) if key else Cursor(_seq(seq), END)


def _seq(text: str) -> int:
    if not 0 < (seq := int(text)) < 1 << 63:
        raise ValueError("no place in the feed")
    return seq


def key_of(text: str, table: Table) -> list[str | int]:
    """Raises ValueError for what is no key of the table."""
    keys = zip(text.split("\t"), table.primary_key, strict=True)
    return [_key_part(part, key) for part, key in keys]


def _key_part(text: str, column: Column[Any]) -> str | int:
    if column.type.python_type is str:
        return text
    bits = 63 if isinstance(column.type, BigInteger) else 31
    if not -(1 << bits) <= (number := int(text)) < 1 << bits:
        raise ValueError("no number of this column")
    return number
