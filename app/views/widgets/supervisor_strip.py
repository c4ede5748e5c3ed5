"""A second person's yes, inside the page: who, their PIN, why. No dialog; the guest's page stays in sight."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QLineEdit, QVBoxLayout, QWidget

from app.shown import Approval, StaffTile
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.buttons import KeyButton, Pressable
from app.views.widgets.form import reveal
from app.views.widgets.inputs import field, pin_field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, label, row, set_property
from app.views.widgets.roomy import Roomy


class Why(StrEnum):
    """Whether they write why."""

    NEEDED = "reason"
    OFFERED = "why"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Among:
    """The ids of who may do it to this extent, of all who have the right, and the words where there are none."""

    ids: Callable[[], Collection[str]]
    nobody: str


class SupervisorStrip(QFrame):
    """Signals: `given` an `Approval`, `left` when it was closed without one."""

    given = Signal(object)
    left = Signal()

    def __init__(
        self,
        desk: Desk,
        people: People,
        permission: str,
        *,
        action: str,
        reason: Why = Why.NEEDED,
        first: bool = True,
        among: Among | None = None,
    ) -> None:
        """`first`: typing begins here; else something beside the strip is typed before it."""
        super().__init__()
        self._first, self._why = first, reason
        self._desk, self._people, self._permission = desk, people, permission
        self._among, self._chosen = among, ""
        self.setProperty("panel", "row")
        self._tiles: list[Pressable] = []
        self._people_row = row(gap=desk.px(8))
        self._pin = pin_field(desk, desk.texts("supervisor.pin"))
        self._reason: QLineEdit | None = field(desk, desk.texts(f"supervisor.{reason}")) if reason else None
        self._trouble = InlinePanel(desk, reserved=3)
        self._yes = KeyButton(desk, action, "shield-check", kind="primary", on_click=self._give, money=True)
        back = KeyButton(desk, desk.texts("supervisor.back"), kind="secondary", on_click=self.left.emit)
        self.answers = Pair(desk, self._yes, back)
        self._layout: QVBoxLayout = column(
            label(desk, desk.texts("supervisor.title"), "strong"),
            self._people_row,
            self._pin,
            self._reason,
            gap=desk.px(8),
            margins=(desk.px(16), desk.px(12), desk.px(16), desk.px(12)),
        )
        self.setLayout(self._layout)
        desk.tasks.run(_who_may, people, permission, among, done=self._show_people)

    def under(self, told: QLayout) -> QVBoxLayout:
        """A form: what is told, with the strip in it, scrolls; what went wrong and both answers stay in sight below."""
        roomy = Roomy(self._desk, told, self._trouble, self.answers)
        roomy.area.verticalScrollBar().rangeChanged.connect(self._reveal)
        return column(roomy)

    def fail(self, error: Exception) -> None:
        """The yes was not accepted: says why, keeps the reason, asks for the PIN again."""
        self._pin.clear()
        self._pin.setFocus()
        self._yes.setEnabled(True)
        self._trouble.trouble(error)

    def ask(self, words: str) -> None:
        """Something is missing outside the strip."""
        self._yes.setEnabled(True)
        self._trouble.say(words, "warn")

    def _show_people(self, people: tuple[StaffTile, ...]) -> None:
        clear(self._people_row)
        self._tiles = []
        for person in people:
            name = person.name.get(self._desk.texts.language)
            words = f"{name} · {person.sample_pin}" if person.sample_pin else name
            tile = Pressable(
                "tile", row(label(self._desk, words, "bodystrong"), margins=(12, 8, 12, 8)), words
            )
            tile.setMinimumHeight(self._desk.px(44))
            tile.clicked.connect(
                lambda _checked=False, tile=tile, who=person.staff_id: self._choose(tile, who)
            )
            self._tiles.append(tile)
            self._people_row.addWidget(tile)
        self._people_row.addStretch(1)
        if len(people) == 1:
            self._mark(self._tiles[0], people[0].staff_id)
        elif not people:
            nobody = self._among.nobody if self._among else self._desk.texts("supervisor.nobody")
            self._trouble.say(nobody, "warn")
            self._yes.allow(False, nobody)
        self.setFocusProxy(self._tiles[0] if len(people) > 1 else self._pin)
        if self._first:
            self.setFocus()

    def _reveal(self) -> None:
        """Where one types is seen whole, also once there is less room."""
        focused = self.window().focusWidget()
        for each in (self._pin, self._reason):
            if each is not None and each is focused:
                reveal(each)

    def _choose(self, tile: Pressable, who: str) -> None:
        self._mark(tile, who)
        self._pin.setFocus()

    def _mark(self, tile: Pressable, who: str) -> None:
        self._chosen = who
        for each in self._tiles:
            set_property(each, "chosen", each is tile)

    def _give(self) -> None:
        reason = self._reason.text().strip() if self._reason else ""
        missing = "who" if not self._chosen else "pin" if not self._pin.text() else ""
        if not missing and self._why is Why.NEEDED and not reason:
            missing = "reason"
        if missing:
            self._trouble.say(self._desk.texts(f"supervisor.needs_{missing}"), "warn")
            field = {
                "who": self._tiles[0] if self._tiles else self,
                "pin": self._pin,
                "reason": self._reason,
            }[missing]
            if field is not None:
                field.setFocus()
            return
        self._trouble.quiet()
        self._yes.setEnabled(False)
        self.given.emit(Approval(self._chosen, self._pin.text(), reason))


def _who_may(people: People, permission: str, among: Among | None) -> tuple[StaffTile, ...]:
    found = people.approvers(permission)
    if among is None:
        return found
    ids = among.ids()
    return tuple(each for each in found if each.staff_id in ids)


class Pair(QWidget):
    """A form's answers: beside each other and apart where their words have room, else the yes above the way back."""

    def __init__(self, desk: Desk, yes: KeyButton, back: KeyButton) -> None:
        super().__init__()
        self._desk, self._yes, self._back = desk, yes, back
        self._beside = True
        self._box = row(back, 1, yes)
        self.setLayout(self._box)
        self._lay(beside=False)

    def minimumSizeHint(self) -> QSize:
        """They can always lie one above the other."""
        widths = [each.minimumSizeHint().width() for each in (self._yes, self._back)]
        return QSize(max(widths), self._box.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self._yes.sizeHint().width() + self._desk.px(24) + self._back.sizeHint().width()
        self._lay(beside=needed <= self.width())

    def _lay(self, *, beside: bool) -> None:
        if beside == self._beside:
            return
        self._beside = beside
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.LeftToRight if beside else ways.BottomToTop)
        if beside:
            self._box.insertStretch(1, 1)
        else:
            self._box.takeAt(1)
