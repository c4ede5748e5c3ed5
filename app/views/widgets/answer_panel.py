"""The gate's answer, filling the page: word, name, facts, what to do. Colour, icon shape and word say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.shown import Colour
from app.views.desk import Desk
from app.views.widgets.buttons import LARGE, NORMAL, KeyButton
from app.views.widgets.marks import Bar, Hatch, chip
from app.views.widgets.parts import clear, column, holder, label, lines, panel, picture, row, rule

SHOWN_MS, STEP_MS = 8000, 100
MOST_NAME, LOW, MOST_LARGE = 24, 740, 3
STYLE = {
    Colour.GREEN: ("ok", "onok", "filled/circle-check"),
    Colour.AMBER: ("warn", "onwarn", "filled/alert-triangle"),
    Colour.RED: ("bad", "onbad", "filled/circle-x"),
}


@dataclass(frozen=True, slots=True)
class AnswerFact:
    icon: str
    title: str
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerAction:
    """A button under the answer; `name` comes back when it is pressed. The last one stands apart."""

    name: str
    words: str
    icon: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`goes_away` after eight seconds; others stay until the next scan or Esc."""

    colour: Colour
    word: str
    time: str
    title: str
    subtitle: str
    facts: tuple[AnswerFact, ...]
    what_to_do: str
    actions: tuple[AnswerAction, ...]
    foot: str
    goes_away: bool


class AnswerPanel(QFrame):
    """Signals: `acted` the name of an action, `over` the answer's time is up."""

    acted = Signal(str)
    over = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._box = column(gap=0)
        self.setLayout(self._box)
        self._bar: Bar | None = None
        self._again: QLabel | QFrame | None = None
        self._left_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._tick)

    def show_answer(self, answer: Answer) -> None:
        clear(self._box)
        tone, ink, _ = STYLE[answer.colour]
        self.setProperty("panel", f"answer-{tone}")
        self.style().unpolish(self)
        self.style().polish(self)
        if answer.colour is Colour.RED:
            self._box.addWidget(Hatch(self._desk))
        self._box.addWidget(self._body(answer, ink), 1)
        self._start(answer)
        spoken = f"{answer.word}. {answer.title}. {answer.what_to_do}"
        self.setAccessibleName(spoken)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def show_repeated(self) -> None:
        """The same code came again within two seconds: a tick, no second decision."""
        if self._again is not None:
            self._again.show()

    def stop(self) -> None:
        self._timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _body(self, answer: Answer, ink: str) -> QWidget:
        desk, low = self._desk, self._is_low()
        side = desk.px(24 if low else 32)
        title = "name" if len(answer.title) <= MOST_NAME and not low else "amount"
        subtitle = label(desk, answer.subtitle, "h1", ink, wrap=True)
        layout = column(
            self._head(answer, ink),
            label(desk, answer.title, title, ink, wrap=True),
            subtitle if answer.subtitle else None,
            self._facts(answer.facts) if answer.facts else None,
            self._do(answer.what_to_do) if answer.what_to_do else None,
            1,
            self._actions(answer.actions) if answer.actions else None,
            label(desk, answer.foot, "strong", ink),
            self._time_bar(ink) if answer.goes_away else None,
            gap=desk.px(6 if low else 12),
            margins=(side, desk.px(4 if low else 20), side, desk.px(8 if low else 20)),
        )
        return holder(layout)

    def _is_low(self) -> bool:
        """A window too low for the large type."""
        return self.window().height() * 100 < LOW * self._desk.look.scale

    def _head(self, answer: Answer, ink: str) -> QWidget:
        desk = self._desk
        icon = STYLE[answer.colour][2]
        self._again = chip(desk, desk.texts("answer.again"), "check", "mute")
        self._again.hide()
        word = label(desk, answer.word, "word", ink)
        time = label(desk, answer.time, "h3", ink)
        return holder(
            row(
                picture(desk, icon, ink, 56 if self._is_low() else 80),
                word,
                1,
                self._again,
                time,
                gap=desk.px(18),
            )
        )

    def _facts(self, facts: Sequence[AnswerFact]) -> QFrame:
        desk, low = self._desk, self._is_low()
        side, above = desk.px(12 if low else 24), desk.px(8 if low else 22)
        cells = row(gap=side, margins=(side, above, side, above))
        for at, fact in enumerate(facts):
            if at:
                cells.addWidget(rule(upright=True))
            words = lines(
                label(desk, fact.title, "small", "text2", wrap=True),
                label(desk, fact.words, "h2" if low else "number", wrap=True),
                label(desk, fact.detail, "small", "text2", wrap=True) if fact.detail else None,
            )
            cell = row(
                picture(desk, fact.icon, "accenttext", 24 if low else 40),
                words,
                gap=desk.px(8 if low else 16),
            )
            cell.setStretch(1, 1)
            cells.addLayout(cell, 1)
        return panel("facts", cells)

    def _do(self, words: str) -> QFrame:
        desk = self._desk
        side, edge = desk.px(24), desk.px(6 if self._is_low() else 14)
        title = label(desk, desk.texts("answer.what_to_do"), "captionstrong")
        do = label(desk, words, "h3", wrap=True)
        return panel("facts", column(title, do, gap=desk.px(4), margins=(side, edge, side, edge)))

    def _actions(self, actions: Sequence[AnswerAction]) -> QWidget:
        """Beside each other; four of them have smaller words, and where even those do not fit no icons."""
        many = len(actions) > MOST_LARGE
        size, icons = NORMAL if many else LARGE - 6, not (many and self._desk.look.close)
        box = row(gap=self._desk.px(12))
        for action in actions:
            if action.key == "F12":
                box.addStretch(1)
            button = KeyButton(
                self._desk, action.words, action.icon if icons else "", key=action.key, size=size
            )
            button.setMinimumHeight(self._desk.px(LARGE - 6))
            button.clicked.connect(lambda _checked=False, name=action.name: self.acted.emit(name))
            box.addWidget(button)
        if all(action.key != "F12" for action in actions):
            box.addStretch(1)
        return holder(box)

    def _time_bar(self, ink: str) -> Bar:
        self._bar = Bar(self._desk, self._desk.texts("answer.time_left"), ink, track=ink)
        return self._bar

    def _start(self, answer: Answer) -> None:
        self._timer.stop()
        if answer.goes_away and self._bar is not None:
            self._left_ms = SHOWN_MS
            self._bar.set_share(1.0)
            self._timer.start()

    def _tick(self) -> None:
        self._left_ms -= STEP_MS
        if self._bar is not None:
            self._bar.set_share(self._left_ms / SHOWN_MS)
        if self._left_ms <= 0:
            self._timer.stop()
            self.over.emit()
