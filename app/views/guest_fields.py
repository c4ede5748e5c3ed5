"""What is known of a guest, to be written: a new one, phone first, or another word about one who is known."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from app.shown_guests import GuestForm
from app.views.desk import Desk
from app.views.guest_words import FLAGS, iso_day, typed_day
from app.views.widgets.choices import Choices
from app.views.widgets.fields_form import FieldsForm
from app.views.widgets.parts import column, holder, label, picture, row, set_property
from domain.errors import Code, Refused
from domain.guest import LANGUAGES, MOST_NOTE

FIELDS = ("phone", "name", "email", "born", "note")  # in the order in which Enter goes through them
PLACES = {
    "phone": (0, 0),
    "name": (0, 1),
    "email": (1, 0),
    "language": (1, 1),
    "born": (2, 0),
    "note": (3, 0),
}
_WRONG = {
    Code.PHONE_INVALID: "phone",
    Code.GUEST_NAME: "name",
    Code.EMAIL_INVALID: "email",
    Code.GUEST_BORN: "born",
    Code.GUEST_NOTE: "note",
}


class GuestFields(FieldsForm):
    """Signals: `given` a `GuestForm`, `other` the id of a guest who is known by what was typed, `left`."""

    other = Signal(str)

    def __init__(self, desk: Desk, title: str, action: str, known: GuestForm) -> None:
        super().__init__(desk, action)
        self._known = known
        self._signs: dict[str, QWidget] = {}  # beside the name of a field that is wrong
        for name in FIELDS:
            self._field(name)
        self._language = self._languages()
        self._flags = self._flag_tiles()
        told = column(
            label(desk, title, "h2", wrap=True),
            self._grid(),
            self._named("flags", self._flags),
            1,
            gap=desk.px(12),
        )
        self._fill(known)
        self.lay(told)

    @property
    def value(self) -> GuestForm:
        texts = self.typed()
        texts["born"] = iso_day(texts["born"])
        language = next(iter(self._language.values), "")
        return GuestForm(**texts, language=language, flags=self._flags.values)

    def begin(self) -> None:
        """Typing begins in the first empty field."""
        self.resume(None)

    def fail(self, error: Exception) -> None:
        """Says why, in the panel and at the field; a guest who is known already is offered."""
        self._give.setEnabled(True)
        if isinstance(error, Refused) and error.code is Code.GUEST_KNOWN and error.facts.get("guest"):
            self._offer(error, str(error.facts["guest"]), str(error.facts["name"]))
        else:
            self._trouble.trouble(error)
        wrong = self._wrong_by(error)
        for name in FIELDS:
            self._mark(name, wrong=name == wrong)
        if wrong:
            self._fields[wrong].setFocus()

    def _offer(self, error: Exception, guest_id: str, name: str) -> None:
        texts = self._desk.texts
        way_out = texts("guests.open", name=name), lambda: self.other.emit(guest_id)
        self._trouble.say(texts.trouble(error), action=way_out)

    def _wrong_by(self, error: Exception) -> str:
        if not isinstance(error, Refused):
            return ""
        if error.code is Code.GUEST_KNOWN:  # by the number, unless only the address is new
            phone_same = self.value.phone == self._known.phone and self._known.name
            return "email" if phone_same or not self.value.phone else "phone"
        return _WRONG.get(error.code, "")

    # the fields

    def _field(self, name: str) -> None:
        texts = self._desk.texts
        hint = texts("guests.hint_born") if name == "born" else " "
        made = self.add(name, texts(f"guests.field_{name}"), hint)
        if name == "note":
            made.setMaxLength(MOST_NOTE)
        if name in ("phone", "email", "born"):  # a sign or digits before the rest stay there in Arabic too
            made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        made.textEdited.connect(lambda: self._mark(name, wrong=False))

    def _mark(self, name: str, *, wrong: bool) -> None:
        set_property(self._fields[name], "wrong", wrong)
        self._signs[name].setVisible(wrong)
        self._fields[name].setAccessibleDescription(self._trouble.words if wrong else "")

    def _grid(self) -> QLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._desk.px(12))
        grid.setVerticalSpacing(self._desk.px(8))
        made: dict[str, QWidget] = {**self._fields, "language": self._language}
        for name, place in PLACES.items():
            grid.addWidget(self._named(name, made[name]), *place, 1, 2 if name == "note" else 1)
        for each in (0, 1):
            grid.setColumnStretch(each, 1)
        return grid

    def _named(self, name: str, what: QWidget) -> QWidget:
        desk = self._desk
        caption = label(desk, desk.texts(f"guests.field_{name}"), "captionstrong", "text2")
        sign = self._signs[name] = picture(desk, "alert-circle", "bad", 16)
        sign.hide()
        return holder(column(row(caption, sign, 1, gap=desk.px(4)), what, gap=desk.px(2)))

    def _languages(self) -> Choices:
        texts = self._desk.texts
        options = [(each, texts(f"guests.language_{each}"), "", "") for each in LANGUAGES]
        return Choices(self._desk, options, columns=2, several=False)

    def _flag_tiles(self) -> Choices:
        texts = self._desk.texts
        tones = {"accent": "accenttext"}
        options = [
            (flag, texts(f"guests.flag_{flag}"), icon, tones.get(tone, tone))
            for flag, (icon, tone) in FLAGS.items()
        ]
        return Choices(self._desk, options, columns=2 if self._desk.look.close else 4, several=True)

    def _fill(self, known: GuestForm) -> None:
        for name, line in self._fields.items():
            line.setText(typed_day(known.born) if name == "born" else getattr(known, name))
            line.setCursorPosition(0)
        self._language.choose((known.language,))
        self._flags.choose(known.flags)


def fields_for(desk: Desk, known: GuestForm, *, new: bool, given: Callable[[GuestForm], None]) -> GuestFields:
    """The form of a new guest, with what was searched for in it, or of one who is known."""
    texts = desk.texts
    title = texts("guests.new_title") if new else texts("guests.change_title", name=known.name)
    made = GuestFields(desk, title, texts("guests.do_new" if new else "guests.do_change"), known)
    made.given.connect(given)
    return made
