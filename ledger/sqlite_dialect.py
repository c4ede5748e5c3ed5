"""SQLite as SQLAlchemy speaks to it here: how a transaction begins, and what a damaged file is called.

Engines are many (a station has four files open), the statements are the same: what one compiled, all of a kind use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from sqlcipher3 import dbapi2 as driver

COMPILED: LRUCache[Any, Any] = LRUCache(2_000)


@contextmanager
def telling_damage() -> Iterator[None]:
    """SQLite names what it finds in a damaged file with the bytes that it found, and the driver stumbles over them. It
    is said as every other damage: raises the driver's DatabaseError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise _damage() from error


def _damage() -> driver.DatabaseError:
    return driver.DatabaseError("malformed: a name in it is no text")


class Writer(SQLiteDialect_pysqlite):
    """Takes the writer's lock when it begins, so that a decision and its write see one state."""

    supports_statement_cache = True
    begins = "BEGIN IMMEDIATE"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def import_dbapi(cls) -> Any:
        return driver

    def initialize(self, connection: Connection) -> None:
        """Everything is known: the driver carries its own SQLite."""
        self.server_version_info = driver.sqlite_version_info
        self.default_schema_name = "main"
        self.default_isolation_level = "SERIALIZABLE"

    def on_connect(self) -> Any:
        """No functions in Python are needed."""
        return None

    def do_begin(self, dbapi_connection: Any) -> None:
        with telling_damage():
            dbapi_connection.execute(self.begins)

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        try:
            cursor.execute(statement, parameters)
        except UnicodeDecodeError as error:
            raise _damage() from error


class Reader(Writer):
    """Sees one snapshot and never waits for a writer."""

    supports_statement_cache = True
    begins = "BEGIN"


registry.register("sqlite.writer", __name__, "Writer")
registry.register("sqlite.reader", __name__, "Reader")
