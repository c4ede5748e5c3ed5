"""When the station cannot start, or not yet: what happened, what is safe and what to do, in one small window."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from app.shown_status import Recovered
from app.tasks import Tasks
from app.texts import Texts
from app.views.first_start_window import Fetching, FirstStartWindow, machine_language
from app.views.recovery_window import RecoveryWindow
from app.views.widgets.theme import Look, apply_look
from domain.errors import Code, Refused, Unavailable

FAILED = 3
RECOVERED = 4
STARTED = 6
AGAIN = 7
ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
T = TypeVar("T")


def words_of(error: Refused | Unavailable) -> tuple[str, str]:
    """The sentence in English and in Arabic."""
    return Texts("en").trouble(error), Texts("ar").trouble(error)


def show_trouble(application: QApplication, error: Refused | Unavailable) -> int:
    """Shows the window until it is closed, and says the same on standard error. Returns the exit code, `AGAIN` where
    the person has done what it says."""
    english, arabic = words_of(error)
    print(f"{english}\n{arabic}", file=sys.stderr)
    if application.platformName() == "offscreen":
        return FAILED
    apply_look(application, Look())
    mended = isinstance(error, Refused) and error.code is Code.DISK_FULL
    window = make_window(english, arabic, (lambda: application.exit(AGAIN)) if mended else None)
    window.show()
    ended = run_until_closed(application)
    window.close()
    return AGAIN if ended == AGAIN else FAILED


def run_until_closed(application: QApplication) -> int:
    return application.exec()


def show_recovery(application: QApplication, recover: Callable[[], Recovered]) -> bool:
    """Walks through the recovery of a damaged journal. False when the window was closed before its end."""
    apply_look(application, Look())
    tasks = Tasks(lambda error: None)
    window = RecoveryWindow(tasks, recover)
    window.finished.connect(lambda: application.exit(RECOVERED))
    window.show()
    ended = run_until_closed(application)
    tasks.close()
    window.close()
    return ended == RECOVERED


class GivenUp(Exception):
    """The window of a first start was closed before the station was there."""


def show_first_start(application: QApplication, build: Callable[[Callable[[Fetching], None]], T]) -> T:
    """Builds a new station while its window is seen. Raises what `build` raised, or GivenUp."""
    texts = Texts(machine_language())
    apply_look(application, Look(rtl=texts.rtl))
    tasks = Tasks(lambda error: None)
    made: list[T] = []

    def keep(fetching: Callable[[Fetching], None]) -> None:
        made.append(build(fetching))

    window = FirstStartWindow(tasks, keep, texts, time.monotonic)
    window.ended.connect(lambda: application.exit(STARTED))
    window.show()
    window.begin()
    ended = run_until_closed(application)
    window.close()
    tasks.close()
    if window.error is not None:
        raise window.error
    if ended != STARTED:
        raise GivenUp
    return made[0]


class _TroubleWindow(QWidget):
    """Enter takes the first button, Esc closes."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in ENTER:
            self.findChildren(QPushButton)[0].click()
        else:
            super().keyPressEvent(event)


def make_window(english: str, arabic: str, again: Callable[[], object] | None = None) -> QWidget:
    """With `again` where trying once more helps."""
    window = _TroubleWindow()
    window.setWindowTitle("Gatehouse")
    layout = QVBoxLayout(window)
    layout.setContentsMargins(24, 24, 24, 24)
    layout.setSpacing(16)
    for text, direction in (
        (english, Qt.LayoutDirection.LeftToRight),
        (arabic, Qt.LayoutDirection.RightToLeft),
    ):
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setLayoutDirection(direction)
        label.setMinimumWidth(480)
        layout.addWidget(label)
    buttons = [_button("Close · إغلاق", window.close)]
    if again is not None:
        buttons.insert(0, _button("Try again · أعد المحاولة", again))
    buttons[0].setProperty("kind", "primary")
    for button in buttons:
        layout.addWidget(button)
    buttons[0].setFocus()
    return window


def _button(words: str, pressed: Callable[[], object]) -> QPushButton:
    made = QPushButton(words)
    made.setMinimumHeight(48)
    made.clicked.connect(lambda: pressed())
    return made
