"""The end of a test's window. One that is closed but there would be dressed again at each change of look after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from app.views.main_window import MainWindow


def end(window: QWidget) -> None:
    """Nothing of it remains, however many references do."""
    window.close()
    delete(window)


@pytest.fixture(autouse=True, scope="module")
def windows_end_here() -> Iterator[None]:
    """None outlives the module that made it."""
    yield
    left = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
    assert not left, f"{len(left)} windows of a station are left"
