"""What every screen is: a page of the window that reloads when something changed while it is seen, else when it is
shown again."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import Form, FormHost

RELOAD_MS = 60


class Page(FormHost):
    """Signals: `go` the name of another place; `notice` words for the window's line, `unsaid` words that are not true
    any more.

    `topics` are the changes that concern the page; empty means all.
    """

    go = Signal(str)
    notice = Signal(str, str)
    unsaid = Signal(str)
    topics: frozenset[str] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stale = True
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._reload_now)
        desk.signals.changed.connect(self._changed)

    # for screens to override

    def reload(self) -> None:
        """Asks the services again."""

    def back(self) -> None:
        """Esc: one step back; never loses a cart."""

    def undo(self) -> bool:
        """Ctrl+Z: takes back the last act that can be taken back; False when there is none."""
        return False

    def any_key(self) -> bool:
        """A key was pressed; True when the page used it up."""
        return False

    def take_scan(self, code: str) -> bool:
        """A code was scanned; False when it belongs to the gate."""
        return False

    def keep(self) -> object:
        """What must survive when the page is made anew (language, look); given to `restore`."""
        return None

    def restore(self, kept: object) -> None:
        """Takes what `keep` of the old page gave."""

    def first_focus(self) -> None:
        """Puts the focus where work starts."""
        self.setFocus()

    def focus_search(self) -> None:
        """Ctrl+K, where the page has a search of its own."""

    def take_focus(self) -> None:
        """Into the form that lies open, where typing begins; else where work starts."""
        self.first_focus()
        if (form := self.open_form) is not None:
            form.resume(self.window().focusWidget())

    # keys

    @property
    def open_form(self) -> Form | None:
        """The form that has the keys now."""
        found = (each for each in self.findChildren(Form) if each.takes_keys and each.isVisible())
        return next(found, None)

    def form_turned(self) -> None:
        """The page's buttons show no key that an open form has taken."""
        form = self.open_form
        for each in self.findChildren(Pressable):
            each.lend(form is not None and not form.isAncestorOf(each))

    def press(self, key: str) -> bool:
        """Clicks the button that shows `key`, or says why it is grey; False when none is there. While a form is open
        its buttons alone have keys."""
        place = self.open_form or self
        shown = [each for each in place.findChildren(Pressable) if each.key == key and each.isVisible()]
        button = next((each for each in shown if each.isEnabled()), shown[0] if shown else None)
        if button is None:
            return False
        if button.isEnabled():
            button.click()
        else:
            self._say_why(button)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap that nothing took: on something grey it is answered too."""
        at = self.childAt(event.position().toPoint())
        while at is not None and not isinstance(at, Pressable):
            at = at.parentWidget()
        if at is not None and not at.isEnabled():
            self._say_why(at)
        super().mousePressEvent(event)

    def _say_why(self, button: Pressable) -> None:
        if button.why_not:
            self.notice.emit(button.why_not, "warn")

    # staying fresh

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale or self._reload.isActive():
            self._reload_now()

    def _changed(self, topics: frozenset[str]) -> None:
        if not self.topics or self.topics & topics:
            self.outdated()

    def outdated(self) -> None:
        """What is shown may be old: it is asked for again, at once if the page is seen."""
        if self.isVisible():
            self._reload.start()
        else:
            self._stale = True

    def _reload_now(self) -> None:
        self._stale = False
        self._reload.stop()
        self.reload()
