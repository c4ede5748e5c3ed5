"""What a screen leaves behind ends on the GUI thread, whoever fills the memory meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.collecting import Collecting, on_this_thread


@pytest.fixture
def collecting(qapp: QObject) -> Iterator[Collecting]:
    with on_this_thread() as one:
        yield one


class Screen(QWidget):
    """A widget that holds itself by what it has connected."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def ends_of(screen: Screen) -> list[threading.Thread]:
    """The thread on which it ends, when it has."""
    ends: list[threading.Thread] = []
    weakref.finalize(screen, lambda: ends.append(threading.current_thread()))
    return ends


def fill_memory() -> list[list[int]]:
    """On a thread of its own, enough that Python would search several times over."""
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(200_000)))
    worker.start()
    worker.join()
    return kept


def test_a_screen_that_is_a_cycle_ends_on_the_gui_thread(collecting: Collecting, qtbot: QtBot) -> None:
    ends = ends_of(Screen())
    held = fill_memory()
    assert ends == []
    qtbot.waitUntil(lambda: bool(ends))
    assert held
    assert ends == [threading.main_thread()]


def test_what_is_there_once_the_window_is_shown_stays_and_what_it_replaces_ends(
    collecting: Collecting,
) -> None:
    ends = ends_of(Screen())
    collecting.keep()
    assert ends == [threading.main_thread()]
    assert gc.get_freeze_count() > 0
    old = Screen()
    collecting.keep()
    ends = ends_of(old)
    del old
    collecting.keep()
    assert ends == [threading.main_thread()]


def test_the_search_is_python_s_again_afterwards(qapp: QObject) -> None:
    with on_this_thread() as one:
        one.keep()
        ends = ends_of(Screen())
    assert ends == [threading.main_thread()]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
