"""Things to press: a `Pressable` is a push button with its own layout, a `KeyButton` one that shows its key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLayout, QPushButton, QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import label, row
from app.views.widgets.sheet import KINDS

SMALL, NORMAL, LARGE = 40, 48, 64
CONFIRM = "F12"
ARROWS = Qt.Key.Key_Up, Qt.Key.Key_Down
ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
PRESSING = Qt.Key.Key_Space, *ENTER, Qt.Key.Key_Select


class EnterElsewhere(QWidget):
    """A part of a page whose buttons leave Enter to the page while it offers something else for that key."""

    def enter_is_taken(self) -> bool:
        return False


class Pressable(QPushButton):
    """A button made of labels. Its size is its layout's; its accessible name must say everything the labels say.
    The window clicks the visible, enabled one whose `key` was pressed.

    Enter presses it like Space, except a button that moves money, which only taps and its key may press.
    """

    def __init__(self, kind: str, layout: QLayout, name: str, *, money: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setLayout(layout)
        self.setAccessibleName(name)
        self.key, self.why_not = "", ""
        self._own, self._lent = "", False
        self._leaves_keys = money
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:
        return self._layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._layout().minimumSize()

    def allow(self, ready: bool, why_not: str = "") -> None:
        """Enabled when `ready` and nothing stands against it; what does (`why_not`) is read over it, and told when it
        is pressed all the same."""
        self.why_not = why_not
        self.setEnabled(ready and not why_not)
        self.setToolTip(why_not)
        if why_not:
            self.installEventFilter(self)
        else:
            self.removeEventFilter(self)

    def leave_keys(self) -> None:
        """Enter and Space go to the page, which knows whether they count already."""
        self._leaves_keys = True

    def set_key(self, key: str) -> None:
        """Gives the key to this button or takes it away."""
        self._own = key
        self._show_key()

    def lend(self, lent: bool) -> None:
        """While an open form has the keys the button does without, and shows none."""
        if lent != self._lent:
            self._lent = lent
            self._show_key()

    def _show_key(self) -> None:
        self.key = "" if self._lent else self._own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's buttons swallow a tap while they are grey: the page gets it instead."""
        if event.type() == QEvent.Type.MouseButtonPress and not self.isEnabled():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if (
            key in ARROWS
            or (self._leaves_keys and key in PRESSING)
            or (key in ENTER and self._is_enter_taken())
        ):
            event.ignore()  # the list, the cart or the page that it lies in knows what is next
        elif key in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def _is_enter_taken(self) -> bool:
        place = self.parentWidget()
        while place is not None and not isinstance(place, EnterElsewhere):
            place = place.parentWidget()
        return place is not None and place.enter_is_taken()

    def _layout(self) -> QLayout:
        layout = self.layout()
        assert layout is not None
        return layout


class RowButton(Pressable):
    """A row of a list: as wide as the list, as high as its wrapped words need there."""

    def __init__(self, kind: str, layout: QLayout, name: str) -> None:
        super().__init__(kind, layout, name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class KeyButton(Pressable):
    """Icon, words and key cap. With `amount` the words name money: where room is short they are drawn smaller.

    What moves money at one press (`money`) has a key always, `CONFIRM` unless it is given another."""

    def __init__(
        self,
        desk: Desk,
        words: str,
        icon: str = "",
        *,
        key: str = "",
        kind: str = "secondary",
        size: int = NORMAL,
        money: bool = False,
        amount: bool = False,
        on_click: Callable[[], None] | None = None,
    ) -> None:
        self._desk, self._icon_name = desk, icon
        key = key or (CONFIRM if money else "")
        large = size >= LARGE - 8
        role = "h2" if size >= LARGE else "h3" if large else "bodystrong"
        self._words = Amount(desk, role, text=words, far=False) if amount else label(desk, words, role)
        width = QSizePolicy.Policy.Maximum if amount else QSizePolicy.Policy.Fixed
        self._words.setSizePolicy(width, QSizePolicy.Policy.Preferred)
        self._icon = label(desk)
        self._cap = label(desk, key, "keycap")
        self._cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._cap.setFixedHeight(desk.px(20))
        box = self._in_line(with_icon=bool(icon), centred=not key and not icon)
        super().__init__(kind, box, f"{words} {key}".strip(), money=money)
        self.key = self._own = key
        self._cap.setVisible(bool(key))
        self.setMinimumHeight(desk.px(size))
        self._least = desk.px(max(SMALL, size))
        width = QSizePolicy.Policy.Preferred if amount else QSizePolicy.Policy.Minimum
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self._icon_size = 24 if large else 20
        self._tint()
        if on_click is not None:
            self.clicked.connect(lambda: on_click())

    def _in_line(self, *, with_icon: bool, centred: bool) -> QLayout:
        side, gap = self._desk.px(12), self._desk.px(8)
        parts = (1 if centred else None, self._icon if with_icon else None, self._words, 1, self._cap)
        return row(*parts, gap=gap, margins=(side, 0, side, 0))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(self._least, 0))

    def minimumSizeHint(self) -> QSize:
        """All its words: a minimum set by hand would let a layout squeeze them."""
        return super().minimumSizeHint().expandedTo(QSize(self._least, 0))

    def set_words(self, words: str) -> None:
        self._words.setText(words)
        self.setAccessibleName(f"{words} {self.key}".strip())

    def _show_key(self) -> None:
        super()._show_key()
        self._cap.setText(self.key)
        self._cap.setVisible(bool(self.key))
        self.setAccessibleName(f"{self._words.text()} {self.key}".strip())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._tint()

    def _tint(self) -> None:
        if not self._icon_name:
            return
        kind = str(self.property("kind"))
        token = KINDS[kind][1] if self.isEnabled() else "disabled"
        self._icon.setPixmap(self._desk.icon(self._icon_name, token, self._icon_size))


def icon_button(
    desk: Desk, icon: str, name: str, on_click: Callable[[], None], *, kind: str = "secondary", size: int = 42
) -> Pressable:
    """A square button of one icon, named for those who cannot see it."""
    mark: QLabel = label(desk)
    mark.setPixmap(desk.icon(icon, KINDS[kind][1], 20))
    mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made = Pressable(kind, row(mark), name)
    made.setFixedSize(desk.px(size), desk.px(size))
    made.setToolTip(name)
    made.clicked.connect(lambda: on_click())
    return made
