"""The client's composition root: one station, its devices, one window."""

from __future__ import annotations

import argparse
import atexit
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app import collecting, config, logs
from app.collecting import Collecting
from app.hardware.camera_scanner import CameraScanner
from app.hardware.ports import CodeSource
from app.hardware.sounds import Sounds
from app.hardware.wedge_scanner import WedgeScanner
from app.parts import Config, Station, Told
from app.signals import Signals, StatusSoon
from app.starting import is_new, recovery
from app.tasks import Tasks
from app.texts import Texts
from app.views.desk import Desk
from app.views.first_start_window import machine_language
from app.views.main_window import RECOVER, MainWindow
from app.views.ports import Preferences, Services
from app.views.trouble_view import (
    AGAIN,
    FAILED,
    GivenUp,
    run_until_closed,
    show_first_start,
    show_recovery,
    show_trouble,
)
from app.views.widgets.icons import Icons
from app.views.widgets.theme import Look, load_fonts
from domain.errors import Code, Refused, Unavailable
from ledger import read_setup
from ledger.clock import Clock, FileClock, SystemClock

log = logging.getLogger(__name__)
SWITCH_SECONDS = (
    0.0005  # a screen must not wait 5 ms, Python's default, each time for a thread that draws paper
)
RESOURCES = Path(__file__).parents[1] / "resources"


@dataclass(frozen=True, slots=True)
class Joined:
    """A station with its window, joined; `close` ends both in order."""

    station: Station
    window: MainWindow
    signals: Signals
    close: Callable[[], None]


def make_application(argv: list[str]) -> QApplication:
    """The Qt application, with input methods off: a scanner under an Arabic layout must arrive as keys."""
    os.environ["QT_IM_MODULE"] = "none"
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance()
    application = app if isinstance(app, QApplication) else QApplication(argv)
    qInstallMessageHandler(_qt_said)
    atexit.register(qInstallMessageHandler, None)  # Qt may speak when there is no Python any more to hear it
    application.setApplicationName("Gatehouse")
    load_fonts(RESOURCES / "fonts")
    return application


def _qt_said(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    """Qt's own messages go to the log; what a platform cannot do is no news."""
    quiet = kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or "does not support" in words
    log.log(logging.DEBUG if quiet else logging.WARNING, "Qt: %s", words)


def join(
    settings: Config,
    clock: Clock,
    *,
    sound: Callable[[str], None],
    preferences: Preferences | None = None,
    build: Callable[[Config, Clock, Told], Station] = Station,
) -> Joined:
    """Builds a station and its window; nothing runs until `station.start()`."""
    signals = Signals()
    told = Told(
        changed=lambda topics: signals.changed.emit(topics), line=lambda line: signals.connection.emit()
    )
    station = build(replace(settings, draws_apart=True), clock, told)
    tasks = Tasks(lambda error: signals.notice.emit(error))
    looks = preferences or config.load_looks(settings.data, Preferences, Preferences(machine_language()))
    with station.store.read() as connection:
        zone = read_setup.venue(connection).time_zone
    texts = Texts(looks.language, zone)
    desk = Desk(
        tasks,
        signals,
        texts,
        Icons(RESOURCES / "icons"),
        sound,
        clock.now,
        Look(looks.theme, looks.scale, texts.rtl),
    )
    window = MainWindow(desk, _services(station), looks, lambda new: config.save_looks(settings.data, new))
    signals.scanned.connect(lambda _code: station.health.scanner_heard())
    StatusSoon(signals)

    def close() -> None:
        tasks.close()
        station.close()

    return Joined(station, window, signals, close)


def _services(station: Station) -> Services:
    return Services(
        people=station.people,
        selling=station.selling,
        checkout=station.checkout,
        gate=station.gate,
        shifts=station.shifts,
        records=station.records,
        health=station.health,
        attention=station.attention,
        readiness=station.readiness,
        guests=station.guests,
        bookings=station.bookings,
        messages=station.messages,
        refunds=station.refunds,
    )


def run_station(given: argparse.Namespace) -> int:
    """Opens the window and stays until it is closed."""
    clock: Clock = FileClock(given.clock_file) if given.clock_file else SystemClock()
    pins = json.loads(given.sample_pins) if given.sample_pins else {}
    data: Path = given.data
    settings = Config(data, given.server, given.code, given.terminal, not given.no_keyring, sample_pins=pins)
    application = make_application(sys.argv[:1])
    sounds = Sounds()
    with collecting.on_this_thread() as search:
        code = RECOVER
        while code in (RECOVER, AGAIN):
            try:
                _open_folder(data)
                settings = replace(settings, backup=config.backup_folder(data, given.backup))
                joined = _joined(application, settings, clock, sounds.play)
            except (Refused, Unavailable) as error:
                log.error("cannot start: %s", error)
                code = show_trouble(application, error)
                continue
            code = FAILED if joined is None else _run(application, joined, given.camera, search)
    sounds.close()
    return code


def _joined(
    application: QApplication, settings: Config, clock: Clock, sound: Callable[[str], None]
) -> Joined | None:
    """A station with its window; one whose journal is damaged is recovered first. None when that was given up."""
    seen = application.platformName() != "offscreen"
    try:
        if seen and is_new(settings.data):
            return join(settings, clock, sound=sound, build=partial(_first_start, application))
        return join(settings, clock, sound=sound)
    except GivenUp:
        return None
    except Refused as error:
        if error.code is not Code.JOURNAL_DAMAGED or not seen:
            raise
        log.error("the journal is damaged")
    if not show_recovery(application, recovery(settings, clock).run):
        return None
    return join(settings, clock, sound=sound)


def _first_start(application: QApplication, settings: Config, clock: Clock, told: Told) -> Station:
    """A new station, built while a window says what it waits for."""
    return show_first_start(
        application, lambda fetching: Station(settings, clock, replace(told, fetching=fetching))
    )


def _run(application: QApplication, joined: Joined, camera: str, search: Collecting) -> int:
    """Until the window is closed; `RECOVER` when the journal was damaged meanwhile."""
    sources = _listen(application, joined, camera)
    joined.station.start()
    joined.station.recover_cards()
    joined.window.setGeometry(application.primaryScreen().availableGeometry())
    joined.window.showMaximized()
    search.keep()
    code = run_until_closed(application)
    for source in sources:
        source.stop()
    joined.close()
    joined.window.deleteLater()
    return code


def _open_folder(data: Path) -> None:
    """The data folder with its log; refuses `data_not_writable`."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        logs.start(data / "logs", to_screen=True)
    except OSError as error:
        raise Refused(Code.DATA_NOT_WRITABLE, folder=str(data)) from error


def _listen(application: QApplication, joined: Joined, camera: str) -> list[CodeSource]:
    sources: list[CodeSource] = [WedgeScanner(application)]
    if camera:
        sources.append(CameraScanner(camera))
    for source in sources:
        source.start(lambda code: joined.signals.scanned.emit(code))
    return sources
