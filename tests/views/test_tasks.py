"""The runner: off the GUI thread, in order, and nothing is delivered to what is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.tasks import InstantTasks, Tasks
from domain.errors import Code, Refused
from tests.helpers.logs import ExpectedLogs


@pytest.fixture
def notices() -> list[Exception]:
    return []


@pytest.fixture
def tasks(qtbot: QtBot, notices: list[Exception]) -> Iterator[Tasks]:
    made = Tasks(notices.append)
    yield made
    made.close()


def test_work_runs_elsewhere_and_its_result_arrives_here(tasks: Tasks, qtbot: QtBot) -> None:
    got: list[tuple[int, int]] = []
    tasks.run(threading.get_ident, done=lambda ran: got.append((ran, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(got))
    assert got[0][0] != threading.get_ident()
    assert got[0][1] == threading.get_ident()


def test_actions_keep_their_order(tasks: Tasks, qtbot: QtBot) -> None:
    got: list[int] = []
    for number in range(50):
        tasks.run(lambda number=number: number, done=got.append)
    qtbot.waitUntil(lambda: len(got) == 50)
    assert got == list(range(50))


def test_a_long_wait_aside_holds_nobody_up(tasks: Tasks, qtbot: QtBot) -> None:
    release, got = threading.Event(), list[str]()
    tasks.run_aside(lambda: release.wait(10) and "card", done=got.append)
    tasks.run(lambda: "sale", done=got.append)
    qtbot.waitUntil(lambda: got == ["sale"])
    release.set()
    qtbot.waitUntil(lambda: got == ["sale", "card"])


def refuse() -> None:
    raise Refused(Code.CART_EMPTY)


def break_down() -> None:
    raise KeyError("a bug")


def test_a_refusal_goes_to_who_asked_else_to_everybody(
    tasks: Tasks, qtbot: QtBot, notices: list[Exception]
) -> None:
    got: list[Exception] = []
    tasks.run(refuse, failed=got.append)
    qtbot.waitUntil(lambda: len(got) == 1)
    assert not notices
    tasks.run(refuse)
    qtbot.waitUntil(lambda: len(notices) == 1)


def test_a_bug_is_logged_and_becomes_a_notice(
    tasks: Tasks, qtbot: QtBot, notices: list[Exception], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("a task failed", logger="app.tasks")
    got: list[Exception] = []
    tasks.run(break_down, failed=got.append)
    qtbot.waitUntil(lambda: len(notices) == 1)
    assert isinstance(got[0], KeyError)


def test_a_result_for_a_widget_that_is_gone_is_dropped(
    tasks: Tasks, qtbot: QtBot, notices: list[Exception]
) -> None:
    label, got = QLabel(), list[str]()
    release = threading.Event()
    tasks.run(lambda: release.wait(10) and "late", done=label.setText)
    label.deleteLater()
    del label
    release.set()
    tasks.run(lambda: "after", done=got.append)
    qtbot.waitUntil(lambda: got == ["after"])
    assert not notices


def test_nothing_is_delivered_after_close(qtbot: QtBot) -> None:
    got: list[int] = []
    tasks = Tasks(lambda error: None)
    started, release = threading.Event(), threading.Event()

    def work() -> int:
        started.set()
        release.wait(10)
        return 1

    tasks.run(work, done=got.append)
    assert started.wait(10)
    release.set()
    tasks.close()
    tasks.run(lambda: 2, done=got.append)
    after: list[int] = []
    other = Tasks(lambda error: None)
    other.run(lambda: 3, done=after.append)
    qtbot.waitUntil(lambda: after == [3])
    other.close()
    assert not got


def test_instant_tasks_do_the_same_at_once(notices: list[Exception]) -> None:
    got: list[object] = []
    tasks = InstantTasks(notices.append)
    tasks.run(lambda: 1, done=got.append)
    tasks.run_aside(refuse, failed=got.append)
    tasks.run(refuse)
    assert got[0] == 1
    assert isinstance(got[1], Refused)
    assert len(notices) == 1
