"""In the tiles' place: the cashier says that a guest showed the card of a membership, by the number on it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.widgets.form import Form
from app.views.widgets.parts import clear, column
from domain.catalogue import MembershipPlan


class MemberForm(Form):
    """Signals: `given` the id of a plan and the number that was typed, `left` when no card was seen."""

    given = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._inside = column(gap=0, margins=(desk.px(24), desk.px(12), desk.px(24), desk.px(12)))
        self._form: SayForm | None = None
        self.setLayout(self._inside)

    def begin(self, plan: MembershipPlan) -> None:
        self.forget()
        texts = self._desk.texts
        name = plan.name.get(texts.language)
        head = texts("sell.member_title", plan=name), texts("sell.member_what")
        self._form = SayForm(self._desk, head, (texts("sell.member_number"),), texts("sell.do_member"))
        self._form.left.connect(self.left)
        self._form.given.connect(lambda said: self.given.emit(plan.plan_id, said[0]))
        self._inside.addWidget(self._form)
        self._form.setFocus()

    def fail(self, error: Exception) -> None:
        if self._form is not None:
            self._form.fail(error)

    def forget(self) -> None:
        clear(self._inside)
        self._form = None
