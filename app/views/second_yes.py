"""A second person's yes in a form of its own: what it is about, what follows, who says it with their PIN."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.form import Form
from app.views.widgets.parts import column, label
from app.views.widgets.supervisor_strip import Among, SupervisorStrip, Why


@dataclass(frozen=True, slots=True)
class Yes:
    """Title and words of the form, those of the button, and the right that it takes; `among` where not everybody
    with the right may."""

    title: str
    what: str
    action: str
    permission: str
    reason: Why = Why.NEEDED
    among: Among | None = None


class SecondYes(Form):
    """Signals: `given` an approval, `left` when it was closed without one. `error` is the last."""

    given = Signal(object)

    def __init__(
        self,
        desk: Desk,
        people: People,
        yes: Yes,
        *,
        about: QWidget | None = None,
        before: QWidget | None = None,
        after: QWidget | None = None,
    ) -> None:
        """`about` tells more of what it is about, `before` is filled in first, `after` is another way out."""
        super().__init__()
        self._before = before
        self.error: Exception | None = None
        self.strip = SupervisorStrip(
            desk, people, yes.permission, action=yes.action, reason=yes.reason, first=before is None,
            among=yes.among,
        )  # fmt: skip
        self.strip.given.connect(self.given)
        self.strip.left.connect(self.left)
        told = column(
            label(desk, yes.title, "h2", wrap=True),
            label(desk, yes.what, "body", "text2", wrap=True),
            about,
            before,
            self.strip,
            after,
            1,
            gap=desk.px(12),
        )
        self.setLayout(self.strip.under(told))

    def begin(self) -> None:
        """The keys go to where one types first."""
        first = self._before or self.strip
        first.show()
        first.setFocus()

    def fail(self, error: Exception) -> None:
        self.error = error
        self.strip.fail(error)
