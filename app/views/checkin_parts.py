"""The parts of the check-in page besides its answers: ready to scan with the field for a code, and the right column."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.shown import Colour, GateBoard, ScanRow
from app.views import gate_answers
from app.views.desk import Desk
from app.views.widgets.buttons import LARGE, KeyButton
from app.views.widgets.inputs import field
from app.views.widgets.marks import Bar, Dashed
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, lines, picture, row, rule
from app.views.widgets.scroll import scroller

SIDE, SIDE_CLOSE = 320, 268
MARKS = {
    Colour.GREEN: ("filled/circle-check", "ok"),
    Colour.AMBER: ("filled/alert-triangle", "warn"),
    Colour.RED: ("filled/circle-x", "bad"),
}


class IdlePanel(Dashed):
    """Ready to scan; a field to type a code in when it is asked for. Signal `typed`."""

    typed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        texts = desk.texts
        self._trouble = InlinePanel(desk)
        icon = picture(desk, "scan", "accent", 120)
        title, hint = (
            label(desk, texts("gate.ready"), "amount"),
            label(desk, texts("gate.ready_hint"), "h3", "text2", wrap=True),
        )
        self._button = KeyButton(
            desk, texts("gate.type"), "keyboard", key="F9", kind="primary", size=LARGE - 6
        )
        self._button.clicked.connect(self.open_field)
        self._field = field(desk, texts("gate.code"), on_enter=self._send, height=56)
        self._field.setFixedWidth(desk.px(340))
        send = KeyButton(
            desk, texts("gate.check"), "check", kind="primary", size=LARGE - 8, on_click=self._send
        )
        self._typing = holder(row(self._field, send, gap=desk.px(8)))
        self._typing.hide()
        keys = row(1, self._hint_key("Esc", texts("gate.esc")), 1)
        layout: QVBoxLayout = column(
            self._trouble, 2, icon, title, hint, self._button, self._typing, 2, keys, gap=desk.px(18)
        )
        for each in (icon, self._button, self._typing):
            layout.setAlignment(each, Qt.AlignmentFlag.AlignHCenter)
        for words in (title, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.insertSpacing(layout.indexOf(self._button), desk.px(10))
        layout.setContentsMargins(desk.px(32), desk.px(20), desk.px(32), desk.px(20))
        self.setLayout(layout)

    def say(self, error: Exception) -> None:
        self._trouble.trouble(error)

    def quiet(self) -> None:
        self._trouble.quiet()

    def close_field(self) -> bool:
        if self._typing.isHidden():
            return False
        self._field.clear()
        self._typing.hide()
        self._button.show()
        return True

    def open_field(self) -> None:
        """Shows the field and puts the focus there."""
        self._button.hide()
        self._typing.show()
        self._field.setFocus()

    def _send(self) -> None:
        if code := self._field.text().strip():
            self.close_field()
            self.typed.emit(code)

    def _hint_key(self, key: str, words: str) -> QWidget:
        cap = label(self._desk, key, "keycap")
        cap.setFixedHeight(self._desk.px(20))
        return holder(row(cap, label(self._desk, words, "small", "text2"), gap=self._desk.px(8)))


class BoardPanel(QFrame):
    """The right column: last scans and the day's counts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("panel", "side")
        self.setFixedWidth(desk.px(SIDE_CLOSE if desk.look.close else SIDE))
        self._rows = column(gap=desk.px(4))
        self._counts = [label(desk, "–", "number") for _ in range(3)]
        names = ("gate.inside", "gate.came", "gate.expected")
        counts = row(gap=desk.px(16))
        for at, (number, name) in enumerate(zip(self._counts, names, strict=True)):
            counts.addLayout(column(number, label(desk, desk.texts(name), "small", "text2"), gap=0))
            if at < 2:
                counts.addStretch(1)
        self._bar = Bar(desk, desk.texts("gate.expected"), height=8)
        self._words = label(desk, "", "small", "text2")
        title = label(desk, desk.texts("gate.last"), "h3")
        rows = scroller(holder(column(self._rows, 1, gap=0)))
        layout = column(title, rows, rule(), counts, self._bar, self._words, gap=desk.px(12))
        side, edge = desk.px(12 if desk.look.close else 20), desk.px(20)
        layout.setContentsMargins(side, edge, side, edge)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_board(self, board: GateBoard) -> None:
        clear(self._rows)
        for each in board.rows:
            self._rows.addWidget(self._row(each))
        if not board.rows:
            self._rows.addWidget(
                label(self._desk, self._desk.texts("gate.no_scans"), "body", "text2", wrap=True)
            )
        for number, count in zip(self._counts, (board.inside, board.came, board.expected), strict=True):
            number.setText(self._desk.texts.code(f"~{count:,}") if board.stale else f"{count:,}")
        came, expected = board.of_session or (board.came, board.expected)
        share = came / expected if expected else 0.0
        self._bar.set_share(share)
        texts = self._desk.texts
        percent = texts.code(f"~{round(share * 100)}") if board.stale else str(round(share * 100))
        if board.session_starts is not None:
            self._words.setText(
                texts("gate.arrived_of", time=texts.clock(board.session_starts), percent=percent)
            )
        else:
            self._words.setText(texts("gate.arrived", percent=percent))

    def _row(self, shown: ScanRow) -> QWidget:
        desk = self._desk
        icon, tone = MARKS[shown.colour]
        title = shown.title.get(desk.texts.language) or desk.texts(
            "gate.ticket_row", short=shown.ticket_short
        )
        detail = gate_answers.row_words(desk, shown.code)
        words = lines(label(desk, title, "bodystrong"), label(desk, detail, "caption", "text3"))
        time = label(desk, desk.texts.clock(shown.at), "small", "text2")
        made = holder(row(picture(desk, icon, tone), words, 1, time, gap=desk.px(12)))
        made.setFixedHeight(desk.px(50 if desk.look.rtl else 46))
        return made
