"""The core on both databases; each test finds one as it was filled once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.database import open_postgres
from server.database import PARTS
from tests.helpers.core import Core
from tests.helpers.postgres import Postgres

Kept = dict[sa.Table, list[dict[str, object]]]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample venue in `venue.db` and its secrets."""
    folder = tmp_path_factory.mktemp("filled")
    Core(f"sqlite:///{folder / 'venue.db'}", folder).close()
    return folder


@pytest.fixture(scope="session")
def used(postgres: Postgres, filled: Path) -> tuple[str, Kept]:
    """The address of a database for one test after the other, and what each finds there: making one for each test
    would cost more than most of them."""
    url = postgres.url(postgres.filled("used", lambda url: Core(url, filled).close()))
    engine = open_postgres(url)
    with engine.begin() as connection:
        kept = {table: _rows(connection, table) for table in _tables()}
    engine.dispose()
    return url, kept


def _tables() -> list[sa.Table]:
    return [table for part in PARTS for table in part.metadata.sorted_tables]


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, object]]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def _put_back(url: str, kept: Kept) -> None:
    engine = open_postgres(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(";".join(f"DELETE FROM {table.name}" for table in kept))
        for table, rows in kept.items():
            if rows:
                connection.execute(sa.insert(table), rows)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, filled: Path, tmp_path: Path) -> Iterator[Core]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'venue.db'}"
    else:
        url, kept = request.getfixturevalue("used")
        _put_back(url, kept)
    opened = Core(url, tmp_path)
    yield opened
    opened.close()
