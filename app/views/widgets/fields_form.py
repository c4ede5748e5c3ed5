"""A form of named fields that Enter goes through one after the other; in the last one it gives."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QLineEdit

from app.views.desk import Desk
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, row
from app.views.widgets.roomy import Roomy


class FieldsForm(Form):
    """Signals: `given` its `value`, `left`. A form of it makes its fields in the order in which Enter goes, says what
    its `value` is, and is laid out by `lay`."""

    given = Signal(object)

    def __init__(self, desk: Desk, action: str) -> None:
        super().__init__()
        self._desk = desk
        self._fields: dict[str, QLineEdit] = {}
        self._trouble = InlinePanel(desk, reserved=3)
        self._give = KeyButton(
            desk, action, "check", key=CONFIRM, kind="primary", size=LARGE - 8, on_click=self._said
        )
        self._before: object = None

    def lay(self, told: QLayout) -> None:
        """What is asked above what went wrong and the two answers; what stands there now is not begun."""
        back = KeyButton(self._desk, self._desk.texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        answers = row(back, 1, self._give, gap=self._desk.px(24))
        self.setLayout(column(Roomy(self._desk, told, self._trouble, holder(answers))))
        self._before = self.value

    @property
    def value(self) -> object:
        """What is written now."""
        raise NotImplementedError

    @property
    def is_begun(self) -> bool:
        return self.value != self._before

    def typed(self) -> dict[str, str]:
        return {name: line.text().strip() for name, line in self._fields.items()}

    def add(self, name: str, words: str, hint: str = " ") -> QLineEdit:
        """The next field; `words` name it."""
        made = field(self._desk, words, placeholder=hint, on_enter=partial(self._next, name))
        self._fields[name] = made
        return made

    def _next(self, name: str) -> None:
        names = list(self._fields)
        after = names.index(name) + 1
        if after < len(names):
            self._fields[names[after]].setFocus()
        else:
            self._give.click()

    def _said(self) -> None:
        self._give.setEnabled(False)
        self._trouble.quiet()
        self.given.emit(self.value)
