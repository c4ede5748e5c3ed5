"""The tables and indexes of a SQLite file, made where they are missing: one look at the file, not one for each."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Index, MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable


@dataclass(frozen=True, slots=True)
class _Part:
    """`grows`: an index that grows with each row."""

    name: str
    statement: str
    grows: bool


def make(connection: Connection, metadata: MetaData, *, bare: bool = False) -> None:
    """Makes what the file lacks of `metadata`; when `bare`, without the indexes that grow with each row. Of those of
    local rows a copy of the server has none, so they cost nothing."""
    there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    cursor = connection.connection.cursor()  # the driver's own: some eighty statements for each new file
    for part in _parts(metadata):
        if part.name not in there and not (bare and part.grows):
            cursor.execute(part.statement)
    cursor.close()


def fits(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row has every column of its table, each of its type; one that came later and has a default may lack."""
    later = {column.name for column in table.c if column.server_default is not None} - row.keys()
    needed = (column for column in table.c if column.name not in later)
    return all(isinstance(row.get(column.name), column.type.python_type) for column in needed)


@functools.cache
def _parts(metadata: MetaData) -> tuple[_Part, ...]:
    dialect, parts = sqlite.dialect(), []
    for table in metadata.sorted_tables:
        parts.append(_Part(table.name, str(CreateTable(table).compile(dialect=dialect)), grows=False))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            statement = str(CreateIndex(index).compile(dialect=dialect))
            parts.append(_Part(str(index.name), statement, grows=not _is_partial(index)))
    return tuple(parts)


def _is_partial(index: Index) -> bool:
    return index.dialect_options["sqlite"]["where"] is not None
