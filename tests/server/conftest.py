"""The core on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.core import Core


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Core]:
    url = f"sqlite:///{tmp_path / 'venue.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")
    opened = Core(url, tmp_path)
    yield opened
    opened.close()
