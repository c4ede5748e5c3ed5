"""Rows to be added: those of one shape together and, where each statement is a journey, a few shapes in one.

A row of what stations share stays as it is when its key is there already, so adding twice changes nothing. A row of any
other table must be new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from ledger.database import upsert

FEW = 16  # rows of one statement; each number of rows is a statement of its own to build and plan
Row = tuple[Table, Mapping[str, Any]]
Shape = tuple[Table, tuple[str, ...], int]  # the table, the columns that are given, how many rows


def by_shape(rows: Iterable[Row]) -> dict[tuple[Table, tuple[str, ...]], list[Mapping[str, Any]]]:
    """Rows that one statement can add."""
    shapes: dict[tuple[Table, tuple[str, ...]], list[Mapping[str, Any]]] = {}
    for table, values in rows:
        shapes.setdefault((table, tuple(values)), []).append(values)
    return shapes


def add_rows(connection: Connection, rows: Iterable[Row]) -> set[str]:
    """Inserts rows; returns the tables' names."""
    shapes = by_shape(rows)
    names = {table.name for table, _ in shapes}
    if connection.dialect.name == "postgresql" and 1 < sum(map(len, shapes.values())) <= FEW:
        connection.execute(_in_one(shapes_of(shapes)), values_of(shapes))
        return names
    for (table, _), alike in shapes.items():
        # psycopg's executemany opens a pipeline, even for one
        connection.execute(_adding(table, connection.dialect.name), alike if len(alike) > 1 else alike[0])
    return names


def shapes_of(shapes: Mapping[tuple[Table, tuple[str, ...]], Sequence[Any]]) -> tuple[Shape, ...]:
    return tuple((table, names, len(alike)) for (table, names), alike in shapes.items())


def values_of(shapes: Mapping[tuple[Table, tuple[str, ...]], Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The parameters of `inserts`."""
    return {
        f"{name}_{place}_{number}": value
        for place, alike in enumerate(shapes.values())
        for number, row in enumerate(alike)
        for name, value in row.items()
    }


def inserts(shapes: Sequence[Shape], **given: Any) -> Iterator[Any]:
    """PostgreSQL's INSERT of each row, since a statement of many rows is compiled anew each time. `given` are
    expressions for columns that the rows leave out, where a table has them."""
    for place, (table, names, count) in enumerate(shapes):
        more = {name: expression for name, expression in given.items() if name in table.c}
        for number in range(count):
            row = {name: sa.bindparam(f"{name}_{place}_{number}", type_=table.c[name].type) for name in names}
            statement = upsert(table, "postgresql").values(row | more)
            yield statement.on_conflict_do_nothing() if _is_shared(table) else statement


def replace_row(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Puts a row in the place of the one with its key."""
    connection.execute(replacing(table, connection.dialect.name), values)


@cache
def replacing(table: Table, dialect: str) -> Any:
    """An INSERT of a whole row that takes the place of the one with its key."""
    statement = upsert(table, dialect)
    fresh = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=fresh)


def _is_shared(table: Table) -> bool:
    return "seq" in table.c


# Statements are built once: building one costs more than running it.
@cache
def _adding(table: Table, dialect: str) -> Any:
    statement = upsert(table, dialect)
    return statement.on_conflict_do_nothing() if _is_shared(table) else statement


@lru_cache(maxsize=500)
def _in_one(shapes: tuple[Shape, ...]) -> Any:
    """The last insert, with those before it as its tables."""
    *others, last = inserts(shapes)
    return last.add_cte(*(other.cte(f"put_{place}") for place, other in enumerate(others)))
