"""The API on SQLite, with somebody of each role; `anywhere` on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.core import Core
from tests.server.api.web import Web, hire


@pytest.fixture(scope="session")
def staffed(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample venue with somebody of each role."""
    folder = tmp_path_factory.mktemp("staffed")
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    core = Core(f"sqlite:///{folder / 'venue.db'}", folder)
    hire(core)
    core.close()
    return folder


@pytest.fixture
def web(staffed: Path, tmp_path: Path) -> Iterator[Web]:
    shutil.copytree(staffed, tmp_path, dirs_exist_ok=True)
    core = Core(f"sqlite:///{tmp_path / 'venue.db'}", tmp_path)
    made = Web(core, tmp_path)
    yield made
    made.close()
    core.close()


@pytest.fixture
def anywhere(core: Core, tmp_path: Path) -> Iterator[Web]:
    made = Web(core, tmp_path)
    yield made
    made.close()
