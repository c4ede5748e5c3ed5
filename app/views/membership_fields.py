"""A membership that is given to a guest, as it is typed: which plan, the number on its card, its first and last day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.shown_guests import GuestPage, MembershipForm
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.guest_words import iso_day, plan_words, typed_day
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, row
from app.views.widgets.roomy import Roomy
from domain.errors import Code, Refused
from domain.membership import MOST_NUMBER, Membership

FIELDS = ("number", "since", "until")
_WRONG: dict[Code | None, str] = {
    Code.MEMBERSHIP_NUMBER: "number",
    Code.MEMBERSHIP_KNOWN: "number",
    Code.MEMBERSHIP_DAYS: "until",
}


class MembershipFields(Form):
    """Signals: `given` a `MembershipForm`, `left`. It begins today and lasts a year, unless other days are typed."""

    given = Signal(object)

    def __init__(self, desk: Desk, page: GuestPage) -> None:
        super().__init__()
        self._desk = desk
        texts = desk.texts
        self._fields = {name: self._field(name) for name in FIELDS}
        options = [
            (plan.plan_id, plan.name.get(texts.language), "id-badge", "accenttext") for plan in page.plans
        ]
        self._plans = Choices(desk, options, columns=1, several=False)
        self._plans.choose([page.plans[0].plan_id] if len(page.plans) == 1 else [])
        for name, day in (("since", page.today), ("until", _a_year_on(page.today))):
            self._fields[name].setText(typed_day(day.isoformat()))
        self._before = self.value
        self._trouble = InlinePanel(desk, reserved=3)
        words, back = texts("guests.do_membership"), texts("guests.back")
        self._give = KeyButton(
            desk, words, "check", key=CONFIRM, kind="primary", size=LARGE - 8, on_click=self._said
        )
        leave = KeyButton(desk, back, size=LARGE - 8, on_click=self.left.emit)
        days = row(*(self._named(name, self._fields[name]) for name in ("since", "until")), gap=desk.px(12))
        told = column(
            label(desk, texts("guests.membership_title", name=page.row.name), "h2", wrap=True),
            self._named("plan", self._plans),
            self._named("number", self._fields["number"]),
            days,
            1,
            gap=desk.px(12),
        )
        self.setLayout(
            column(Roomy(desk, told, self._trouble, holder(row(leave, 1, self._give, gap=desk.px(24)))))
        )

    @property
    def value(self) -> MembershipForm:
        typed = {name: line.text().strip() for name, line in self._fields.items()}
        plan = next(iter(self._plans.values), "")
        return MembershipForm(plan, typed["number"], iso_day(typed["since"]), iso_day(typed["until"]))

    @property
    def is_begun(self) -> bool:
        return self.value != self._before

    def begin(self) -> None:
        self._fields["number"].setFocus()

    def fail(self, error: Exception) -> None:
        """Says why, and typing goes on where it is."""
        self._give.setEnabled(True)
        self._trouble.trouble(error)
        code = error.code if isinstance(error, Refused) else None
        self._fields[_WRONG.get(code, "number")].setFocus()

    def _field(self, name: str) -> QLineEdit:
        texts = self._desk.texts
        hint = " " if name == "number" else texts("guests.hint_born")
        words = texts(f"guests.membership_{name}")
        made = field(self._desk, words, placeholder=hint, on_enter=partial(self._next, name))
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if name == "number":
            made.setMaxLength(MOST_NUMBER)
        return made

    def _named(self, name: str, what: QWidget) -> QWidget:
        caption = label(self._desk, self._desk.texts(f"guests.membership_{name}"), "captionstrong", "text2")
        return holder(column(caption, what, gap=self._desk.px(2)))

    def _next(self, name: str) -> None:
        """Enter goes on to the next field; in the last one it gives."""
        after = FIELDS.index(name) + 1
        if after < len(FIELDS):
            self._fields[FIELDS[after]].setFocus()
        else:
            self._give.click()

    def _said(self) -> None:
        self._give.setEnabled(False)
        self._trouble.quiet()
        self.given.emit(self.value)


def _a_year_on(first: date) -> date:
    """The last day of a year that begins then."""
    try:
        return first.replace(year=first.year + 1) - timedelta(days=1)
    except ValueError:  # of the 29th of February
        return first + timedelta(days=365)


def end_form(desk: Desk, page: GuestPage, one: Membership) -> SayForm:
    texts = desk.texts
    plan = plan_words(texts, page.plans, one.plan)
    head = (
        texts("guests.end_title", plan=plan, number=texts.code(one.number)),
        texts("guests.end_what", name=page.row.name),
    )
    return SayForm(desk, head, (), texts("guests.do_end"))
