"""Databases whose machine can stop before any statement, and files that lose what was not yet on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from sqlcipher3 import dbapi2

WAL = ("", "-wal")


class Stopped(BaseException):
    """The machine stopped: nothing after this moment happened, and nobody catches it."""


class Fuse:
    """Counts what a machine writes; `armed` at k, the machine stops before its k-th write from now."""

    def __init__(self) -> None:
        self.armed = 0
        self.blown = False
        self.written = 0
        self._refusing = ""

    def arm(self, before: int) -> None:
        self.armed = before

    def refuse_commit(self, name: str) -> None:
        """The next commit of that file fails, as on a disk with a bad sector; the machine goes on."""
        self._refusing = name

    def refuses(self, name: str) -> bool:
        if self._refusing != name:
            return False
        self._refusing = ""
        return True

    def step(self) -> None:
        if self.blown:
            raise Stopped
        self.written += 1
        if self.armed:
            self.armed -= 1
            self.blown = self.armed == 0
            if self.blown:
                raise Stopped

    def look(self) -> None:
        if self.blown:
            raise Stopped


_FUSES: dict[str, Fuse] = {}


def fuse_for(folder: Path) -> Fuse:
    """A new fuse for all databases opened in `folder` from now on."""
    fuse = _FUSES[str(folder.resolve())] = Fuse()
    return fuse


def _reads(statement: str) -> bool:
    """Stopping before a read or a BEGIN leaves what stopping before the next write leaves; and so it is with the eighty
    tables and indexes of a new file, which are there together or not at all."""
    return statement.lstrip()[:6].upper() in ("SELECT", "BEGIN", "BEGIN ", "PRAGMA", "CREATE")


class _Cursor(dbapi2.Cursor):  # type: ignore[misc] # the driver has no types
    def execute(self, statement: str, *given: Any) -> Any:
        fuse = self.connection.fuse
        if _reads(statement):
            fuse.look()
        else:
            fuse.step()
            self.connection.wrote = True
        return super().execute(statement, *given)

    def executemany(self, statement: str, given: Any) -> Any:
        self.connection.fuse.step()
        self.connection.wrote = True
        return super().executemany(statement, given)


class _Connection(dbapi2.Connection):  # type: ignore[misc] # the driver has no types
    fuse: Fuse = Fuse()
    name: str = ""
    wrote: bool = False

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        wrote, self.wrote = self.wrote, False
        if wrote and self.fuse.refuses(self.name):
            super().rollback()  # as SQLite does when a disk takes nothing more
            raise dbapi2.OperationalError("disk I/O error")
        if wrote:
            self.fuse.step()
        super().commit()

    def rollback(self) -> None:
        self.wrote = False
        super().rollback()


@contextmanager
def fused() -> Iterator[None]:
    """While it lasts, every database that is opened belongs to the machine of its folder."""
    plain = dbapi2.connect

    def connect(target: str, **how: Any) -> Any:
        connection = plain(target, factory=_Connection, **how)
        path = Path(unquote(urlsplit(target).path)) if how.get("uri") else Path(target)
        connection.fuse, connection.name = _FUSES.get(str(path.parent), Fuse()), path.name
        return connection

    with mock.patch.object(dbapi2, "connect", connect), _compiled_once():
        yield


@contextmanager
def _compiled_once() -> Iterator[None]:
    """All machines share what one has compiled: each start of a station would compile its statements anew."""
    compiled: LRUCache[Any, Any] = LRUCache(3000)
    plain = Engine.__init__

    def init(self: Engine, *given: Any, **named: Any) -> None:
        plain(self, *given, **named)
        self._compiled_cache = compiled

    dialect = SQLiteDialect_pysqlite
    with (
        mock.patch.object(Engine, "__init__", init),
        mock.patch.object(dialect, "__eq__", lambda self, other: type(self) is type(other), create=True),
        mock.patch.object(dialect, "__hash__", lambda self: hash(type(self)), create=True),
    ):
        yield


def image(path: Path) -> dict[str, bytes]:
    """The file and its WAL as they are now; to be taken while nobody writes."""
    files = {suffix: path.with_name(path.name + suffix) for suffix in WAL}
    return {suffix: file.read_bytes() for suffix, file in files.items() if file.exists()}


def put_back(path: Path, kept: dict[str, bytes]) -> None:
    """The file as it was when the image was taken; whoever had it open must have stopped."""
    for suffix in (*WAL, "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    for suffix, content in kept.items():
        path.with_name(path.name + suffix).write_bytes(content)


def copy_folder(source: Path, target: Path) -> None:
    """A machine's data folder, copied as somebody would who clones a disk."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("lock", "*-shm"))
