"""Check-in: nothing to press. A scan is answered over the whole page; the next scan replaces the answer at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from app.shown import Colour, GateBoard, ScanResult, ScanRow, StationStatus
from app.views import gate_answers
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Gate
from app.views.widgets.answer_panel import AnswerPanel
from app.views.widgets.buttons import LARGE, KeyButton
from app.views.widgets.inputs import field
from app.views.widgets.marks import Bar, Dashed
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, lines, panel, picture, row, rule, scroller
from app.views.widgets.row_list import ListRow, RowList

SIDE = 320
MARKS = {
    Colour.GREEN: ("filled/circle-check", "ok"),
    Colour.AMBER: ("filled/alert-triangle", "warn"),
    Colour.RED: ("filled/circle-x", "bad"),
}
SOUNDS = {Colour.GREEN: "yes", Colour.AMBER: "look", Colour.RED: "no"}


class CheckinView(Page):
    def __init__(self, desk: Desk, gate: Gate) -> None:
        super().__init__(desk)
        self._gate = gate
        self._result: ScanResult | None = None
        self._band = self._make_band()
        self._idle, self._answer, self._history = IdlePanel(desk), AnswerPanel(desk), RowList(desk)
        self._stack = QStackedWidget()
        side = desk.px(24)
        idle = holder(column(self._idle, margins=(side, side, side, side)))
        for each in (idle, self._answer, self._history):
            self._stack.addWidget(each)
        self._board = BoardPanel(desk)
        body = row(self._stack, self._board, gap=0)
        body.setStretch(0, 1)
        layout = column(self._band, body, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._idle.typed.connect(self.decide)
        self._answer.acted.connect(self._act)
        self._answer.over.connect(self._rest)
        self._history.left.connect(self._show_answer)

    # the page's life

    def reload(self) -> None:
        self.desk.tasks.run(self._gate.board, done=self._board.show_board)

    @property
    def result(self) -> ScanResult | None:
        """The answer on the page."""
        return self._result

    def take_scan(self, code: str) -> bool:
        self.decide(code)
        return True

    def back(self) -> None:
        if self._stack.currentWidget() is self._history:
            self._show_answer()
        elif not self._idle.close_field():
            self._rest()

    def show_status(self, status: StationStatus) -> None:
        """The band that tells how old the gate's knowledge is."""
        offline, texts = status.offline_since, self.desk.texts
        self._band.setVisible(offline is not None)
        if offline is None:
            return
        saved = texts.clock(status.data_from) if status.data_from else ""
        key = "gate.offline" if saved else "gate.offline_no_list"
        words = texts(key, since=texts.clock(offline), saved=saved, n=status.waiting)
        self._band_words.setText(words)

    def decide(self, code: str) -> None:
        """Asks the gate about a code, scanned or typed."""
        self.desk.sound("read")
        self.desk.tasks.run(self._gate.scan, code, done=self._decided, failed=self._trouble)

    # answers

    def _decided(self, result: ScanResult) -> None:
        self._idle.quiet()
        if result.repeated and self._result is not None and self._stack.currentWidget() is self._answer:
            self._answer.show_repeated()
            return
        self._result = result
        self._answer.show_answer(gate_answers.answer(self.desk, result))
        self._stack.setCurrentWidget(self._answer)
        self.setFocus()
        self.desk.sound(SOUNDS[result.colour])
        self.reload()

    def _trouble(self, error: Exception) -> None:
        self._rest()
        self._idle.say(error)
        self.desk.sound("no")

    def _act(self, name: str) -> None:
        result = self._result
        if result is None:
            return
        run = self.desk.tasks.run
        match name:
            case "re_enter":
                run(self._gate.re_enter, result.ticket_id, done=self._decided, failed=self._trouble)
            case "undo":
                run(self._gate.undo, result.admission_id, done=self._undone, failed=self._trouble)
            case "history":
                run(self._gate.history, result.ticket_id, done=self._show_history, failed=self._trouble)
            case _:
                self.desk.sound("no")
                self._rest()

    def _undone(self, _result: ScanResult) -> None:
        self._rest()
        self.notice.emit(self.desk.texts("gate.undone"), "info")
        self.reload()

    def _rest(self) -> None:
        self._answer.stop()
        self._result = None
        self._stack.setCurrentIndex(0)

    def _show_answer(self) -> None:
        self._stack.setCurrentWidget(self._answer)

    def _show_history(self, rows: tuple[ScanRow, ...]) -> None:
        self._answer.stop()
        texts = self.desk.texts
        short = self._result.ticket_short if self._result else ""
        listed = [
            ListRow(
                "",
                MARKS[each.colour][0],
                gate_answers.row_words(self.desk, each.code),
                texts("gate.at", gate=each.gate) if each.gate else "",
                texts.seconds(each.at),
                MARKS[each.colour][1],
            )
            for each in rows
        ]
        self._history.show_rows(texts("gate.history_of", short=short), listed, texts("gate.no_history"))
        self._stack.setCurrentWidget(self._history)

    def _make_band(self) -> QFrame:
        desk = self.desk
        self._band_words = label(desk, "", "bodystrong", "onwarn")
        side = desk.px(24)
        made = panel(
            "band",
            row(
                picture(desk, "cloud-off", "onwarn", 20),
                self._band_words,
                1,
                gap=10,
                margins=(side, 0, side, 0),
            ),
        )
        made.setFixedHeight(desk.px(40))
        made.hide()
        return made


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
        self._button.clicked.connect(self._open_field)
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
        layout.setContentsMargins(desk.px(32), desk.px(32), desk.px(32), desk.px(32))
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

    def _open_field(self) -> None:
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
        self.setFixedWidth(desk.px(SIDE))
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
        side = desk.px(20)
        layout.setContentsMargins(side, side, side, side)
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
            number.setText(f"{count:,}")
        share = board.came / board.expected if board.expected else 0.0
        self._bar.set_share(share)
        texts = self._desk.texts
        percent = round(share * 100)
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
