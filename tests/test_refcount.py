"""Qt must not lose references to Python's constants: PySide6 6.12.0 does on Python 3.11, and aborts after a while."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 300
NOISE = 50  # other threads and caches take and give back a few


def test_calls_into_qt_keep_the_count_of_references_to_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < NOISE
    assert label.text() == str(CALLS - 1)


def test_calls_into_qt_keep_the_count_of_references_to_true_and_false(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(True), sys.getrefcount(False)
    for _ in range(CALLS):
        label.isEnabled()
        label.isModal()
    after = sys.getrefcount(True), sys.getrefcount(False)
    assert all(abs(now - then) < NOISE for now, then in zip(after, before, strict=True))
