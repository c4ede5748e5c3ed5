"""Who works here now: tiles of people, a PIN. The language follows the person."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.shown import StaffTile
from app.shown_status import StationStatus
from app.views.banners import sign_in_ends
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.buttons import LARGE, KeyButton, Pressable
from app.views.widgets.inputs import MOST_PIN
from app.views.widgets.keypad import Keypad
from app.views.widgets.marks import avatar
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import clear, column, holder, label, panel, picture, row, set_property
from app.views.widgets.scroll import scroller
from domain.errors import Code, Refused

COLUMNS = 2


class SignInView(QWidget):
    """Signal `entered`: the `StaffMember` who signed in. A scan here is never typed."""

    entered = Signal(object)

    def __init__(self, desk: Desk, people: People) -> None:
        super().__init__()
        self._desk, self._people = desk, people
        self._chosen: StaffTile | None = None
        self._people_shown: tuple[StaffTile, ...] = ()
        self._tiles: dict[str, Pressable] = {}
        self._pin = ""
        texts = desk.texts
        self._grid = QGridLayout()
        self._grid.setSpacing(desk.px(12))
        self._who, self._dots = label(desk, texts("sign_in.choose"), "h2"), label(desk, "", "number")
        self._station = label(desk, "", "body", "text2")
        self._trouble = InlinePanel(desk, reserved=3)
        self._ends = InlinePanel(desk, "warn")
        self._pad = Keypad(desk, point=False)
        self._pad.typed.connect(self._type)
        self._pad.erased.connect(self._erase)
        self._enter = KeyButton(
            desk, texts("sign_in.enter"), "user-check", kind="primary", size=LARGE, on_click=self._sign_in
        )
        self._enter.set_key("Enter")
        self.setLayout(self._arrange())
        self._show_pin()

    def _arrange(self) -> QHBoxLayout:
        desk, texts = self._desk, self._desk.texts
        mark = picture(desk, "ripple", "accent", 40)
        title = column(label(desk, texts("sign_in.title"), "h1"), self._station, gap=0)
        people = scroller(holder(column(self._grid, 1)))
        left = column(
            row(mark, title, 1, gap=desk.px(16)),
            self._ends,
            label(desk, texts("sign_in.who"), "strong", "text2"),
            people,
        )
        left.setSpacing(desk.px(16))
        left.setStretch(3, 1)
        field = panel("field", row(self._dots, margins=(desk.px(16), 0, desk.px(16), 0)))
        field.setFixedHeight(desk.px(56))
        self._dots.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pin = column(self._who, field, self._trouble, self._pad, self._enter, gap=desk.px(12))
        close = desk.look.close
        side = desk.px(24)
        pin.setContentsMargins(side, side, side, side)
        card = panel("card", pin)
        card.setFixedWidth(desk.px(400))
        wide = holder(left)
        wide.setMinimumWidth(desk.px(460))
        wide.setMaximumWidth(desk.px(560))
        middle = column(1, card, 1)
        edge = desk.px(24 if close else 48)
        return row(
            1, wide, middle, 1, gap=desk.px(28 if close else 56), margins=(edge, edge // 2, edge, edge // 2)
        )

    def load(self) -> None:
        """Asks who works here; who is chosen and still here stays so, with what was typed."""
        self._desk.tasks.run(self._people.tiles, done=self._show_tiles, failed=self._trouble.trouble)
        self.setFocus()

    def show_status(self, status: StationStatus) -> None:
        """The station's name; and told while there is still time, how long people can sign in without the server."""
        self._station.setText(status.label.get(self._desk.texts.language))
        words = sign_in_ends(status, self._desk.texts, self._desk.now())
        if words and words != self._ends.words:
            self._ends.say(words)
        elif not words:
            self._ends.quiet()

    def has(self, staff_id: str) -> bool:
        return staff_id in self._tiles

    def choose(self, staff_id: str) -> None:
        """As if the person's tile was pressed."""
        self._tiles[staff_id].click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._sign_in()
        elif event.key() == Qt.Key.Key_Escape:
            self._choose(None)
        elif step := {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0):
            self._step(step)
        elif not self._pad.take_key(event):
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """The person after or before the chosen one."""
        names = list(self._tiles)
        at = names.index(self._chosen.staff_id) + by if self._chosen is not None else 0
        if names:
            self.choose(names[min(max(at, 0), len(names) - 1)])

    def _show_tiles(self, people: tuple[StaffTile, ...]) -> None:
        if people == self._people_shown:
            return
        self._people_shown = people
        clear(self._grid)
        self._tiles = {}
        for at, person in enumerate(people):
            tile = self._tile(person)
            self._tiles[person.staff_id] = tile
            self._grid.addWidget(tile, at // COLUMNS, at % COLUMNS)
        chosen = self._chosen.staff_id if self._chosen is not None else ""
        stays = next((each for each in people if each.staff_id == chosen), None)
        if stays is not None:
            self._chosen = stays
            self._mark(stays)
        else:
            self._choose(people[0] if len(people) == 1 else None)

    def _tile(self, person: StaffTile) -> Pressable:
        desk, texts = self._desk, self._desk.texts
        name = person.name.get(texts.language)
        role = texts(f"role.{person.role}") if texts.has(f"role.{person.role}") else person.role
        pin = texts("sign_in.sample_pin", pin=person.sample_pin) if person.sample_pin else ""
        words = column(label(desk, name, "strong"), label(desk, role, "small", "text2"), gap=0)
        if pin:
            words.addWidget(label(desk, pin, "captionstrong", "accenttext"))
        side = desk.px(14)
        box = row(avatar(desk, name), words, 1, gap=side, margins=(side, side, side, side))
        tile = Pressable("tile", box, ", ".join(part for part in (name, role, pin) if part))
        tile.setMinimumHeight(desk.px(84))
        tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tile.clicked.connect(lambda: self._choose(person))
        return tile

    def _choose(self, person: StaffTile | None) -> None:
        self._chosen, self._pin = person, ""
        self._trouble.quiet()
        self._mark(person)
        self._show_pin()
        self.setFocus()

    def _mark(self, person: StaffTile | None) -> None:
        texts = self._desk.texts
        for staff_id, tile in self._tiles.items():
            set_property(tile, "chosen", person is not None and staff_id == person.staff_id)
        name = person.name.get(texts.language) if person else ""
        self._who.setText(texts("sign_in.pin_of", name=name) if person else texts("sign_in.choose"))

    def _type(self, digit: str) -> None:
        if self._chosen is not None and digit.isdigit() and len(self._pin) < MOST_PIN:
            self._pin += digit
            self._show_pin()

    def _erase(self) -> None:
        self._pin = self._pin[:-1]
        self._show_pin()

    def _show_pin(self) -> None:
        self._dots.setText("●" * len(self._pin) or "–")
        self._enter.setEnabled(self._chosen is not None and len(self._pin) >= 4)

    def _sign_in(self) -> None:
        if self._chosen is None or not self._enter.isEnabled():
            return
        self._enter.setEnabled(False)
        who, pin = self._chosen.staff_id, self._pin
        self._desk.tasks.run(self._people.sign_in, who, pin, done=self.entered.emit, failed=self._not_in)

    def _not_in(self, error: Exception) -> None:
        self._pin = ""
        self._show_pin()
        self._trouble.trouble(error)
        locked = isinstance(error, Refused) and error.code is Code.PIN_LOCKED
        self._desk.sound("no" if locked else "look")
