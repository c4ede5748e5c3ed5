"""When the journal is damaged: what happened, what is safe, and the one thing to do, step by step, in both languages.
For whoever stands at the counter; nobody is signed in here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.shown_status import Recovered
from app.tasks import Runner
from app.texts import Texts
from domain.errors import Unavailable

RETRY_MS = 5000


class RecoveryWindow(QWidget):
    """`recover` does the work, and may be called again. Signal `finished`: the station may start."""

    finished = Signal()

    def __init__(self, tasks: Runner, recover: Callable[[], Recovered]) -> None:
        super().__init__()
        self._tasks, self._recover = tasks, recover
        self._texts = Texts("en"), Texts("ar")
        self._next: Callable[[], None] = self.begin
        self.step = ""
        self.setWindowTitle("Gatehouse")
        self._columns = [self._column(texts) for texts in self._texts]
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._button = QPushButton()
        self._button.setProperty("kind", "primary")
        self._button.setMinimumHeight(56)
        self._button.setDefault(True)
        self._button.setAutoDefault(True)
        self._button.clicked.connect(lambda: self._next())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.begin)
        self._lay_out()
        self._show("found", self.begin)

    def _column(self, texts: Texts) -> tuple[QLabel, QLabel]:
        title, body = QLabel(), QLabel()
        for each in (title, body):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setWordWrap(True)
            each.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
            each.setLayoutDirection(
                Qt.LayoutDirection.RightToLeft if texts.rtl else Qt.LayoutDirection.LeftToRight
            )
            each.setMinimumWidth(420)
        title.setProperty("role", "h2")
        return title, body

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(32)
        for title, body in self._columns:
            side = QVBoxLayout()
            side.setSpacing(12)
            side.addWidget(title)
            side.addWidget(body, 1)
            sides.addLayout(side, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(24)
        layout.addLayout(sides, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._button)

    def begin(self) -> None:
        """Starts, or starts again."""
        self._timer.stop()
        self._show("working", self.begin)
        self._tasks.run(self._recover, done=self._done, failed=self._failed)

    def _done(self, told: Recovered) -> None:
        numbers = "  ".join(lost.number for lost in told.documents)
        facts: dict[str, int | str] = {"read": told.read, "missing": told.missing, "unsent": told.unsent}
        facts["folder"] = f"damaged/{told.kept_in}"
        self._show(_step(told), self.finished.emit, facts)
        for (_, body), texts in zip(self._columns, self._texts, strict=True):
            if numbers:
                body.setText(f"{body.text()}\n\n{texts('recovery.documents', numbers=texts.code(numbers))}")

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Unavailable):
            self._show("waiting", self.begin)
            self._timer.start(RETRY_MS)
            return
        self._show("refused", self.begin)
        for (_, body), texts in zip(self._columns, self._texts, strict=True):
            body.setText(f"{texts.trouble(error)}\n\n{body.text()}")

    def _show(self, step: str, go_on: Callable[[], None], facts: dict[str, int | str] | None = None) -> None:
        self.step, self._next = step, go_on
        for (title, body), texts in zip(self._columns, self._texts, strict=True):
            title.setText(texts(f"recovery.{step}_title"))
            body.setText(texts(f"recovery.{step}", **(facts or {})))
        english, arabic = (texts(f"recovery.{step}_do") for texts in self._texts)
        self._button.setText(f"{english} · {arabic}")
        self._bar.setVisible(step == "working")
        self._button.setEnabled(step != "working")
        self._button.setFocus()

    @property
    def words(self) -> str:
        """All that is said now."""
        return "\n".join(each.text() for column in self._columns for each in column)


def _step(told: Recovered) -> str:
    """What is not known is not said."""
    if told.is_whole:
        return "done"
    if not told.sure:
        return "done_lost"
    return "done_unsent" if told.unsent < 0 else "done_missing"
