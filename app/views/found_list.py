"""A list that a service is asked for: the last question wins, and what was found before stays until its answer is
there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.views.asking import Asking
from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.marked_rows import MarkedRows
from app.views.widgets.notice import InlinePanel

SLOW_MS = 300


class FoundList(QWidget):
    """Signal `picked`: the id of a row."""

    picked = Signal(str)

    def __init__(self, desk: Desk, key: Callable[[Any], str]) -> None:
        super().__init__()
        self.desk = desk
        self._asking = Asking(desk.tasks, self)
        self._asked: Hashable = None
        self._once_more = self._first_wanted = False
        self._trouble = InlinePanel(desk)
        self.rows = MarkedRows(desk, self.make_row, key, trouble=self._trouble)
        self.rows.picked.connect(self.picked)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self.rows.wait)

    # for lists to override

    def make_row(self, item: Any) -> Pressable:
        raise NotImplementedError

    def wanted(self) -> Hashable:
        """What is to be found now; None while that is nothing."""
        raise NotImplementedError

    def question(self) -> Callable[[], Any]:
        """Finds that; called beside the screen."""
        raise NotImplementedError

    def came(self, answer: Any) -> None:
        """Shows what was found: `rows.fill`."""
        raise NotImplementedError

    def ask_nothing(self) -> None:
        """Says what to do for something to be found."""
        raise NotImplementedError

    # asking

    def again(self) -> None:
        """Asks for what is wanted; once more when something is being asked already."""
        if self.wanted() is None:
            self._asking.forget()
            self._over()
            self._once_more = False
            self.ask_nothing()
        elif self._asking.busy:
            self._once_more = True
        else:
            self._asked, self._once_more = self.wanted(), False
            self._slow.start()
            self._asking.run(self.question(), done=self._came, failed=self._failed)

    def edited(self) -> None:
        """What is wanted is something else now."""
        self._first_wanted = False
        self.again()

    def enter(self) -> None:
        """The first that is found, unless one is chosen; as soon as it is there."""
        if self._asking.busy:
            self._first_wanted = True
        elif self.rows.chosen not in self.rows.keys:
            self.rows.step(1)

    def _came(self, answer: Any) -> None:
        if self._asked == self.wanted():
            self._over()
            self.came(answer)
            if self._first_wanted:
                self._first_wanted = False
                self.enter()
        if self._once_more:
            self.again()

    def _failed(self, error: Exception) -> None:
        self._over()
        self.rows.wait_no_more()
        self._trouble.trouble(error)
        if self._once_more:
            self.again()

    def _over(self) -> None:
        self._slow.stop()
        self._trouble.quiet()
