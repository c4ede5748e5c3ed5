"""What goes wrong, in its place: a bar under the top bar for the whole window, a panel inside the card it concerns."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.views.desk import Desk
from app.views.widgets.buttons import SMALL, KeyButton, icon_button
from app.views.widgets.parts import clear, label, picture, row, set_property

ICONS = {
    "info": ("info-circle", "accenttext"),
    "warn": ("alert-triangle", "warn"),
    "bad": ("circle-x", "bad"),
}
SHOWN_MS = 8000
LINE, LINE_ARABIC = 19, 22  # of small type


class InlinePanel(QFrame):
    """One sentence about a problem, with an optional way out; hidden while there is nothing to say.

    With `reserved` lines its place is kept while it is hidden: what is said then moves nothing that a finger or a
    pointer is about to press. The way out shows `key` where there is room; the page gives it to `act`. One that never
    `takes_focus` does not get the keys of a field that goes.

    Signal `speaks`: it is about to be shown.
    """

    speaks = Signal()

    def __init__(
        self, desk: Desk, kind: str = "bad", *, reserved: int = 0, key: str = "", takes_focus: bool = True
    ) -> None:
        super().__init__()
        self._desk, self._key, self._takes_focus = desk, key, takes_focus
        self._action: Callable[[], None] | None = None
        self._way_out: KeyButton | None = None
        edge = desk.px(4 if reserved else 8)
        self._box = row(gap=desk.px(12), margins=(desk.px(12), edge, desk.px(12), edge))
        self.setLayout(self._box)
        self._kind, self._role = kind, "smallmedium" if reserved else "bodymedium"
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.keep_place(bool(reserved))
        if reserved:
            line = LINE_ARABIC if desk.look.rtl else LINE
            self.setMinimumHeight(desk.px(reserved * line) + 2 * edge)
        self.hide()

    def say(self, words: str, kind: str = "", action: tuple[str, Callable[[], None]] | None = None) -> None:
        """Shows `words`; `action` is a button's words and what it does."""
        kind = kind or self._kind
        clear(self._box)
        set_property(self, "panel", kind)
        icon, tone = ICONS[kind]
        text = label(self._desk, words, self._role, tone if kind != "info" else "text2", wrap=True)
        self._box.addWidget(picture(self._desk, icon, tone, 20))
        self._box.addWidget(text, 1)
        self._action = action[1] if action is not None else None
        self._way_out = None
        if action is not None:
            button, act = action
            key = "" if self._desk.look.close else self._key  # the words need the room
            self._way_out = KeyButton(self._desk, button, key=key, size=SMALL, on_click=act)
            if self._key:
                self._way_out.leave_keys()
            if not self._takes_focus:
                self._way_out.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._box.addWidget(self._way_out)
        self.setAccessibleName(words)
        if self.isHidden():
            self.speaks.emit()
        self.show()

    def keep_place(self, kept: bool) -> None:
        """Whether its place stays free while there is nothing to say."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(kept)
        self.setSizePolicy(policy)

    def trouble(self, error: Exception) -> None:
        self.say(self._desk.texts.trouble(error))

    @property
    def way_out(self) -> KeyButton | None:
        """The button of what is offered now."""
        return None if self.isHidden() else self._way_out

    def act(self) -> bool:
        """Goes the way out; False when none is shown."""
        if self.way_out is None or self._action is None:
            return False
        self._action()
        return True

    def quiet(self) -> None:
        """Long words take their room with them."""
        self.hide()
        self._way_out = None
        clear(self._box)

    @property
    def words(self) -> str:
        return "" if self.isHidden() else self.accessibleName()


class NoticeBar(InlinePanel):
    """The window's own line. What only informs goes away by itself; a problem stays until it is closed.

    Signal `gone`: it was closed or timed out.
    """

    gone = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "warn")
        self._stays = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_bar)

    def say(self, words: str, kind: str = "", action: tuple[str, Callable[[], None]] | None = None) -> None:
        super().say(words, kind, action)
        close = icon_button(
            self._desk, "x", self._desk.texts("notice.close"), self.close_bar, kind="plain", size=40
        )
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box.addWidget(close)
        self._timer.stop()
        self._stays = (kind or self._kind) != "info"
        if not self._stays:
            self._timer.start(SHOWN_MS)

    @property
    def is_problem(self) -> bool:
        """Something is said that stays until it is closed; Esc closes it."""
        return self._stays and self.isVisible()

    def close_bar(self) -> None:
        self._timer.stop()
        self.hide()
        self.gone.emit()
