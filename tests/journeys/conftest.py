"""A venue of its own for each journey, and a till of it."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.wiring import Joined
from tests.helpers.line import capacity, cards, opened, server
from tests.helpers.running import RunningServer
from tests.helpers.windows import windows_end_here
from tests.journeys.desk import opened_desk

__all__ = ["capacity", "cards", "opened", "server", "windows_end_here"]


@pytest.fixture(autouse=True)
def _qt_ends_here() -> Iterator[None]:
    """As `app.collecting`: no thread of a station may end a window that a test left in a cycle."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def till(server: RunningServer, tmp_path: Path, qtbot: QtBot) -> Iterator[Joined]:
    """With Reem."""
    with opened_desk(server, tmp_path, qtbot, who="reem") as desk:
        yield desk
