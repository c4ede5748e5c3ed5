"""Without the server: what would work if it went away now, the worst first; during an outage what works, and until
when."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame

from app.shown_readiness import ReadinessLine, ReadinessPage, State
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Readiness
from app.views.readiness_words import advice_of, head_of, sentence_of
from app.views.widgets.buttons import KeyButton
from app.views.widgets.marked_rows import skeletons
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, every, holder, label, lines, panel, picture, row
from app.views.widgets.scroll import scroller

WIDTH, AGAIN_MS = 940, 5000
SIGNS = {
    State.FINE: ("circle-check", "ok", "readiness.state_fine"),
    State.LOOK: ("alert-triangle", "warn", "readiness.state_look"),
    State.MISSING: ("cloud-off", "bad", "readiness.state_missing"),
}
Said = tuple[State, str, str]


class ReadinessView(Page):
    """Signal `left`: back to where one was."""

    left = Signal()

    def __init__(self, desk: Desk, readiness: Readiness) -> None:
        super().__init__(desk)
        self._readiness = readiness
        self._said: list[Said] = []
        self._back: KeyButton | None = None
        self._trouble = InlinePanel(desk)
        self._head, self._rows = column(), column(gap=desk.px(8))
        self._list = scroller(holder(column(self._rows, 1)))
        self._list.verticalScrollBar().setSingleStep(desk.px(48))
        side = desk.px(24)
        all_of_it = column(self._head, self._trouble, self._list, gap=desk.px(16))
        all_of_it.setStretch(2, 1)
        middle = holder(all_of_it)
        middle.setMaximumWidth(desk.px(WIDTH))
        self.setLayout(row(middle, margins=(side, side, side, side)))
        self._timer = every(self, AGAIN_MS, self.reload)
        for each in skeletons(desk):
            self._rows.addWidget(each)

    # the page's life

    def reload(self) -> None:
        self.desk.tasks.run(self._readiness.page, done=self._show, failed=self._trouble.trouble)

    def first_focus(self) -> None:
        """Where the keys are is seen; arrows scroll from there too."""
        (self._back or self).setFocus()

    def back(self) -> None:
        self.left.emit()

    def showEvent(self, event: QShowEvent) -> None:
        self._list.verticalScrollBar().setValue(0)  # the worst is there
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._list.take_key(event):
            super().keyPressEvent(event)

    # what is shown

    def _show(self, page: ReadinessPage) -> None:
        self._trouble.quiet()
        texts, now = self.desk.texts, self.desk.now()
        said: list[Said] = [(page.head.state, head_of(texts, page, now), self._about(page))]
        said += [(line.state, sentence_of(texts, line, now), advice_of(texts, line)) for line in page.lines]
        if said == self._said:  # nothing moves under the reader's eyes
            return
        self._said = said
        self._show_head(said[0])
        clear(self._rows)
        for line, (_, words, advice) in zip(page.lines, said[1:], strict=True):
            self._rows.addWidget(self._row(line, words, advice))

    def _about(self, page: ReadinessPage) -> str:
        away = page.offline_since is not None
        return self.desk.texts("readiness.about_away" if away else "readiness.about")

    def _show_head(self, said: Said) -> None:
        desk, (state, words, about) = self.desk, said
        icon, tone, _ = SIGNS[state]
        keep = self.window().focusWidget() in (self, self._back)
        clear(self._head)
        back = KeyButton(desk, desk.texts("readiness.back"), "arrow-left", key="Esc", on_click=self.back)
        text = lines(label(desk, words, "h2", wrap=True), label(desk, about, "body", "text2", wrap=True))
        edge = desk.px(20)
        box = row(
            picture(desk, icon, tone, 32), text, back, gap=desk.px(16), margins=(edge, edge, edge, edge)
        )
        box.setStretch(1, 1)
        card = panel("card", box)
        card.setAccessibleName(words)
        self._head.addWidget(card)
        self._back = back
        if keep:
            card.show()
            back.setFocus()

    def _row(self, line: ReadinessLine, words: str, advice: str) -> QFrame:
        desk, (icon, tone, state) = self.desk, SIGNS[line.state]
        fine = line.state is State.FINE
        told = label(desk, desk.texts(state), "captionstrong", tone)
        text = lines(
            label(desk, words, "body" if fine else "strong", wrap=True),
            label(desk, advice, "body", "text2", wrap=True) if advice else None,
        )
        side, edge = desk.px(16), desk.px(8)
        box = row(picture(desk, icon, tone), text, told, gap=side, margins=(side, edge, side, edge))
        box.setStretch(1, 1)
        made = panel("card", box)
        made.setMinimumHeight(desk.px(48))
        made.setAccessibleName(", ".join(part for part in (words, advice, desk.texts(state)) if part))
        return made
