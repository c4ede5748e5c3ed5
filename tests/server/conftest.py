"""The core on both databases; each test finds one as it was filled once."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.database import open_postgres
from server.database import PARTS
from tests.helpers.core import Core
from tests.helpers.postgres import Postgres

KEPT = "kept"  # a schema of copies


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample venue in `venue.db` and its secrets."""
    folder = tmp_path_factory.mktemp("filled")
    Core(f"sqlite:///{folder / 'venue.db'}", folder).close()
    return folder


@pytest.fixture(scope="session")
def used(postgres: Postgres, filled: Path) -> tuple[str, str]:
    """The address of a database for one test after the other, and the statements that put back what each finds there:
    making one for each test would cost more than most of them."""
    url = postgres.url(postgres.filled("used", lambda url: Core(url, filled).close()))
    put_back = [f"DELETE FROM {table.name}" for table in reversed(_tables())]
    with _connected(url) as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {KEPT}")
        for table in _tables():
            if connection.execute(sa.select(table).limit(1)).first() is not None:
                connection.exec_driver_sql(f"CREATE TABLE {KEPT}.{table.name} AS TABLE {table.name}")
                put_back.append(f"INSERT INTO {table.name} SELECT * FROM {KEPT}.{table.name}")
    return url, ";".join(put_back)


def _tables() -> list[sa.Table]:
    return [table for part in PARTS for table in part.metadata.sorted_tables]


@contextlib.contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    engine = open_postgres(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, filled: Path, tmp_path: Path) -> Iterator[Core]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'venue.db'}"
    else:
        url, put_back = request.getfixturevalue("used")
        with _connected(url) as connection:
            connection.exec_driver_sql(put_back)
    opened = Core(url, tmp_path)
    yield opened
    opened.close()
