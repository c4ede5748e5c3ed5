"""Beside a list: what is told of one thing, or the form that lies over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from app.views.desk import Desk
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, label
from app.views.widgets.told_card import ToldCard


class CardSide(QFrame):
    """`keys_home` takes the keys when a form goes: the focus of a widget that goes would land anywhere.

    Signal `dropped`: a form went."""

    dropped = Signal()

    def __init__(self, desk: Desk, keys_home: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self._desk, self._keys_home = desk, keys_home
        self.form: Any = None  # a widget that somebody fills in
        self.card: ToldCard | None = None
        self.trouble, self._inside = InlinePanel(desk), column()
        edge = desk.px(12 if desk.look.close else 20)
        layout = column(self.trouble, self._inside, margins=(edge, edge, edge, edge))
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def take_key(self, event: QKeyEvent) -> bool:
        """Pages scroll the card."""
        return self.card is not None and self.card.take_key(event)

    def show_card(self, card: ToldCard) -> None:
        clear(self._inside)
        self.card = card
        self._inside.addWidget(card)

    def show_words(self, words: str) -> None:
        """In the place of a card."""
        clear(self._inside)
        self.card = None
        if words:
            self._inside.addWidget(label(self._desk, words, "body", "text2", wrap=True))
        self._inside.addStretch(1)

    def open(self, form: Any) -> None:
        """A form takes the keys by `begin`, or as a widget does."""
        clear(self._inside)
        self.trouble.quiet()
        self.card, self.form = None, form
        self._inside.addWidget(form)
        form.show()
        getattr(form, "begin", form.setFocus)()

    def drop_form(self) -> None:
        self.trouble.quiet()
        if self.form is not None:
            self.form = None
            clear(self._inside)
            self.dropped.emit()
            if self.isVisible():
                self._keys_home()
