"""Records read straight from the bytes of a database file, for when its tree of pages is broken.

Only what a leaf page of a table holds is looked at; whoever asks must be able to tell a true record from chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Value = int | str | bytes | float | None
_LEAF = 0x0D
_WAL_HEADER, _FRAME_HEADER = 32, 24
PAGE_SIZE = 4096
_WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it lies in a page: its row number and its columns (an INTEGER PRIMARY KEY reads as None)."""

    row: int
    values: tuple[Value, ...]


class _Broken(Exception):
    """These bytes are no record."""


def records(file: Path, columns: int) -> Iterator[Record]:
    """All records of `columns` columns in leaf pages of `file` and of its WAL, whatever links to them.

    Of the WAL only what lies before its last commit is read: a transaction that was never finished is no record.
    """
    main = _split(_bytes(file), 0, 0)
    yield from _of_pages(main, dict(enumerate(main, 1)), columns)
    yield from wal_records(file, file.with_name(file.name + "-wal"), columns)


def wal_records(file: Path, wal: Path, columns: int) -> Iterator[Record]:
    """As `records`, of `wal` alone; `file` is the database that it belongs to."""
    latest = dict(enumerate(_split(_bytes(file), 0, 0), 1))
    for number, page in _committed(_bytes(wal)):
        latest[number] = page
        yield from _of_pages([page], latest, columns)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _split(raw: bytes, start: int, skip: int) -> list[bytes]:
    step = PAGE_SIZE + skip
    return [raw[at + skip : at + step] for at in range(start, len(raw) - step + 1, step)]


def _committed(wal: bytes) -> Iterator[tuple[int, bytes]]:
    """(page number, page) of each frame of the present round of the WAL up to its last commit."""
    salt, step, last = wal[16:24], _FRAME_HEADER + PAGE_SIZE, 0
    starts = range(_WAL_HEADER, len(wal) - step + 1, step)
    for at in starts:
        if wal[at + 8 : at + 16] == salt and int.from_bytes(wal[at + 4 : at + 8], "big"):
            last = at
    for at in starts:
        if at <= last and wal[at + 8 : at + 16] == salt:
            yield int.from_bytes(wal[at : at + 4], "big"), wal[at + _FRAME_HEADER : at + step]


def _of_pages(pages: list[bytes], numbered: dict[int, bytes], columns: int) -> Iterator[Record]:
    for page in pages:
        if len(page) < PAGE_SIZE or page[0] != _LEAF:
            continue
        cells = int.from_bytes(page[3:5], "big")
        for cell in range(min(cells, PAGE_SIZE // 4)):
            at = int.from_bytes(page[8 + 2 * cell : 10 + 2 * cell], "big")
            try:
                found = _cell(page, at, numbered)
            except (_Broken, IndexError, UnicodeDecodeError):
                continue
            if len(found.values) == columns:
                yield found


def _cell(page: bytes, at: int, numbered: dict[int, bytes]) -> Record:
    size, at = _varint(page, at)
    row, at = _varint(page, at)
    return Record(row, _values(_payload(page, at, size, numbered)))


def _payload(page: bytes, at: int, size: int, numbered: dict[int, bytes]) -> bytes:
    """The record's bytes, those on overflow pages too."""
    if not 0 < size < 64 * 1024 * 1024:
        raise _Broken
    most = PAGE_SIZE - 35
    if size <= most:
        return page[at : at + size]
    least = (PAGE_SIZE - 12) * 32 // 255 - 23
    here = least + (size - least) % (PAGE_SIZE - 4)
    here = here if here <= most else least
    found, link = bytearray(page[at : at + here]), int.from_bytes(page[at + here : at + here + 4], "big")
    while len(found) < size:
        more = numbered.get(link)
        if more is None:
            raise _Broken
        found += more[4:]
        link = int.from_bytes(more[:4], "big")
    return bytes(found[:size])


def _values(raw: bytes) -> tuple[Value, ...]:
    head, at = _varint(raw, 0)
    if not 0 < head <= len(raw):
        raise _Broken
    kinds = []
    while at < head:
        kind, at = _varint(raw, at)
        kinds.append(kind)
    values, at = list[Value](), head
    for kind in kinds:
        value, at = _value(raw, at, kind)
        values.append(value)
    return tuple(values)


def _value(raw: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return (None, 0, 1)[(0, 8, 9).index(kind)], at
    width = _WIDTHS.get(kind, (kind - 12) // 2 if kind >= 12 else -1)
    piece = raw[at : at + width]
    if width < 0 or len(piece) < width:
        raise _Broken
    if kind < 12:
        return int.from_bytes(piece, "big", signed=True), at + width
    return (piece.decode() if kind % 2 else piece), at + width


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = raw[at]
        at += 1
        if count == 8:
            return value << 8 | byte, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, at
