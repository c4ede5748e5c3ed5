"""A window over stand-ins, and what a person does to it: keys, taps, scans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QWidget

from app.signals import Signals
from app.tasks import InstantTasks
from app.texts import Texts
from app.views.attention_view import AttentionView
from app.views.desk import Desk
from app.views.found_list import FoundList
from app.views.main_window import MainWindow
from app.views.page import Page
from app.views.ports import Preferences
from app.views.sale_view import SaleState, SaleView
from app.views.sales_view import SalesView
from app.views.widgets.buttons import KeyButton, Pressable, RowButton
from app.views.widgets.denominations import DenominationCount
from app.views.widgets.elided import Elided
from app.views.widgets.icons import Icons
from app.views.widgets.theme import Look, load_fonts
from app.views.widgets.tile import LineButton, ProductButton
from app.views.widgets.two_lines import TwoLines
from domain.catalogue import StaffMember
from tests.views.stand_ins import NOW, REEM, World

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_fonts: list[int] = []


@dataclass
class Scene:
    window: MainWindow
    world: World
    signals: Signals
    desk: Desk
    tasks: LaterTasks
    size: tuple[int, int] = (1366, 768)
    preferences: Preferences = field(default_factory=Preferences)
    sounds: list[str] = field(default_factory=list)
    saved: list[Preferences] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    @property
    def language(self) -> str:
        return self.preferences.language

    def words(self, key: str, **facts: str | int) -> str:
        return self.desk.texts(key, **facts)

    def buttons(self) -> list[Pressable]:
        self.settle()
        return [each for each in self.window.findChildren(Pressable) if each.isVisible()]

    def rows(self) -> list[str]:
        """What each row of the list says."""
        return [each.accessibleName() for each in self.buttons() if isinstance(each, RowButton)]

    def row_chips(self) -> list[tuple[str, str]]:
        """The tone of the chip of each row of two lines, and what it says."""
        rows = (each for each in self.buttons() if isinstance(each, TwoLines))
        chips = (each for row in rows for each in row.findChildren(QFrame) if each.isVisible())
        said = ((str(each.property("panel")), each.accessibleName()) for each in chips)
        return [(kind.removeprefix("chip-"), words) for kind, words in said if kind.startswith("chip-")]

    def has_button(self, words: str) -> bool:
        return any(each.accessibleName().startswith(words) for each in self.buttons())

    @property
    def notice(self) -> str:
        """The line over the top bar."""
        assert self.window.frame is not None
        return self.window.frame._bar.words

    def wait_for_list(self, kind: type[FoundList]) -> None:
        """The page's list is asked for, and its answer takes its time."""
        self.tasks.instant = False
        found = self.window.findChild(kind)
        assert isinstance(found, FoundList)
        found.again()
        found._slow.timeout.emit()

    def button(self, key: str) -> KeyButton:
        """The visible button with the words of a text key."""
        wanted = self.words(key)
        found = [
            b for b in self.buttons() if isinstance(b, KeyButton) and b.accessibleName().startswith(wanted)
        ]
        assert found, f"no button {wanted!r} among {[b.accessibleName() for b in self.buttons()]}"
        return found[0]

    def click(self, key: str) -> None:
        self.button(key).click()

    def click_words(self, words: str) -> None:
        """The visible button with these words on it."""
        found = [b for b in self.buttons() if b.accessibleName().startswith(words)]
        assert found, f"no button {words!r} among {[b.accessibleName() for b in self.buttons()]}"
        found[0].click()
        self.settle()

    def press(self, key: str) -> None:
        self.settle()  # a window of another size may have been made anew
        frame = self.window.frame
        assert frame is not None
        frame.press(key)
        self.settle()

    def type(self, text: str) -> None:
        for character in text:
            send(self.focus, Qt.Key.Key_unknown, character)

    def focus_on(self, key: str) -> None:
        """A tap into the visible field with the words of a text key."""
        wanted = self.words(key)
        fields = (each for each in self.window.findChildren(QLineEdit) if each.isVisible())
        next(each for each in fields if each.accessibleName() == wanted).setFocus()

    def enter(self) -> None:
        send(self.focus, Qt.Key.Key_Return)

    @property
    def focus(self) -> QWidget:
        """What has the focus while the window is in front."""
        found = self.window.focusWidget()
        if found is not None and found.isVisible():
            return found
        return self.window.frame.page if self.window.frame is not None else self.window

    def shown_texts(self) -> str:
        """Every word that can be seen now."""
        self.settle()
        labels = (each for each in self.window.findChildren(QLabel) if each.isVisible())
        return "\n".join(each.drawn if isinstance(each, Elided) else each.text() for each in labels)

    def show(self, place: str) -> None:
        assert self.window.frame is not None
        self.window.frame.show_place(place)

    def show_held(self) -> None:
        assert self.window.frame is not None
        self.window.frame.held()

    def scan(self, code: str) -> None:
        self.signals.scanned.emit(code)
        self.settle()

    def tap_tile(self, number: int) -> None:
        shown = (each for each in self.window.findChildren(ProductButton) if not each.isHidden())
        next(each for each in shown if each.tile.product.number == number).click()

    @property
    def sale(self) -> SaleView:
        assert self.window.frame is not None
        page = self.window.frame.page
        assert isinstance(page, SaleView)
        return page

    def fill_cart(self) -> None:
        """2 adults, 2 children, a tube, an extra locker, 4 towels: 494.50. All at once, as a held sale comes back."""
        page, selling = self.sale, self.world.selling
        cart = page.cart or selling.empty()
        for number, count in ((1, 2), (2, 2), (5, 1), (10, 1), (11, 4)):
            for _ in range(count * selling.families):
                cart = selling.add(cart, number, page.session)
        page._side.take(cart)

    def choose_line(self, index: int) -> None:
        [b for b in self.buttons() if isinstance(b, LineButton)][index].click()
        self.settle()

    def count(self, pieces: dict[int, int]) -> None:
        self.settle()
        fields = self.window.findChild(DenominationCount)
        assert fields is not None
        fields.fill(pieces)

    def sign_in(self, staff_id: str, pin: str) -> None:
        view = self.window.sign_in_view
        assert view is not None
        view.choose(staff_id)
        for digit in pin:
            send(view, Qt.Key.Key_unknown, digit)
        send(view, Qt.Key.Key_Return)

    def sign_in_anew(self) -> None:
        """Reem signs in: every screen is made anew."""
        self.window.enter(replace(REEM, language=self.language))

    def dress(self, preferences: Preferences, size: tuple[int, int] = (1366, 768)) -> Scene:
        """The same window in another look, language or size, as on the first day."""
        self.size = size
        self.window.resize(*size)
        if preferences != self.preferences:
            self.preferences = preferences
            self.window.change(preferences)
        self.reset()
        return self

    def reset(self) -> None:
        """As on the first day, but for how the window looks."""
        self.tasks.flush()
        self.tasks.instant = True
        self.world.reset()
        self.later(0)
        self.settle()
        if self.window.frame is None or self.desk.texts.language != self.language:
            self.sign_in_anew()
        self.window.resize(*self.size)
        frame = self.window.frame
        assert frame is not None
        for place, page in frame._pages.items():
            if place != "sell" and not page._stale:  # seen since the last reset
                self._leave(place, page)
        frame._bar.close_bar()
        frame._top.search.finish()
        self.show("sell")
        frame.press("Esc")
        frame.press("Esc")
        frame.page.restore(SaleState())
        # Only now: a page that is hidden asks when it is shown, and not before the test has set what it will see.
        self.refresh()
        self.settle()
        for told in (self.sounds, self.saved, self.troubles):
            told.clear()

    def _leave(self, place: str, page: Page) -> None:
        """Its forms are shut, and what was chosen is not any more."""
        self.show(place)
        for _ in range(3):  # from the names of a booking to its products, to its guest, out
            page.back()
        if isinstance(page, AttentionView | SalesView):
            page._chosen = ""

    def has_open(self, form: type[QWidget]) -> bool:
        self.settle()
        return any(each.isVisible() for each in self.window.findChildren(form))

    def refresh(self) -> None:
        """The station's status and the visible page are asked for again, the others when they are shown."""
        self._everything_changed()
        self.signals.connection.emit()
        frame = self.window.frame
        assert frame is not None
        frame.page.reload()

    def _everything_changed(self) -> None:
        pages = self.window.findChildren(Page)
        self.signals.changed.emit(frozenset(("everything",)).union(*(page.topics for page in pages)))

    def later(self, seconds: float) -> None:
        """So much after the first day's moment."""
        self.desk.now = lambda: NOW + timedelta(seconds=seconds)

    def settle(self) -> None:
        """Widgets that were put away are really gone."""
        for _ in range(3):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.sendPostedEvents()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.settle()


