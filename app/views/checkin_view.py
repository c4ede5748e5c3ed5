"""Check-in: nothing to press. A scan is answered over the whole page; the next scan replaces the answer at once."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from app.shown import Colour, ScanResult, ScanRow
from app.shown_status import StationStatus
from app.views import gate_answers
from app.views.checkin_parts import MARKS, BoardPanel, IdlePanel
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Gate, People
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.answer_panel import AnswerPanel
from app.views.widgets.buttons import LARGE, KeyButton
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, holder, label, panel, picture, row
from app.views.widgets.row_list import ListRow, RowList
from domain.staff import Permission

SOUNDS = {Colour.GREEN: "yes", Colour.AMBER: "look", Colour.RED: "no"}


class CheckinView(Page):
    def __init__(self, desk: Desk, gate: Gate, people: People) -> None:
        super().__init__(desk)
        self._gate, self._people = gate, people
        self._yes: SecondYes | None = None  # while a supervisor is asked
        self._result: ScanResult | None = None
        self._band = self._make_band()
        self._idle, self._answer, self._history = IdlePanel(desk), AnswerPanel(desk), RowList(desk)
        self._stack = Pages()
        side = desk.px(24)
        idle = holder(column(self._idle, margins=(side, side, side, side)))
        self._past = self._make_past()
        for each in (idle, self._answer, self._past):
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
        if self._stack.currentWidget() is self._past or self._yes is not None:
            self._show_answer()
        elif not self._idle.close_field():
            self._rest()

    def show_status(self, status: StationStatus) -> None:
        """The band that tells how old the gate's knowledge is."""
        self._band.setVisible(status.offline_since is not None)
        if status.offline_since is not None:
            self._band_words.setText(gate_answers.how_old(self.desk, status.offline_since, status))

    def undo(self) -> bool:
        """While an admission is on the page."""
        shown = self._stack.currentWidget() is self._answer and self._result is not None
        if not shown or self._result is None or not self._result.admission_id:
            return False
        self._act("undo")
        return True

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
        self._drop_yes()
        self._result = result
        self._answer.show_answer(gate_answers.answer(self.desk, result))
        self._stack.setCurrentWidget(self._answer)
        self.setFocus()
        self.desk.sound(SOUNDS[result.colour])
        self.outdated()  # once, with what the scan itself has changed

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
            case "let_in":
                self._ask_to_allow(result)
            case "undo":
                run(self._gate.undo, result.admission_id, done=self._undone, failed=self._trouble)
            case "type":
                self._type()
            case "history":
                run(self._gate.history, result.ticket_id, done=self._show_history, failed=self._trouble)
            case _:
                self.desk.sound("no")
                self._rest()

    def _ask_to_allow(self, result: ScanResult) -> None:
        """In the answer's place: a supervisor may let a banned guest in."""
        texts = self.desk.texts
        words = texts("scan.banned.title"), texts("gate.let_in_what"), texts("gate.let_in")
        yes = SecondYes(self.desk, self._people, Yes(*words, Permission.ALLOW_BANNED.value))
        yes.setContentsMargins(*(self.desk.px(24),) * 4)
        run = self.desk.tasks.run
        yes.given.connect(
            lambda given: run(self._gate.let_in, result.ticket_id, given, done=self._decided, failed=yes.fail)
        )
        yes.left.connect(self._show_answer)
        self._answer.stop()
        self._drop_yes()
        self._yes = yes
        self._stack.addWidget(yes)
        self._stack.setCurrentWidget(yes)
        yes.begin()

    def _drop_yes(self) -> None:
        if self._yes is not None:
            self._stack.removeWidget(self._yes)
            self._yes.deleteLater()
            self._yes = None

    def _undone(self, _result: ScanResult) -> None:
        self._rest()
        self.notice.emit(self.desk.texts("gate.undone"), "info")
        self.outdated()

    def _rest(self) -> None:
        self._answer.stop()
        self._drop_yes()
        self._result = None
        self._stack.setCurrentIndex(0)

    def _type(self) -> None:
        self._rest()
        self._idle.open_field()

    def _show_answer(self) -> None:
        self._drop_yes()
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
                self._at(each),
                texts.seconds(each.at),
                MARKS[each.colour][1],
            )
            for each in rows
        ]
        self._history.show_rows(texts("gate.history_of", short=short), listed, texts("gate.no_history"))
        self._stack.setCurrentWidget(self._past)
        self._history.start()

    def _at(self, scan: ScanRow) -> str:
        gate = scan.gate.get(self.desk.texts.language)
        return self.desk.texts("gate.at", gate=gate) if gate else ""

    def _make_past(self) -> QWidget:
        """The history of a ticket, with the way to the next one that cannot be scanned."""
        desk, side = self.desk, self.desk.px(24)
        words = desk.texts("gate.type")
        typing = KeyButton(desk, words, "keyboard", key="F9", size=LARGE - 6, on_click=self._type)
        layout = column(self._history, row(typing, 1, margins=(side, 0, side, side)), gap=0)
        layout.setStretch(0, 1)
        return holder(layout)

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
