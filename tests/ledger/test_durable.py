"""What is committed is on the disk: every file where money is kept waits for it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from ledger.clock import HandClock
from ledger.database import open_database
from ledger.journal import open_journal
from server.database import Database
from tests.helpers.running import MORNING

FULL = 2


def pragma(engine: Engine, name: str) -> int | str:
    with engine.connect() as connection:
        found: int | str = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        return found


def test_a_journal_waits_for_the_disk_with_each_commit(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    told = [pragma(journal, name) for name in ("synchronous", "journal_mode", "fullfsync")]
    journal.dispose()
    assert told == [FULL, "wal", 1]


def test_a_server_waits_for_the_disk_with_each_commit(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'venue.db'}", HandClock(MORNING))
    told = [pragma(database.engine, name) for name in ("synchronous", "journal_mode", "fullfsync")]
    database.close()
    assert told == [FULL, "wal", 1]


def test_postgresql_waits_for_the_disk_with_each_commit(postgres_database: str) -> None:
    engine = open_database(postgres_database)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SHOW synchronous_commit")).scalar_one() == "on"
    engine.dispose()
