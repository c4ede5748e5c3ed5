"""The core on both databases; each test gets a copy of one that was filled once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.core import Core
from tests.helpers.postgres import Postgres


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample venue in `venue.db` and its secrets."""
    folder = tmp_path_factory.mktemp("filled")
    Core(f"sqlite:///{folder / 'venue.db'}", folder).close()
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, filled: Path, tmp_path: Path) -> Iterator[Core]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    if request.param == "sqlite":
        opened = Core(f"sqlite:///{tmp_path / 'venue.db'}", tmp_path)
        yield opened
        opened.close()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.fresh(postgres.filled("sample_venue", lambda url: Core(url, filled).close()))
    opened = Core(postgres.url(name), tmp_path)
    yield opened
    opened.close()
    postgres.drop(name)
