"""A membership that is given to a guest, as it is typed: which plan, the number on its card, its first and last day."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.shown_guests import GuestPage, MembershipForm
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.guest_words import iso_day, plan_words, typed_day
from app.views.widgets.choices import Choices
from app.views.widgets.fields_form import FieldsForm
from app.views.widgets.parts import column, holder, label, row
from domain.errors import Code, Refused
from domain.membership import MOST_NUMBER, Membership

FIELDS = ("number", "since", "until")
_WRONG: dict[Code | None, str] = {
    Code.MEMBERSHIP_NUMBER: "number",
    Code.MEMBERSHIP_KNOWN: "number",
    Code.MEMBERSHIP_DAYS: "until",
}


class MembershipFields(FieldsForm):
    """Signals: `given` a `MembershipForm`, `left`. It begins today and lasts a year, unless other days are typed."""

    def __init__(self, desk: Desk, page: GuestPage) -> None:
        texts = desk.texts
        super().__init__(desk, texts("guests.do_membership"))
        for name in FIELDS:
            self._field(name)
        options = [
            (plan.plan_id, plan.name.get(texts.language), "id-badge", "accenttext") for plan in page.plans
        ]
        self._plans = Choices(desk, options, columns=1, several=False)
        self._plans.choose([page.plans[0].plan_id] if len(page.plans) == 1 else [])
        for name, day in (("since", page.today), ("until", _a_year_on(page.today))):
            self._fields[name].setText(typed_day(day.isoformat()))
        days = row(*(self._named(name, self._fields[name]) for name in ("since", "until")), gap=desk.px(12))
        told = column(
            label(desk, texts("guests.membership_title", name=page.row.name), "h2", wrap=True),
            self._named("plan", self._plans),
            self._named("number", self._fields["number"]),
            days,
            1,
            gap=desk.px(12),
        )
        self.lay(told)

    @property
    def value(self) -> MembershipForm:
        typed = self.typed()
        plan = next(iter(self._plans.values), "")
        return MembershipForm(plan, typed["number"], iso_day(typed["since"]), iso_day(typed["until"]))

    def begin(self) -> None:
        self._fields["number"].setFocus()

    def fail(self, error: Exception) -> None:
        """Says why, and typing goes on where it is."""
        self._give.setEnabled(True)
        self._trouble.trouble(error)
        code = error.code if isinstance(error, Refused) else None
        self._fields[_WRONG.get(code, "number")].setFocus()

    def _field(self, name: str) -> None:
        texts = self._desk.texts
        hint = " " if name == "number" else texts("guests.hint_born")
        made = self.add(name, texts(f"guests.membership_{name}"), hint)
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if name == "number":
            made.setMaxLength(MOST_NUMBER)

    def _named(self, name: str, what: QWidget) -> QWidget:
        caption = label(self._desk, self._desk.texts(f"guests.membership_{name}"), "captionstrong", "text2")
        return holder(column(caption, what, gap=self._desk.px(2)))


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
