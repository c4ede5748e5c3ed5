"""A damaged journal is read as far as it can be, with its copies, into a fresh one. Nothing is invented.

An operation counts only if it hashes to what was sealed with it; so it does not matter from which ruin it comes.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlcipher3 import dbapi2 as sqlite_driver

from domain.envelope import chain
from domain.errors import Refused
from domain.operation import ShiftClosed
from ledger import journal, pages, schema
from ledger.journal import Kept

log = logging.getLogger(__name__)
Row = dict[str, Any]
KEPT = (
    journal.parked,
    journal.open_sale,
    journal.print_job,
    journal.request,
    journal.verifier,
    journal.setting,
)
_JSON = {
    journal.parked: "cart",
    journal.open_sale: "body",
    journal.print_job: "payload",
    journal.request: "body",
}
KEPT_WAL = "-wal.kept"  # a copy of the WAL that was found after a crash
_ON_PAPER_PERHAPS = ("queued", "sending", "failed")


@dataclass(frozen=True, slots=True)
class Ruin:
    """What could be read of one journal file. `tables` holds only those that gave anything; `whole` are those of which
    nothing can be missing. `last_row` is the last that is known of, `ends`: the file itself says
    that no other came after it. `parted`: the station also went on from before its end, nobody knows how far."""

    entries: dict[str, tuple[int, Row]]
    tables: dict[str, list[Row]]
    whole: frozenset[str]
    last_row: int
    ends: bool
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a salvage came to: `read` operations are in the new journal, `missing` could not be read; unless it is
    `sure` there may have been more, of which nothing is left."""

    read: int
    missing: int
    sure: bool


