"""A station's first start: what the server sends until there are people to sign in, in the language of the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.tasks import Runner
from app.texts import LANGUAGES, Texts
from app.views.widgets.parts import every
from domain.errors import Code, Refused

RETRY_MS, LOOK_MS = 5000, 1000
SAID_AFTER = 5.0  # seconds: from then on words say how far it is
WIDTH = 560


class Fetching(Protocol):
    """The first fetch of everything, on another thread: how many rows have come, and its end from here."""

    fetched: int

    def stop(self) -> None: ...


class FirstStartWindow(QWidget):
    """`build` makes the station, on a worker; it tells who fetches. Signal `ended`: it is made, or
    `error` says why not. While no server answers it goes on trying. `now` is in seconds."""

    ended = Signal()

    def __init__(
        self,
        tasks: Runner,
        build: Callable[[Callable[[Fetching], None]], None],
        texts: Texts,
        now: Callable[[], float],
    ) -> None:
        super().__init__()
        self._tasks, self._build, self._texts, self._now = tasks, build, texts, now
        self._fetching: Fetching | None = None
        self._before, self._rows, self._since = 0, 0, now()
        self._gone = self._is_made = False
        self.error: Exception | None = None
        self.setWindowTitle("Gatehouse")
        self._title, self._body, self._progress = (_words(role) for role in ("h2", "body", "strong"))
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(texts("first.loading_title"))
        self._close = QPushButton(texts("first.leave"))
        self._close.setProperty("kind", "secondary")
        self._close.setMinimumHeight(48)
        self._close.setShortcut("Esc")
        self._close.clicked.connect(self.close)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self.begin)
        self._look = every(self, LOOK_MS, self.look)
        self._lay_out()
        self._say("loading")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(16)
        for each in (self._title, self._body, self._progress, self._bar, self._close):
            layout.addWidget(each)

    def begin(self) -> None:
        """Starts, or starts again: what has come is kept."""
        self._retry.stop()
        self._say("loading")
        self._since = self._now()
        self._look.start()
        self._tasks.run(self._build, self._begun, done=self._done, failed=self._failed)

    def look(self) -> None:
        """Says how far it is, once it takes long."""
        rows = self._before + (self._fetching.fetched if self._fetching is not None else 0)
        if rows != self._rows:
            self._rows, self._since = rows, self._now()
            self._progress.setText(self._texts("first.rows", n=rows))
        elif (silent := self._now() - self._since) >= SAID_AFTER:
            self._progress.setText(self._texts("first.silent", n=int(silent)))

    @property
    def words(self) -> str:
        """All that is said now."""
        return "\n".join(each.text() for each in (self._title, self._body, self._progress))

    def _begun(self, fetching: Fetching) -> None:
        """On the worker."""
        self._fetching = fetching
        if self._gone:
            fetching.stop()

    def _done(self, _nothing: object) -> None:
        self._is_made = True
        self.ended.emit()

    def _failed(self, error: Exception) -> None:
        self._look.stop()
        if isinstance(error, Refused) and error.code is Code.START_NEEDS_SERVER:
            self._before, self._fetching = self._rows, None
            self._say("waiting")
            self._retry.start(RETRY_MS)
            return
        self.error = error
        self.ended.emit()

    def _say(self, step: str) -> None:
        self._title.setText(self._texts(f"first.{step}_title"))
        self._body.setText(self._texts(f"first.{step}"))
        self._progress.setText("")
        self._bar.setVisible(step == "loading")

    def closeEvent(self, event: QCloseEvent) -> None:
        self._gone = True
        self._retry.stop()
        self._look.stop()
        if self._fetching is not None and not self._is_made:
            self._fetching.stop()
        super().closeEvent(event)


def machine_language() -> str:
    """The language of the machine, where nobody has signed in yet; English for one we do not speak."""
    language = QLocale.system().name().partition("_")[0]
    return language if language in LANGUAGES else "en"


def _words(role: str) -> QLabel:
    made = QLabel()
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
    made.setMinimumWidth(WIDTH)
    return made
