"""A supervisor's yes to a booking for a guest who is banned: that it is made or changed, or paid."""

from __future__ import annotations

from collections.abc import Callable

from app.shown import Approval
from app.views.desk import Desk
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.pages import Pages
from domain.staff import Permission


class BannedStep:
    """A step of a form, in the place of its others: a second person may let be what was asked for."""

    def __init__(self, desk: Desk, people: People | None, steps: Pages) -> None:
        """Without `people` nobody may."""
        self._desk, self._people, self._steps = desk, people, steps
        self.form: SecondYes | None = None  # while one is asked

    def open(self, given: Callable[[Approval], None], left: Callable[[], None]) -> SecondYes | None:
        if self._people is None:
            return None
        self.form = form = banned_form(self._desk, self._people)
        form.given.connect(given)
        form.left.connect(left)
        self._steps.addWidget(form)
        self._steps.setCurrentWidget(form)
        return form

    def close(self) -> None:
        if self.form is not None:
            self._steps.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None

    def fail(self, error: Exception) -> None:
        if self.form is not None:
            self.form.fail(error)


def banned_form(desk: Desk, people: People, *, paying: bool = False) -> SecondYes:
    texts = desk.texts
    what = texts("bookings.banned_pay_what" if paying else "bookings.banned_what")
    do = texts("bookings.banned_pay" if paying else "bookings.banned_do")
    words = texts("bookings.banned_title"), what, do
    return SecondYes(desk, people, Yes(*words, Permission.ALLOW_BANNED.value))