def read_ruin(file: Path, scratch: Path) -> Ruin:
    """Reads what there is of a journal. Works on a copy in `scratch`; `file` and its WAL are not touched."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = scratch / "ruin.db"
    _copied(file, copy)
    entries: dict[str, tuple[int, Row]] = {}
    for record in pages.records(copy, len(journal.entry.c)):
        _keep_entry(entries, _entry_row(record))
    for record in pages.wal_records(copy, file.with_name(file.name + KEPT_WAL), len(journal.entry.c)):
        _keep_entry(entries, _entry_row(record))
    tables, whole = _by_statement(copy, entries, KEPT)
    if not tables and file.exists():
        _give_head(copy, file, scratch)
        tables, whole = _by_statement(copy, entries, KEPT)
    last = max((row for row, _ in entries.values()), default=0)
    highest = _highest(copy)
    return Ruin(entries, tables, whole, max(last, highest), highest >= last)


def _copied(file: Path, copy: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    for suffix in ("", "-wal"):
        if file.with_name(file.name + suffix).exists():
            shutil.copyfile(file.with_name(file.name + suffix), copy.with_name(copy.name + suffix))


def _give_head(copy: Path, file: Path, scratch: Path) -> None:
    """A first page that cannot be read is replaced by that of a new journal, whose tables lie at the same places."""
    new = scratch / "template.db"
    new.unlink(missing_ok=True)
    journal.open_journal(new).dispose()
    _copied(file, copy)
    raw = bytearray(copy.read_bytes())
    head = bytearray(new.read_bytes()[: pages.PAGE_SIZE])
    head[28:32] = (len(raw) // pages.PAGE_SIZE).to_bytes(4, "big")
    head[32:40] = bytes(8)  # no free pages are known
    raw[: pages.PAGE_SIZE] = head
    copy.write_bytes(bytes(raw))


def _entry_row(record: pages.Record) -> Row:
    return dict(zip(journal.entry.c.keys(), record.values, strict=True)) | {"row": record.row}


def _keep_entry(entries: dict[str, tuple[int, Row]], row: Row) -> None:
    """Kept if it says what was sealed."""
    try:
        kept: Kept = journal.kept_from(row)
        sound = kept.envelope.digest() == row["hash"] and isinstance(row["private"], str)
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError, UnicodeError):
        return
    if sound and isinstance(kept.row, int):
        whole = (
            row if isinstance(row["tx"], int) else row | {"tx": kept.row}
        )  # not sealed, and no reason to lose it
        entries.setdefault(kept.envelope.op_id, (kept.row, whole))


def _by_statement(
    copy: Path, entries: dict[str, tuple[int, Row]], wanted: Iterable[Table]
) -> tuple[dict[str, list[Row]], frozenset[str]]:
    """As far as the database itself still reads: forwards to the first fault and backwards to the last."""
    try:
        connection = sqlite_driver.connect(str(copy))
    except sqlite_driver.Error:
        return {}, frozenset()
    try:
        for row in _rows(connection, journal.entry, lambda: None):
            _keep_entry(entries, row)
        tables: dict[str, list[Row]] = {}
        faults: set[str] = set()
        for table in (*wanted, journal.stream, journal.series):
            found = list(_rows(connection, table, partial(faults.add, table.name)))
            if found or table.name not in faults:
                tables[table.name] = found
        return tables, frozenset(tables) - faults
    finally:
        connection.close()


def _rows(connection: Any, table: Table, broken: Callable[[], object]) -> Iterator[Row]:
    """Each row that is read, some twice when the way back is needed."""
    added = {
        column.name: "" for column in table.c if column.server_default is not None
    }  # since older versions
    for order in ("", " ORDER BY rowid DESC"):
        try:
            rows = connection.execute(f"SELECT * FROM {table.name}{order}")
            names = [each[0] for each in rows.description]
            for values in rows:
                row = added | dict(zip(names, values, strict=True))
                if table is journal.entry or is_sound(table, row):
                    yield {column.name: row[column.name] for column in table.c if column.name in row}
                else:
                    broken()
        except (sqlite_driver.Error, UnicodeError):
            broken()
            continue
        return


def _highest(copy: Path) -> int:
    """The last row number ever given; less than 0 when that cannot be read any more."""
    try:
        connection = sqlite_driver.connect(str(copy))
    except sqlite_driver.Error:
        return -1
    try:
        found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").fetchone()
        return int(found[0]) if found else 0
    except (sqlite_driver.Error, ValueError, TypeError):  # names that are no text among them
        return -1
    finally:
        connection.close()


def rebuild(connection: Connection, ruin: Ruin, backup: Ruin | None, known_last: int = 0) -> Found:
    """Fills an empty journal: all operations in their order in a new stream, and what is local to the station.

    `known_last` is the last row that somebody else has seen, 0 when nobody has. Where a table of the ruin may lack rows
    the backup's fill in; what was to be printed then waits for a person.
    """
    entries = {op_id: held for source in (backup, ruin) if source for op_id, held in source.entries.items()}
    ordered = sorted(entries.values(), key=lambda held: held[0])
    now, before = journal.current_stream(connection), b""
    for n, (_, row) in enumerate(ordered, 1):
        before = chain(before, row["hash"])
        values = row | {"row": n, "chain": before, "stream": now.stream, "n": n}
        connection.execute(sa.insert(journal.entry), values)
        _move_places(connection, row)
    connection.execute(sa.update(journal.stream).values(last_n=len(ordered)))
    for table in KEPT:
        _put(connection, table, _chosen(table, ruin, backup))
    _put(connection, journal.series, _series(ordered, ruin, backup))
    last = max(known_last, ruin.last_row, backup.last_row if backup and not ruin.ends else 0)
    ends = (known_last or -1, ruin.last_row if ruin.ends else -1)
    sure = last in ends and not ruin.parted
    return Found(len(ordered), max(0, last - len(ordered)), sure)


def _move_places(connection: Connection, row: Row) -> None:
    """What an operation did to leased places is counted from it anew."""
    kept = journal.kept_from(row)
    with suppress(Refused):  # of a later version: it moves nothing that this one knows
        journal.note_moves(connection, kept.envelope, kept.envelope.operation())


def _put(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    key = next(iter(table.primary_key)).name
    for row in {row[key]: row for row in rows}.values():
        connection.execute(sa.insert(table), row)


def _chosen(table: Table, ruin: Ruin, backup: Ruin | None) -> list[Row]:
    mine = ruin.tables.get(table.name, [])
    if table.name in ruin.whole or backup is None:
        return mine
    key = next(iter(table.primary_key)).name
    have = {row[key] for row in mine}
    older = [row for row in backup.tables.get(table.name, []) if row[key] not in have]
    if table is journal.print_job:
        older = [perhaps_printed(row) for row in older]
    return mine + older


def perhaps_printed(row: Row) -> Row:
    """A print job of a copy: what happened to it since is not known."""
    doubt = {"state": "unconfirmed", "reason": "restart"}
    return row | doubt if row["state"] in _ON_PAPER_PERHAPS else row


def is_sound(table: Table, row: Mapping[str, Any]) -> bool:
    """Every column of its type, and what is written as JSON reads as JSON."""
    if not schema.fits(table, row):
        return False
    try:
        json.loads(row[_JSON[table]] or "null") if table in _JSON else None
    except ValueError:
        return False
    return True


def _series(ordered: list[tuple[int, Row]], ruin: Ruin, backup: Ruin | None) -> list[Row]:
    """Numbers go on after the highest that any source knows."""
    highest: dict[str, int] = {}
    for source in (ruin, backup):
        for row in source.tables.get(journal.series.name, []) if source else []:
            highest[row["name"]] = max(row["last"], highest.get(row["name"], 0))
    for _, row in ordered:
        if row["kind"] == ShiftClosed.__name__:
            number = str(json.loads(row["public"]).get("number", "")).rpartition("-")[2]
            highest["Z"] = max(int(number) if number.isdigit() else 0, highest.get("Z", 0))
    return [{"name": name, "last": last} for name, last in highest.items()]