class LaterTasks:
    """A runner that does nothing until `flush`: what a slow disk or a slow terminal looks like."""

    def __init__(self, notice: Callable[[Exception], None]) -> None:
        self._instant = InstantTasks(notice)
        self._waiting: list[Callable[[], None]] = []
        self.instant = True

    def run(self, fn: Callable[..., Any], /, *args: Any, done: Any = None, failed: Any = None) -> None:
        def job() -> None:
            self._instant.run(fn, *args, done=done, failed=failed)

        if self.instant:
            job()
        else:
            self._waiting.append(job)

    run_aside = run

    def step(self) -> None:
        """What waits longest, and nothing that it starts."""
        self._waiting.pop(0)()

    def flush(self) -> None:
        """Everything that waits, and what that starts, now."""
        while self._waiting:
            self._waiting.pop(0)()


def send(target: QWidget, key: Qt.Key, text: str = "") -> None:
    """A key press as the application delivers it: up from the focus until somebody takes it."""
    QCoreApplication.sendEvent(
        target, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    )


def new_scene(
    preferences: Preferences | None = None,
    size: tuple[int, int] = (1366, 768),
    *,
    person: StaffMember = REEM,
    places: tuple[str, ...] = ("sell", "checkin"),
) -> Scene:
    """A shown window with `person` signed in, in the language of `preferences`."""
    if not _fonts:
        _fonts.append(load_fonts(RESOURCES / "fonts"))
    preferences = preferences or Preferences()
    signals, sounds, saved = Signals(), list[str](), list[Preferences]()
    troubles: list[Exception] = []

    def notice(error: Exception) -> None:
        troubles.append(error)
        signals.notice.emit(error)

    texts = Texts(preferences.language)
    tasks = LaterTasks(notice)
    desk = Desk(tasks, signals, texts, Icons(RESOURCES / "icons"), sounds.append, lambda: NOW, Look())
    world = World()
    world.health.now = replace(world.health.now, places=places)
    window = MainWindow(desk, world.services, preferences, saved.append)
    window.resize(*size)
    window.show()
    window.enter(replace(person, language=preferences.language))
    scene = Scene(window, world, signals, desk, tasks, size, preferences, sounds, saved, troubles)
    scene.settle()
    return scene
