"""The window: sign-in in front, the frame of places behind it. Keys press the buttons that show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import delete

from app.shown_status import StationStatus
from app.views.desk import Desk
from app.views.frame import Frame
from app.views.keys import bind_keys
from app.views.places import make_page, places_of
from app.views.ports import Preferences, Services
from app.views.sign_in_view import SignInView
from app.views.widgets.parts import every
from app.views.widgets.qt_words import speak
from app.views.widgets.theme import Look, apply_look, undress
from domain.catalogue import StaffMember
from domain.staff import Permission, may

WIDE, CLOSE, STATUS_MS = 1366, 1200, 5000
RECOVER = 5  # the application's code when the journal must be recovered before anything else


class MainWindow(QMainWindow):
    """Screens are made anew when the person, the language or the look changes; what they `keep` goes over.
    `frame` is None while nobody is signed in, `sign_in_view` while somebody is."""

    def __init__(
        self, desk: Desk, services: Services, preferences: Preferences, save: Callable[[Preferences], None]
    ) -> None:
        super().__init__()
        self._desk, self._services, self._preferences, self._save = desk, services, preferences, save
        self._status: StationStatus | None = None
        self._person: StaffMember | None = None
        self.frame: Frame | None = None
        self.sign_in_view: SignInView | None = None
        self._kept: dict[str, object] = {}
        self._narrow = False
        self._spoken = False
        self.setWindowTitle("Gatehouse")
        bind_keys(self, lambda: self.frame)
        desk.signals.connection.connect(self._ask_status)
        desk.signals.notice.connect(self._trouble)
        desk.signals.scanned.connect(self._scanned)
        self._timer = every(self, STATUS_MS, self._ask_status)
        self._timer.start()
        self._build()
        self._ask_status()

    # what the outside may ask

    def sign_out(self) -> None:
        """Ctrl+L, or a press on the name. The cart stays for whoever signs in next."""
        if self._person is not None:
            self._desk.tasks.run(self._services.people.sign_out)
            self._person = None
            self._build()

    def change(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._save(preferences)
        self._soon(self._build)

    # building

    def _build(self) -> None:
        place = self.frame.place if self.frame else ""
        if self.frame is not None:
            self._kept |= self.frame.keep()
        self.frame = self.sign_in_view = None
        app = cast(QApplication, QApplication.instance())  # the only kind we start
        self._choose_look(app)
        if (old := self.centralWidget()) is not None:
            delete(old)  # now: else the new sheet would first dress all of it
        undress(app)
        if self._person is None:
            self._show_sign_in(app)
        else:
            self._show_frame(app, place)

    def _choose_look(self, app: QApplication) -> None:
        look, texts = self._preferences, self._desk.texts
        if texts.language != look.language or not self._spoken:
            texts.switch(look.language)
            speak(app, texts.language)
            self._spoken = True
        self._narrow = self._is_under(WIDE)
        self._desk.look = Look(look.theme, look.scale, texts.rtl, self._is_under(CLOSE))

    def _show_sign_in(self, app: QApplication) -> None:
        view = self.sign_in_view = SignInView(self._desk, self._services.people)
        view.setParent(self)  # still without a sheet
        apply_look(app, self._desk.look)
        view.entered.connect(lambda person: self._soon(lambda: self.enter(person)))
        view.load()
        self.setCentralWidget(view)
        if self._status is not None:
            view.show_status(self._status)

    def _show_frame(self, app: QApplication, place: str) -> None:
        places = places_of(self._status, self._person)
        make = {
            each.name: make_page(each.name, self._desk, self._services, self._preferences, self.change)
            for each in places
        }
        frame = Frame(self._desk, places, make, narrow=self._narrow)
        frame.setParent(self)  # still without a sheet
        apply_look(app, self._desk.look)
        frame.sign_out.connect(lambda: self._soon(self.sign_out))
        frame.recover.connect(lambda: app.exit(RECOVER))
        frame.restore(self._kept)
        if self._status is not None:
            frame.show_status(self._status)
        frame.show_person(self._person)
        self.frame = frame
        names = [each.name for each in places]
        frame.show_place(place if place in names else names[0] if names else "")
        self.setCentralWidget(frame)

    def enter(self, person: StaffMember) -> None:
        """Somebody signed in: the language follows the person, and is the next one's until they sign in."""
        self._person = person
        if person.language != self._preferences.language:
            self._preferences = replace(self._preferences, language=person.language)
            self._save(self._preferences)
        self._build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fits = self._narrow, self._desk.look.close
        if self.frame is not None and fits != (self._is_under(WIDE), self._is_under(CLOSE)):
            self._soon(self._build)

    def _soon(self, call: Callable[[], None]) -> None:
        """After the present event: building deletes the widgets that may be asking for it."""
        QTimer.singleShot(0, self, call)

    def _is_under(self, width: int) -> bool:
        """Whether the window is narrower than `width` at the size of its type."""
        return self.width() * 100 < width * self._preferences.scale

    # what happens outside

    def _ask_status(self) -> None:
        self._desk.tasks.run(self._services.health.status, done=self._show_status)

    def _show_status(self, status: StationStatus) -> None:
        places = None if self._status is None else self._status.places
        self._status = status
        if self.sign_in_view is not None:
            self.sign_in_view.show_status(status)
            if places != status.places:  # the first data has come: people too
                self.sign_in_view.load()
        elif places != status.places:
            self._build()
        elif self.frame is not None:
            self.frame.show_status(status)

    def _trouble(self, error: object) -> None:
        if self.frame is not None and isinstance(error, Exception):
            self.frame.say(self._desk.texts.trouble(error))

    def _scanned(self, code: str) -> None:
        if self.frame is not None and self._person is not None:
            is_ticket = self._services.gate.is_ticket(code)
            self.frame.scan(code, is_ticket=is_ticket, may_admit=may(self._person.role, Permission.ADMIT))

    # keys that are held

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        self._held_key(event, held=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        self._held_key(event, held=False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        left = event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow()
        if left and self.frame is not None:
            self.frame.show_badges(False)

    def _held_key(self, event: QKeyEvent, *, held: bool) -> None:
        if event.key() == Qt.Key.Key_Control and self.frame is not None:
            self.frame.show_badges(held)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)
