"""Whether a WAL lost something that was durable: SQLite itself stops at the first frame that does not add up, without a
word, and what lies behind is gone.

The format is SQLite's (file format, section 4): a header of 32 bytes, then frames of 24 bytes and a page; sums run on
from frame to frame; a frame with a size ends a transaction; frames of an earlier round carry other salts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADER, _FRAME = 32, 24
_MAGIC = 0x377F0682  # the last bit tells that sums are over big-endian words
_MASK = 0xFFFFFFFF
Sums = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Head:
    page: int
    salts: bytes
    sums: Sums
    words: str  # how `struct` reads the words that are summed


def has_hole(wal: Path) -> bool:
    """Whether a frame of the present round does not add up though a transaction ends behind it, or the header does not
    though frames follow. What a power cut leaves of a transaction that never ended is no hole."""
    try:
        raw = wal.read_bytes()
    except FileNotFoundError:
        return False
    if len(raw) <= _HEADER:
        return False
    head = _head(raw)
    if head is None:
        return True
    broken = False
    for adds_up, ends in _frames(raw, head):
        if broken and adds_up and ends:
            return True
        broken |= not adds_up
    return False


def _head(raw: bytes) -> _Head | None:
    magic, _, page = struct.unpack(">3I", raw[:12])
    if magic not in (_MAGIC, _MAGIC | 1) or page < 512 or page & (page - 1):
        return None
    words = ">" if magic & 1 else "<"
    told: Sums = struct.unpack(">2I", raw[24:_HEADER])
    return _Head(page, raw[16:24], told, words) if _summed(raw[:24], (0, 0), words) == told else None


def _frames(raw: bytes, head: _Head) -> Iterator[tuple[bool, bool]]:
    """Of each frame whether it is of this round and adds up, from what the one before it says or comes to, and whether
    it ends a transaction."""
    step, before = _FRAME + head.page, {head.sums}
    for at in range(_HEADER, len(raw) - step + 1, step):
        told: Sums = struct.unpack(">2I", raw[at + 16 : at + _FRAME])
        is_ours = raw[at + 8 : at + 16] == head.salts
        summed = raw[at : at + 8] + raw[at + _FRAME : at + step]
        sums = {_summed(summed, each, head.words) for each in before}
        yield is_ours and told in sums, raw[at + 4 : at + 8] != bytes(4)
        before = {told} if told in sums or len(sums) > 1 else {told, *sums}  # either may be what changed


def _summed(data: bytes, before: Sums, words: str) -> Sums:
    first, second = before
    numbers = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one in numbers:
        first = (first + one + second) & _MASK
        second = (second + next(numbers) + first) & _MASK
    return first, second
