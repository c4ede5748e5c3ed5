"""A list with tabs over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal

from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.widgets.inputs import field
from app.views.widgets.tab_row import TabRow

LEAST_LETTERS = 2


class TabbedList(FoundList):
    """`tab` is the name of the one that is shown. Signal `turned`: it is another one now."""

    turned = Signal()

    def __init__(self, desk: Desk, key: Callable[[Any], str], names: Sequence[str]) -> None:
        super().__init__(desk, key)
        self.names, self.tab = names, names[0]
        self.tabs = TabRow(desk, names)
        self.tabs.tapped.connect(self.tapped)

    # for lists to override

    def tab_words(self) -> Sequence[str]:
        """What each tab says now."""
        raise NotImplementedError

    def tapped(self, tab: str) -> None:
        self.turn(tab)

    def show_tab(self) -> None:
        """What is seen beside the rows is that of the tab."""
        self.tabs.show_words(self.tab_words(), self.tab)

    # what is listed

    def turn(self, tab: str) -> None:
        """Another list."""
        self.tab = tab
        self.rows.stale()
        self._asking.forget()
        self.turned.emit()
        self.show_tab()
        self.again()

    def start_over(self) -> None:
        """The first tab."""
        self.turn(self.names[0])


class SearchedList(TabbedList):
    """Its last tab searches as one types."""

    def __init__(self, desk: Desk, key: Callable[[Any], str], names: Sequence[str], hint: str) -> None:
        """`hint` stands in the field while nothing is typed."""
        super().__init__(desk, key, names)
        self.field = field(desk, hint, on_enter=self.enter)
        self.field.textEdited.connect(lambda _text: self.edited())

    def show_tab(self) -> None:
        self.field.setVisible(self.searches)
        super().show_tab()

    @property
    def searches(self) -> bool:
        return self.tab == self.names[-1]

    @property
    def typed(self) -> str:
        """What is searched; empty on the other tabs."""
        return self.field.text().strip() if self.searches else ""

    @property
    def too_little(self) -> bool:
        return self.searches and len(self.typed) < LEAST_LETTERS

    def turn(self, tab: str) -> None:
        """Typing begins where one searches."""
        super().turn(tab)
        if self.searches:
            self.field.setFocus()

    def start_over(self) -> None:
        """The first tab, and nothing searched."""
        self.field.clear()
        super().start_over()

    def focus_search(self) -> None:
        self.turn(self.names[-1])
