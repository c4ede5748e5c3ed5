"""A page of a list and, beside it, one of what was found: told, acted on, or a form in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.views.asking import Asking
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.page import Page
from app.views.widgets.card_side import CardSide
from app.views.widgets.parts import row
from app.views.widgets.told_card import ToldCard


class FoundPage(Page):
    """`chosen` is the key of what is told, `told` what the service said of it."""

    nothing = ""
    """The key of the words while none is chosen."""
    widths = 480, 400
    """Of the list, in pixels before scaling; the second where room is scarce."""

    def __init__(self, desk: Desk, found: FoundList, left: QWidget) -> None:
        """`left` is the list, or what it lies in."""
        super().__init__(desk)
        self.found, self.chosen = found, ""
        self.told: Any = None
        self._then: Callable[[Any], None] | None = None
        self.asking, self._sending = Asking(desk.tasks, self), Asking(desk.tasks, self)
        self.side, self._left = CardSide(desk, self.first_focus), left
        self.side.dropped.connect(left.show)
        found.picked.connect(self.choose)
        left.setFixedWidth(desk.px(self.widths[1 if desk.look.close else 0]))
        gap = desk.px(24)
        layout = row(left, self.side, gap=gap, margins=(gap, gap, gap, gap))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.side.show_words(desk.texts(self.nothing))

    # for pages to override

    def ask(self, key: str) -> Any:
        """What is told of one; called beside the screen."""
        raise NotImplementedError

    def make_card(self, told: Any) -> ToldCard:
        raise NotImplementedError

    def first_focus(self) -> None:
        raise NotImplementedError

    def say_trouble(self, error: Exception) -> None:
        self.side.trouble.trouble(error)

    # the page's life

    def reload(self) -> None:
        self.found.again()
        if self.chosen:
            self.ask_told()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the list, whatever has the focus; pages scroll what is told of one."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if self.side.form is not None:
            super().keyPressEvent(event)
        elif step:
            self.found.rows.step(step)
        elif not self.side.take_key(event):
            super().keyPressEvent(event)

    # one of them

    def choose(self, key: str) -> None:
        self._then = None
        self.side.drop_form()
        self.chosen = key
        self.found.rows.mark(key)
        self.first_focus()
        self.ask_told()

    def leave(self) -> None:
        self.chosen, self.told, self._then = "", None, None
        self.asking.forget()
        self.found.rows.mark("")
        self.side.drop_form()
        self.side.show_words(self.desk.texts(self.nothing))

    def ask_told(self, then: Callable[[Any], None] | None = None) -> None:
        """What follows (`then`) waits for the answer also when it is asked once more meanwhile."""
        self._then = then or self._then
        self.asking.run(self.ask, self.chosen, done=self._told_now, failed=self._not_told)

    def _told_now(self, told: Any) -> None:
        self.show_told(told)
        if (then := self._then) is not None:
            self._then = None
            then(told)

    def show_told(self, told: Any) -> None:
        """A form that is open stays."""
        before, self.told = self.told, told
        if before is None:
            self.side.trouble.quiet()
        if self.side.form is None and (told != before or self.side.card is None):
            self.side.show_card(self.make_card(told))

    def _not_told(self, error: Exception) -> None:
        self.told = self._then = None
        if self.side.form is None:
            self.side.show_words("")
        self.say_trouble(error)

    # what staff do

    def send(
        self,
        call: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """One question at a time: a second press while the first is on its way is none. Without `failed` it is said as
        `fail` says it."""
        if not self._sending.busy:
            form = self.side.form
            said = failed or (lambda error: self.fail(error, form))
            self._sending.run_aside(call, *args, done=done, failed=said)

    def fail(self, error: Exception, form: Any) -> None:
        """Said in the form that asked, if it is still there; what became of it meanwhile is shown with it."""
        if form is not None and self.side.form is form:
            self.say_in(form, error)
        else:
            self.say_trouble(error)
        self.reload()

    def say_in(self, form: Any, error: Exception) -> None:
        form.fail(error)

    # forms

    def open(self, form: Any, *, alone: bool = False) -> None:
        """`form` has a signal `left`. `alone`: it takes the place of the list too."""
        form.left.connect(self.close_form)
        self._left.setVisible(not alone)
        self.side.open(form)

    def close_form(self) -> None:
        self.side.drop_form()
        if self.told is not None:
            self.side.show_card(self.make_card(self.told))
        else:
            self.side.show_words(self.desk.texts(self.nothing))
