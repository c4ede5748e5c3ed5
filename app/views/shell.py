"""The frame around every place: the rail with the places that are built, and the bar on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy

from app.shown_status import StationStatus
from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.inputs import beside_caret
from app.views.widgets.marks import avatar, chip, small_badge
from app.views.widgets.parts import clear, column, label, picture, row, set_property
from domain.catalogue import StaffMember

AGE_TOLD = timedelta(minutes=2)  # data that is not just as old as the outage
RAIL, RAIL_NARROW, SIDE, TOP, SEARCH = 88, 64, 8, 64, 520
Chip = tuple[str, str, str]  # words, icon, tone


@dataclass(frozen=True, slots=True)
class Place:
    """A page: `key` opens it; `low` ones sit at the bottom of the rail, without `rail` it is reached another way."""

    name: str
    icon: str
    key: str
    low: bool = False
    rail: bool = True


PLACES = (
    Place("sell", "shopping-cart", "F1"),
    Place("checkin", "scan", "F2"),
    Place("bookings", "calendar-event", "F3"),
    Place("guests", "users", "F7"),
    Place("messages", "mail", "", low=True),
    Place("attention", "bell", "", low=True),
    Place("sales", "receipt", "", low=True),
    Place("refunds", "receipt-refund", "", low=True),
    Place("shift", "cash-register", "", low=True),
    Place("settings", "settings", "", low=True),
    Place("readiness", "cloud-check", "", rail=False),
)


class Rail(QFrame):
    """Signal `chosen`: the name of a place."""

    chosen = Signal(str)

    def __init__(self, desk: Desk, places: Sequence[Place], *, narrow: bool) -> None:
        super().__init__()
        self._desk, self._narrow = desk, narrow
        self.setProperty("panel", "rail")
        self.setFixedWidth(desk.px(RAIL_NARROW if narrow else RAIL))
        self._buttons: dict[str, Pressable] = {}
        self._labels: dict[str, tuple[QLabel, QLabel, str]] = {}
        self._counts: dict[str, QLabel] = {}
        wave = picture(desk, "ripple", "railmark", 32)
        side = desk.px(SIDE)
        box = column(wave, gap=desk.px(4), margins=(side, desk.px(16), side, desk.px(12)))
        box.setAlignment(wave, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(desk.px(12))
        for place in places:
            if place.rail and not place.low:
                box.addWidget(self._make(place))
        box.addStretch(1)
        for place in places:
            if place.rail and place.low:
                box.addWidget(self._make(place))
        self.setLayout(box)

    def mark(self, name: str) -> None:
        for each, button in self._buttons.items():
            set_property(button, "chosen", each == name)
            icon, words, file = self._labels[each]
            icon.setPixmap(self._desk.icon(file, "railstrong" if each == name else "railtext", 26))
            set_property(words, "chosen", each == name)

    def count(self, name: str, waiting: int) -> None:
        """How many things wait at a place, in its corner; none is shown for 0."""
        if (button := self._buttons.get(name)) is None:
            return
        mark, place = self._counts[name], self._desk.texts(f"place.{name}")
        mark.setText(str(waiting))
        mark.adjustSize()
        mark.setVisible(waiting > 0)
        width = self.maximumWidth() - 2 * self._desk.px(SIDE)  # of a button, which may not be laid out yet
        mark.move(mark.y() if self._desk.look.rtl else width - mark.width() - mark.y(), mark.y())
        button.setAccessibleName(
            self._desk.texts(f"rail.{name}", place=place, n=waiting) if waiting else place
        )

    def press(self, key: str) -> bool:
        found = next((button for button in self._buttons.values() if button.key == key), None)
        if found is not None:
            found.click()
        return found is not None

    def _make(self, place: Place) -> Pressable:
        desk, words = self._desk, self._desk.texts(f"place.{place.name}")
        icon = picture(desk, place.icon, "railtext", 26)
        name = label(desk, words, "captionstrong" if not self._desk.look.rtl else "caption", "railtext")
        name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = column(1, icon, None if self._narrow else name, 1, gap=desk.px(6), margins=(0, 0, 0, 0))
        box.setAlignment(icon, Qt.AlignmentFlag.AlignHCenter)
        made = Pressable("rail", box, words)
        made.key = place.key
        made.setToolTip(words if self._narrow else "")
        made.setFixedHeight(desk.px(46 if self._narrow else 64))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self.chosen.emit(place.name))
        count = self._counts[place.name] = small_badge(desk, "")
        count.setParent(made)
        count.move(0, desk.px(4))
        count.hide()
        self._buttons[place.name], self._labels[place.name] = made, (icon, name, place.icon)
        return made


class SearchField(QLineEdit):
    """Looks up as one types. Signals: `wanted` the words, `first` Enter was pressed, `done` Esc."""

    wanted = Signal(str)
    first = Signal()
    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        hints = desk.texts("top.search"), desk.texts("top.search_short")
        self._hints = beside_caret(desk, hints[0]), beside_caret(desk, hints[1])
        self.setAccessibleName(hints[0])
        self.setPlaceholderText(self._hints[0])
        self.setFixedHeight(desk.px(44))
        self.setMaximumWidth(desk.px(SEARCH))
        self.setAlignment(desk.look.start)
        self._side = side = desk.px(40)
        self.setTextMargins(0 if desk.look.rtl else side - 12, 0, side - 12 if desk.look.rtl else 0, 0)
        self._cap = label(desk, "Ctrl K", "keycap")
        self._cap.setFixedHeight(desk.px(20))
        self._edge = desk.px(10)
        icon = picture(desk, "search", "text2", 20)
        self.setLayout(row(icon, 1, self._cap, margins=(desk.px(12), 0, self._edge, 0)))
        self.textEdited.connect(self.wanted)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint is read whole: without the key, or shorter, where there is no room."""
        super().resizeEvent(event)
        room = self.width() - self._side - 2 * self._edge
        with_key = room - self._cap.sizeHint().width() - self._edge
        full, short = (self.fontMetrics().horizontalAdvance(hint) for hint in self._hints)
        self._cap.setVisible(full <= with_key or (room < full and short <= with_key))
        self.setPlaceholderText(self._hints[0] if full <= room else self._hints[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.text().strip():
                self.first.emit()
                self.finish()
            case Qt.Key.Key_Escape:
                self.finish()
            case _:
                super().keyPressEvent(event)

    def finish(self) -> None:
        self.clear()
        self.wanted.emit("")
        self.done.emit()


class TopBar(QFrame):
    """Where we are, search, what needs attention, how the devices and the line are, and who is signed in (a press signs
    out). Signals: `attention` the count was pressed, `readiness` the line's chip."""

    sign_out = Signal()
    attention = Signal()
    readiness = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("panel", "top")
        self.setFixedHeight(desk.px(TOP))
        self._title, self._place = label(desk, "", "h2"), label(desk, "", "small", "text2")
        self.search = SearchField(desk)
        self._chips = row(gap=desk.px(8))
        self._said: tuple[tuple[int, int, bool], list[Chip], tuple[str, str, str, bool]] | None = None
        self._who = row()
        side = desk.px(24)
        box = row(
            column(1, self._title, self._place, 1, gap=0), self.search, 1, self._chips, self._who,
            gap=side, margins=(side, 0, desk.px(16), 0),
        )  # fmt: skip
        box.setStretch(1, 10)
        self.setLayout(box)
        self._title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def room(self, *, over_chips: bool) -> tuple[int, int]:
        """Where a line may lie over the bar, left and right in pixels: from the title's end to the first chip, or over
        the chips to the person."""
        gap = self._desk.px(12)
        title = self._title.geometry().united(self._place.geometry())
        end = (self._who if over_chips else self._chips).geometry()
        if self._desk.look.rtl:
            return end.right() + gap, title.left() - gap
        return title.right() + gap, end.left() - gap

    def show_place(self, name: str, status: StationStatus | None, *, search: bool) -> None:
        self._title.setText(self._desk.texts(f"place.{name}_title"))
        if status is not None:
            at_gate = name == "checkin" and status.gate.en
            where = status.gate if at_gate else status.label
            self._place.setText(where.get(self._desk.texts.language))
        self.search.setVisible(search)

    def show_person(self, person: StaffMember | None, station: str) -> None:
        clear(self._who)
        if person is None:
            return
        desk, name = self._desk, person.name.get(self._desk.texts.language)
        who, where = label(desk, _short_name(name), "bodystrong"), label(desk, station, "caption", "text2")
        words = column(1, who, where, 1, gap=0)
        layout = row(avatar(desk, name), words, gap=desk.px(8), margins=(desk.px(4), 0, desk.px(4), 0))
        button = Pressable("line", layout, desk.texts("top.sign_out", name=name))
        button.setFixedHeight(desk.px(52))
        button.setToolTip(desk.texts("top.sign_out", name=name))
        # Focus that a disabled control lost could land here, and Enter would sign out.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.key = "Ctrl+L"
        button.clicked.connect(self.sign_out)
        self._who.addWidget(button)

    def show_status(self, status: StationStatus) -> None:
        """Asked for every few seconds: what says the same stays, with the pointer that is over it."""
        open_now = (status.needs_attention, status.prints_unsure, status.offline_since is not None)
        unknown = bool(status.waiting) and is_unknown(status)
        said = (open_now, self._states(status), (*self._line(status), unknown))
        if said == self._said:
            return
        self._said = said
        clear(self._chips)
        if status.needs_attention:
            self._chips.addWidget(self._attention(*open_now))
        for words, icon, tone in said[1]:
            self._chips.addWidget(chip(self._desk, words, icon, tone))
        self._chips.addWidget(self._server(*said[2]))

    def _server(self, words: str, icon: str, tone: str, unknown: bool) -> Pressable:
        """How the line is; a press tells what works without it. `unknown`: how much waits."""
        desk, side, fine = self._desk, self._desk.px(12), tone == "ok"
        text = label(desk, words, "captionstrong", tone)
        layout = row(picture(desk, icon, tone, 16), text, gap=8, margins=(side, 0, side, 0))
        why = f"{words}. {desk.texts('top.not_known')}" if unknown else words
        more = desk.texts("top.server", words=why)
        made = Pressable("fine" if fine else "resolve", layout, more)
        made.setProperty("slim", True)
        made.setFixedHeight(desk.px(40))
        made.setToolTip(more)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # as the count's
        made.key = "Ctrl+R"
        made.clicked.connect(self.readiness)
        return made

    def _attention(self, count: int, unsure: int, away: bool) -> Pressable:
        """A press leads to the page. While the server is `away` the count may be old. Paper that may lie in the printer
        is named: it waits for nothing but a look."""
        desk, side = self._desk, self._desk.px(10)
        look = [desk.texts("top.unsure")] if unsure else []
        old = [desk.texts("top.as_heard")] if away else []
        words = " · ".join([desk.texts("top.attention", n=count), *old, *look])
        number = desk.texts.code(f"~{count}") if away else str(count)
        shown = label(desk, " · ".join([number, *look]), "captionstrong", "warn")
        layout = row(picture(desk, "alert-triangle", "warn", 18), shown, gap=6, margins=(side, 0, side, 0))
        made = Pressable("resolve", layout, words)
        made.setProperty("slim", True)
        made.setFixedHeight(desk.px(40))
        made.setMinimumWidth(desk.px(56))
        made.setToolTip(words)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it is made anew every few seconds
        made.key = "Ctrl+N"
        made.clicked.connect(self.attention)
        return made

    def _states(self, status: StationStatus) -> list[Chip]:
        texts, found = self._desk.texts, list[Chip]()
        if status.refused_by_server:
            found.append((texts("top.refused_by_server"), "circle-x", "bad"))
        if status.prints_waiting and not status.printer_reason:
            found.append((texts("top.printing", n=status.prints_waiting), "printer", "mute"))
        elif status.prints_waiting:
            key = f"print.reason_{status.printer_reason}"
            reason = texts(key) if texts.has(key) else texts("print.reason_other")
            found.append((texts("top.printer", reason=reason, n=status.prints_waiting), "printer", "warn"))
        if status.scanner_seen is not None:
            found.append((texts("top.scanner"), "qrcode", "ok"))
        if status.internet_since is not None:
            words = texts("top.internet_away", since=texts.clock(status.internet_since))
            found.append((words, "wifi-off", "warn"))
        return found

    def _line(self, status: StationStatus) -> Chip:
        texts, since = self._desk.texts, status.offline_since
        if since is None:
            waiting = status.waiting
            words = texts("top.sending", n=waiting) if waiting else texts("top.online")
            return words, "cloud-check", "ok"
        key = f"top.stuck_{status.stuck_here}"
        known = key if texts.has(key) else "top.stuck_fault"
        parts = [texts(known if status.stuck_here else "top.offline", since=texts.clock(since))]
        if status.data_from is not None and since - status.data_from > AGE_TOLD:
            parts.append(texts("top.data_from", time=texts.lately(status.data_from, self._desk.now())))
        if status.waiting:
            about = "top.about_waiting" if is_unknown(status) else "top.waiting"
            parts.append(texts(about, n=status.waiting))
        return " · ".join(parts), "cloud-off", "warn"


def is_unknown(status: StationStatus) -> bool:
    """Whether the copy of the server's data was lost, and with it what it answered; the server is away."""
    return status.offline_since is not None and status.data_from is None


def _short_name(name: str) -> str:
    """`Reem M.` for `Reem Mansour`."""
    first, *rest = name.split() or [name]
    return f"{first} {rest[-1][0]}." if rest and name.isascii() else first
